"""Times as milliseconds: what RFC 3339 and ISO 8601 allow is read, and all that a schema's `date-time` accepts."""

import jsonschema_rs
import pytest

from mockserver.world import times

NEW_YEAR = 1_483_228_800_000  # 2017-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2017-01-01T00:00:00Z", NEW_YEAR),
        ("2017-01-01", NEW_YEAR),
        ("2017-01-01t00:00:00z", NEW_YEAR),
        ("2017-01-01T02:00:00+02:00", NEW_YEAR),
        ("2016-12-31T19:30:00.000-04:30", NEW_YEAR),
        ("2017-01-01T00:00:00.1239Z", NEW_YEAR + 123),
        ("2016-12-31T23:59:60Z", NEW_YEAR),  # a leap second
        ("2016-12-31t23:59:60.5z", NEW_YEAR + 500),
        ("0000-01-01T00:00:00Z", times.EARLIEST),
    ],
)
def test_parse(text: str, time: int) -> None:
    assert times.parse(text) == time


@pytest.mark.parametrize("value", [None, 5, "", "today", "2017-01-01x", "2017-13-01", "2017-01-01T24:61:00Z", "\uff10"])
def test_what_says_no_time(value: object) -> None:
    assert times.parse(value) is None


@pytest.mark.parametrize(
    "time", ["T00:00:00Z", "t23:59:59z", "T23:59:60Z", "T12:00:00.123456789+23:59", "T12:00:00-00:00"]
)
@pytest.mark.parametrize("date", ["0000-01-01", "0001-01-01", "2000-02-29", "2016-06-30", "9999-12-31"])
def test_every_date_time_that_a_schema_accepts_is_a_time(date: str, time: str) -> None:
    accepts = jsonschema_rs.Draft202012Validator({"format": "date-time"}, validate_formats=True).is_valid
    assert not accepts(date + time) or times.parse(date + time) is not None


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("PT2S", 2_000), ("PT0.5S", 500), ("PT72H", 259_200_000), ("P30D", 2_592_000_000), ("P1W", 604_800_000),
     ("P1DT1H1M1S", 90_061_000), ("-PT1S", -1_000), ("P1Y", 31_536_000_000)],
)  # fmt: skip
def test_duration(text: str, milliseconds: int) -> None:
    assert times.duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "PT1", "P1H", "PT1S1M", "2 s", "PT1,5S"])
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="no ISO 8601 duration"):
        times.duration(text)


def test_text() -> None:
    assert times.text(NEW_YEAR + 123) == "2017-01-01T00:00:00Z"
    assert times.text(NEW_YEAR + 123, "milliseconds") == "2017-01-01T00:00:00.123Z"
    assert times.text(times.EARLIEST) == "0001-01-01T00:00:00Z"
    assert times.text(times.LATEST + 1, "milliseconds") == "9999-12-31T23:59:59.999Z"
