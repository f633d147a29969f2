"""First records: believable, valid, never stored."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from judge import follow, plain

from mockserver.spec.errors import SpecError
from mockserver.world import times
from mockserver.world.scenes import EPOCH
from mockserver.world.seeding import GeneratedSource, Seeds, Target, source

Json = Any
TEXT = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
USER = {
    "type": "object",
    "required": ["id", "email", "created_at"],
    "properties": {
        "id": TEXT, "email": {"type": "string", "format": "email"}, "name": {"type": "string", "maxLength": 120},
        "role": {"enum": ["admin", "editor", "viewer"]}, "phone": TEXT, "created_at": TIME, "updated_at": TIME,
    },
}  # fmt: skip


def users(count: int = 50, **more: Any) -> GeneratedSource:
    words = {
        "ids": "usr_{base32:8}",
        "order": "created_at",
        "unique": ["email"],
        "schema": USER,
        "resource": "users",
        **more,
    }
    schema = words["schema"]
    return source(
        Seeds(key="id", follow=follow(schema), is_valid=plain(schema), count=count, seed=words.pop("seed", 1), **words)
    )


def test_records_are_valid_and_of_one_piece() -> None:
    made = users()
    for n in range(50):
        record = made.record(n)
        assert plain(USER)(USER, record)
        assert record["email"].split("@")[0].split(".")[0] == record["name"].split(" ")[0].lower()
        assert record["created_at"] <= record["updated_at"]


def test_a_record_follows_from_seed_resource_and_ordinal_alone() -> None:
    there, back = users(), users(count=1_000_000)
    forth = [there.record(n) for n in range(20)]
    assert forth == [back.record(n) for n in reversed(range(20))][::-1]
    assert users(seed=2).record(0) != users().record(0)
    assert users(resource="members").record(0)["name"] != users().record(0)["name"]


def test_keys_are_found_without_a_table() -> None:
    made = users(count=1_000_000)
    for n in (0, 1, 999_999):
        assert made.ordinal(made.key(n)) == n
        assert made.record(n)["id"] == made.key(n)
    assert made.ordinal(made.key(1_000_000)) is None
    assert made.ordinal(made.new_key(0)) is None


def test_integer_keys_rise_with_time() -> None:
    schema = {"properties": {"id": {"type": "integer"}}, "required": ["id"]}
    made = users(count=142, ids="{integer}", schema=schema, order=None, unique=[])
    assert [made.record(0)["id"], made.record(141)["id"], made.new_key(0)] == [142, 1, 143]


def test_times_fall_strictly_and_stand_in_the_record() -> None:
    made = users(count=2_000_000)
    ordinals = [*range(31_000), *range(999_000, 1_000_500)]
    moments = [made.time(n) for n in ordinals]
    assert all(later > earlier for later, earlier in pairwise(moments))
    assert moments[0] < EPOCH
    assert EPOCH - moments[-1] < 3.1 * 365 * times.DAY
    for n in (0, 17, 29_999):
        assert made.record(n)["created_at"] == times.text(made.time(n))
        assert times.parse(made.record(n)["created_at"]) == made.time(n)


def test_records_are_made_in_office_hours() -> None:
    for n in range(300):
        moment = users().time(n)
        assert 8 <= moment // times.HOUR % 24 < 18
        assert (moment // times.DAY + 3) % 7 < 5  # 1970-01-01 was a Thursday


def test_times_are_written_as_exactly_as_told() -> None:
    assert users(precision="milliseconds").record(0)["created_at"].endswith(".000Z")
    schema = {"properties": {"id": TEXT, "created_at": {"type": "integer"}}}
    made = users(schema=schema, unique=[])
    assert made.record(3)["created_at"] == made.time(3) // 1000


@pytest.mark.parametrize(
    ("resource", "field"),
    [
        ("users", "email"),
        ("users", "name"),
        ("users", "username"),
        ("users", "phone"),
        ("contacts", "external_id"),
        ("companies", "name"),
        ("companies", "domain"),
        ("companies", "email"),
        ("companies", "website"),
        ("products", "name"),
        ("things", "frobnication"),
    ],
)
def test_a_unique_value_names_its_record(resource: str, field: str) -> None:
    schema = {"properties": {"id": TEXT, field: TEXT}, "required": ["id", field]}
    made = users(resource=resource, schema=schema, unique=[field], order=None, count=1_000_000)
    ordinals = [*range(200), 700_000, 999_999]
    values = [made.record(n)[field] for n in ordinals]
    assert len({value.lower() for value in values}) == len(ordinals)
    assert [made.holder(field, value.upper()) for value in values] == ordinals
    assert all(
        made.holder(field, odd) is None for odd in ("", "x", "nobody@nowhere.example", "-1", "1" * 400, "\x00", "💥")
    )


def test_a_unique_value_that_a_fixture_makes_is_looked_up() -> None:
    made = users(
        fake={"email": {"text": "{name}@x.example"}},
        schema={**USER, "properties": {**USER["properties"], "email": TEXT}},
    )
    assert made.holder("email", made.record(7)["email"].upper()) == 7


def test_a_named_records_address_is_nobody_elses() -> None:
    taken = users().record(4)["email"]
    made = users(named=[{"email": taken}])
    assert made.record(4)["email"] == taken.replace(".", "_", 1)
    assert made.holder("email", made.record(4)["email"]) == 4
    assert made.holder("email", taken) is None


def test_an_address_fits_the_company_that_a_fixture_gives() -> None:
    schema = {**USER, "properties": {**USER["properties"], "company": TEXT}}
    made = users(
        resource="contacts", schema=schema, fake={"company": {"one-of": ["Kestrel Architects", "Halden & Sons"]}}
    )
    for n in range(20):
        record = made.record(n)
        domain = record["email"].split("@")[1]
        assert domain == {"K": "kestrel-architects.example", "H": "halden-sons.example"}[record["company"][0]]
        assert made.holder("email", record["email"]) == n


def test_staff_share_the_domain_of_the_named() -> None:
    made = users(named=[{"email": "alice@acme.com"}, {"email": "bob@acme.com"}])
    assert made.record(0)["email"].endswith("@acme.com")


DEAL = {
    "properties": {"id": TEXT, "contact_id": TEXT, "people": {"type": "array", "items": TEXT}, "created_at": TIME},
    "required": ["id", "contact_id"],
}


def test_references_lead_to_records_that_were_there_before() -> None:
    contacts = users(resource="contacts")
    targets = {"contacts": Target(contacts, [{"id": "ctn_named"}])}
    deals = users(
        resource="deals",
        schema=DEAL,
        unique=[],
        references={"contact_id": ("contacts", False), "people": ("contacts", True)},
        targets=targets,
    )
    for n in range(50):
        deal = deals.record(n)
        for key in (deal["contact_id"], *deal["people"]):
            assert key == "ctn_named" or contacts.ordinal(key) is not None
        if n < 10 and deal["contact_id"] != "ctn_named":
            assert contacts.time(contacts.ordinal(deal["contact_id"]) or 0) <= deals.time(n)
        assert len(set(deal["people"])) == len(deal["people"])


def test_a_resource_of_a_million_costs_what_is_looked_at() -> None:
    made = users(count=1_000_000)
    made.record(999_999)
    assert len(made._memory) == 1


def test_an_awkward_schema_still_gets_valid_records() -> None:
    awkward: Json = {
        "type": "object", "additionalProperties": False, "required": ["id", "email"],
        "properties": {"id": TEXT, "email": {**TEXT, "maxLength": 12}, "name": {**TEXT, "pattern": "^[A-Z]{3}$"}},
        "not": {"properties": {"name": {"const": "AAA"}}, "required": ["name"]},
    }  # fmt: skip
    made = users(schema=awkward, order=None)
    for n in range(20):
        assert plain(awkward)(awkward, made.record(n))


def test_other_locales_have_other_people() -> None:
    record = users(locale="de_DE").record(5)
    assert record["email"].isascii()
    assert record["phone"].startswith("+49")


def test_a_template_that_does_not_fit_is_refused() -> None:
    with pytest.raises(SpecError, match="room for"):
        users(ids="{digits:1}")


def test_every_process_makes_the_same_records() -> None:
    here = Path(__file__).resolve()
    program = (
        f"from {here.stem} import users; import json;"
        "fake = {n: {'one-of': ['x', 'y']} for n in ('a', 'b', 'c', 'd')};"
        "made = [users(locale=one, fake=fake) for one in ('en_US', 'de_DE', 'ja_JP')];"
        "print(json.dumps([one.record(n) for one in made for n in range(20)]))"
    )
    path = os.pathsep.join([str(here.parent), str(here.parents[2])])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
