"""What the name of a field says."""

import pytest

from mockserver.world.dice import Dice
from mockserver.world.meanings import MISSING
from mockserver.world.naming import named, time_of
from mockserver.world.scenes import EPOCH, Backdrop, Scene

SCENE = Scene(Backdrop(1, "en_US"), "contacts", 3, Dice(1), EPOCH - 10**10)


@pytest.mark.parametrize("name", ["email", "workEmail", "email_address", "contact-email", "billingEmail"])
def test_an_email_is_the_persons(name: str) -> None:
    assert named(SCENE, name, "string") == SCENE.email


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("firstName", SCENE.person.first),
        ("given_name", SCENE.person.first),
        ("surname", SCENE.person.last),
        ("company", SCENE.company.name),
        ("billing_city", SCENE.place.city),
        ("zipCode", SCENE.place.postcode),
        ("currency", "USD"),
    ],
)
def test_fields_of_one_record_agree(name: str, value: str) -> None:
    assert named(SCENE, name, "string") == value


def test_name_and_title_mean_what_the_record_is() -> None:
    def of(resource: str, name: str) -> str:
        return str(named(Scene(Backdrop(1), resource, 3, Dice(1)), name, "string"))

    assert of("users", "name") == Scene(Backdrop(1), "users", 3, Dice(1)).person.name
    assert of("companies", "name") == Scene(Backdrop(1), "companies", 3, Dice(1)).company.name
    assert of("stages", "name") == "Proposal sent"
    assert of("leads", "title") != of("tickets", "title")


def test_times_are_in_order() -> None:
    for n in range(50):
        scene = Scene(Backdrop(1), "leads", n, Dice(n), EPOCH - n * 10**9)
        created, contacted, updated = (time_of(name, scene) for name in ("created_at", "lastContacted", "updatedAt"))
        assert created <= contacted <= updated <= EPOCH
        assert time_of("closeDate", scene) > created


def test_a_time_has_the_fields_type() -> None:
    assert named(SCENE, "created_at", "string") == "2025-09-21T15:13:20Z"
    assert named(SCENE, "close_date", "string").count("-") == 2
    assert named(SCENE, "created_at", "integer") == SCENE.time // 1000


def test_a_name_that_says_nothing_is_left_to_the_schema() -> None:
    assert named(SCENE, "frobnication", "string") is MISSING
    assert named(SCENE, "email", "integer") is MISSING


def test_a_phone_may_be_a_number() -> None:
    assert named(SCENE, "phone", "integer") == int(SCENE.phone[1:])
