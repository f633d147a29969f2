"""The words of `fake`, one by one."""

from typing import Any

import pytest
from judge import follow, plain

from mockserver.spec.errors import SpecError
from mockserver.world import times
from mockserver.world.seeding import GeneratedSource, Seeds, Target, source

Json = Any
TEXT = {"type": "string"}
FIELDS = {
    "id": TEXT,
    "first_name": TEXT,
    "a": {},
    "b": {},
    "n": {"type": "number"},
    "on": {"type": "boolean"},
    "when": {"type": "string", "format": "date-time"},
    "due_at": {"type": "string", "format": "date-time"},
    "maybe_null": {"type": ["string", "null"]},
    "contact_id": TEXT,
    "others": {"type": "array"},
}
SCHEMA = {"properties": FIELDS, "required": ["id"]}
CONTACTS = {"properties": {"id": TEXT, "first_name": TEXT}, "required": ["id", "first_name"]}


def made(fake: Json, resource: str = "calls", schema: Json = SCHEMA, count: int = 200, **more: Any) -> GeneratedSource:
    return source(
        Seeds(resource, "id", "x_{hex:8}", schema, follow(schema), plain(schema), count, 1, fake=fake, **more)
    )


def values(fake: Json, field: str = "a", **more: Any) -> list[Json]:
    resource = made(fake, **more)
    return [resource.record(n).get(field) for n in range(200)]


def test_value() -> None:
    assert set(values({"a": {"value": "same"}})) == {"same"}


def test_one_of() -> None:
    assert set(values({"a": {"one-of": [1, 2, 3]}})) == {1, 2, 3}
    several = values({"a": {"one-of": ["x", "y", "z"], "count": [1, 2]}})
    assert {len(one) for one in several} == {1, 2}
    assert all(len(set(one)) == len(one) for one in several)


def test_weights() -> None:
    drawn = values({"a": {"weights": {"open": 9, "closed": 1, "never": 0}}})
    assert 150 < drawn.count("open") < 200
    assert "never" not in drawn


def test_weights_have_the_fields_type() -> None:
    assert set(values({"on": {"weights": {"true": 1, "false": 1}}}, "on")) == {True, False}
    assert set(values({"n": {"weights": {"10": 1, "2.5": 1}}}, "n")) == {10, 2.5}


def test_between_and_step() -> None:
    assert set(values({"n": {"between": [100, 200], "step": 50}}, "n")) == {100, 150, 200}
    assert all(1.5 <= one <= 2 for one in values({"n": {"between": [1.5, 2]}}, "n"))


def test_after_and_within() -> None:
    resource = made(
        {
            "when": {"after": "created", "within": ["PT1H", "PT2H"]},
            "due_at": {"after": "when", "within": ["P1D", "P2D"]},
        }
    )
    for n in range(100):
        record, created = resource.record(n), resource.time(n)
        when, due = times.parse(record["when"]) or 0, times.parse(record["due_at"]) or 0
        assert times.HOUR <= when - created <= 2 * times.HOUR
        assert times.DAY <= due - when <= 2 * times.DAY


def test_text_is_filled_from_other_fields_of_the_record() -> None:
    resource = made({"a": {"text": "{first_name} called about {b}"}, "b": {"value": "prices"}})
    assert resource.record(0)["a"] == f"{resource.record(0)['first_name']} called about prices"


def test_by_and_cases() -> None:
    fake = {"a": {"by": "b", "cases": {"in": {"value": 1}, "else": {"value": 2}}}, "b": {"one-of": ["in", "out"]}}
    assert {(one["b"], one["a"]) for one in (made(fake).record(n) for n in range(50))} == {("in", 1), ("out", 2)}


def test_maybe_is_null_where_that_is_allowed_and_absent_elsewhere() -> None:
    fake = {"maybe_null": {"value": "x", "maybe": 0.5}, "first_name": {"value": "Al", "maybe": 0.5}}
    records = [made(fake).record(n) for n in range(60)]
    assert {one["maybe_null"] for one in records} == {"x", None}
    assert {one.get("first_name", "absent") for one in records} == {"Al", "absent"}


def test_reference_count_always_and_of() -> None:
    contacts = made({}, "contacts", CONTACTS)
    targets = {"contacts": Target(contacts, [{"id": "c_named", "first_name": "Zoe"}])}
    fake = {
        "contact_id": {"reference": "contacts"},
        "a": {"of": "contact_id.first_name"},
        "b": {"text": "Hi {contact_id.first_name}"},
        "others": {"reference": "contacts", "count": [2, 3], "always": ["c_named"]},
    }
    calls = made(fake, targets=targets)
    for n in range(50):
        call = calls.record(n)
        ordinal = contacts.ordinal(call["contact_id"])
        name = "Zoe" if ordinal is None else contacts.record(ordinal)["first_name"]
        assert (call["a"], call["b"]) == (name, f"Hi {name}")
        assert call["others"][0] == "c_named"
        assert len(set(call["others"])) in (2, 3)


def test_faker_is_asked_the_same_for_the_same_record() -> None:
    assert values({"a": {"faker": "bs"}}) == values({"a": {"faker": "bs"}})
    assert values({"a": {"faker": "first_name"}}) == values({}, "first_name")


@pytest.mark.parametrize(
    ("fake", "words"),
    [
        ({"a": {"after": "wen"}}, r"/records/calls/fake/a: there is no field 'wen' \(did you mean 'when'"),
        ({"a": {"text": "{frist_name}"}}, "did you mean 'first_name'"),
        ({"a": {"text": "{b}"}, "b": {"text": "{a}"}}, "it needs itself"),
        ({"a": {"text": "{a}"}}, "it needs itself"),
        ({"a": {"reference": "contact"}}, "there is no resource 'contact'"),
        ({"a": {"of": "b.c"}}, "'of' needs a reference"),
        ({"a": {"by": "b"}}, "'by' needs 'cases'"),
        ({"a": {"maybe": 0.5}}, "needs one of value, one-of"),
        ({"a": {"value": 1, "text": "x"}}, "it has value and text"),
        ({"n": {"between": [3, 1]}}, "3 is above 1"),
        ({"when": {"after": "created", "within": ["soon", "later"]}}, "no ISO 8601 duration"),
        ({"a": {"weights": {"x": 0}}}, "above 0"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(fake: Json, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        made(fake)


def test_an_unknown_method_of_faker_is_refused_with_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"faker has no 'catch_frase'.*did you mean 'catch_phrase'"):
        made({"a": {"faker": "catch_frase"}}).record(0)
