"""Times as milliseconds since 1970 UTC, and how they are read and written (RFC 3339, ISO 8601 durations)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999  # 0001-01-01 to 9999-12-31T23:59:59.999Z

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?=\d|T\d)(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?"
    r"(?:(?P<weeks>\d{1,7})W)?(?:(?P<days>\d{1,8})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,11})M)?(?:(?P<seconds>\d{1,12}(?:\.\d{1,9})?)S)?)?"
)
_YEAR_0 = re.compile(r"0000-[0-9]{2}-[0-9]{2}(?:$|[T ])")
_SPAN = re.compile(r"(?P<count>\d{1,9}(?:\.\d{1,3})?) ?(?P<unit>ms|s|m|h|d)?")
_SPANS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_UNITS = {"years": 365 * DAY, "months": 30 * DAY, "weeks": 7 * DAY, "days": DAY, "hours": HOUR, "minutes": MINUTE}


@lru_cache(4_096)  # the present is written again and again
def text(time: int, precision: str = "seconds") -> str:
    """RFC 3339 in UTC: `2024-03-01T12:00:00Z`, with three more digits for 'milliseconds'."""
    if not EARLIEST <= time <= LATEST:
        time = EARLIEST if time < EARLIEST else LATEST
    if precision != "milliseconds":
        return f"{_second(time // SECOND)}Z"
    seconds, rest = divmod(time, SECOND)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(4_096)
def _second(seconds: int) -> str:
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0")


def parse(value: object) -> int | None:
    """The time that a date-time or date says, a date meaning its midnight in UTC; None when it says none.

    All of RFC 3339 is read: a leap second is the one after it, the year 0 is before all that can be told.
    """
    return _parsed(value) if isinstance(value, str) and len(value) >= 10 else None


@lru_cache(65_536)  # the same few thousand times are compared again and again
def _parsed(value: str) -> int | None:
    if not value[:4].isascii():
        return None
    leap = value[16:19] == ":60"
    try:
        moment = datetime.fromisoformat(f"{value[:17]}59{value[19:]}" if leap else value)
    except ValueError:
        folded = value.upper() if value != value.upper() else ""
        return parse(folded) if folded else EARLIEST if _YEAR_0.match(value) else None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1) + leap * SECOND


def moment(value: object) -> int | None:
    """The time that a text says, or a number: seconds since 1970, or milliseconds where it is too large for those."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value * SECOND) if abs(value) < 10**11 else int(value)
    return parse(value)


def is_date(value: object) -> bool:
    """Whether a text is a date without a time."""
    return isinstance(value, str) and len(value) == 10 and parse(value) is not None


def duration(value: str) -> int:
    """The milliseconds of an ISO 8601 duration; a year counts 365 days, a month 30. Raises ValueError for others."""
    found = _DURATION.fullmatch(value)
    if not found:
        raise ValueError(f"{value!r} is no ISO 8601 duration such as PT30S, PT72H or P30D")
    whole = sum(int(found[name]) * size for name, size in _UNITS.items() if found[name])
    total = whole + round(float(found["seconds"] or 0) * SECOND)
    return -total if found["sign"] == "-" else total


def http_date(time: int) -> str:
    """`Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7)."""
    return formatdate(time // SECOND, usegmt=True)


def span(value: str) -> int:
    """The milliseconds of `800ms`, `1.5s`, `5m`, `2h`, `1d`, a bare number of milliseconds, an ISO 8601 duration.

    Raises ValueError for anything else, and for what is negative.
    """
    found = _SPAN.fullmatch(value.strip())
    if found:
        return round(float(found["count"]) * _SPANS[found["unit"] or "ms"])
    try:
        total = duration(value.strip())
    except ValueError:
        total = -1
    if total < 0:
        raise ValueError(f"{value[:50]!r} is no span of time such as 800ms, 2s, 5m or PT2S")
    return total
