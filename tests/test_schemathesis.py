"""schemathesis, an independent checker, finds nothing wrong with any bundled API as it is served.

All its phases and checks run against a real server; what a document's reading asks for and schemathesis can't know is
excused by name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from schemathesis_runs import KEYS, checked
from serving import Served, start

from mockserver import sources

BUNDLED = sources.bundled()
every_api = pytest.mark.parametrize("api", sorted(BUNDLED))
SEED = int(os.environ.get("SCHEMATHESIS_SEED", "1"))
EXAMPLES = 10  # of each operation, in each phase that makes them up
SECONDS = 80  # for one API; far above the 4 to 9 that it takes
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")


@dataclass(frozen=True, slots=True)
class Excuse:
    """A failure that is none: its class, and patterns of the operationId, of what was sent and of the answer."""

    check: str
    operation: str
    sent: str
    answered: str


REJECTED = "RejectedPositiveData"  # ST202: a request that is valid as the schemas say should be accepted

# At most three for each API. Schemas can't say any of this; the readings do.
EXCUSED: dict[str, dict[str, Excuse]] = {
    "contacts-rest": {
        "a contact's id stands in the body, which schemathesis makes anew although a link says what it holds": Excuse(
            "EnsureResourceAvailability", "(edit|delete)Contact", r'"contact(_id|ID)"', r"no contact with this id"
        ),
        "the two query parameters may come in a JSON body in their place": Excuse(
            "AcceptedNegativeData", "searchContacts", r'\n(?=.*"searchby":)(?=.*"search":)', r'\n\{"id":"\d{20}"\}\Z'
        ),
        "a number of more than 64 bits is refused, for it could not be kept as it was sent": Excuse(
            REJECTED, "(create|edit)Contact", r'"phone": -?\d{19,}', r"must be at (most|least) -?\d{19}"
        ),
    },
    "myra": {
        "a cursor comes from the page before; a made-up one is 422 on `cursor`": Excuse(
            REJECTED, "listContacts|listDeals|getHistory", r"[?&]cursor=", r'"field":"cursor"'
        ),
        "the contact and stage of a deal must exist, else 422 on that field": Excuse(
            REJECTED, "createDeal|updateDeal", r'"(contact|stage)_id"', r"Names no (contact|stage)"
        ),
    },
    "pulse": {
        "a cursor comes from the page before; a made-up one is 400 on `cursor`": Excuse(
            REJECTED, "listUsers|listThreads", r"[?&]cursor=", r'"field":"cursor"'
        ),
        "no two users share an email; a second one is 400 on `email`, not 409": Excuse(
            REJECTED, "createUser", r'"email"', r"email is already in use"
        ),
        "recipients and thread must exist, `send_at` is within 30 days, else 400 on that field": Excuse(
            REJECTED, "sendMessage", r'"usr_|"thread_id"|"send_at"', r'"field":"(to|thread_id|send_at)"'
        ),
    },
    "pulse-leads": {
        "of a text with a format that may be null, schemathesis makes an empty text, which has no such format": Excuse(
            REJECTED, "(create|update)Lead", r'"(email|lastContacted)": ""', r"must be a valid (email|date-time)"
        ),
    },
    "salespulse": {
        "of a text with a format that may be null, schemathesis makes an empty text, which has no such format": Excuse(
            REJECTED, "(create|update)Contacts?", r'"email": ""', r"(?i)email must be a valid email address"
        ),
        "the contact of a call and the stage of a contact must exist, else 422": Excuse(
            REJECTED, "initiateCall|moveContactToStage", r'"(contact|stage)_id"', r"names no (contact|stage)"
        ),
    },
}


CONTROL_EXCUSED = {
    "what a made-up name names (an event, an API, a request of another world) isn't there; that is 400": Excuse(
        REJECTED, "fireEvent|subscribe|rewind", "", r'"(unknown_event|unknown_api|other_world)"'
    ),
    "what an event says is as the API's document has it, and it is told to this machine unless more is allowed": Excuse(
        REJECTED, "fireEvent|subscribe", "", r'"(bad_event|target_not_allowed|bad_url|bad_duration)"'
    ),
    "what a rule names is there, its spans are spans, and it says what would happen; else that is 400": Excuse(
        REJECTED, "(add|put)Rule|enterScenario", "",
        r'"(no_such_(api|operation)|bad_rule|rule_exists|other_id|bad_clock|unknown_resource|bad_records)"',
    ),
    "a body that is too large is refused, which schemathesis doesn't take for a refusal": Excuse(
        "AcceptedNegativeData", ".*", "", r'"too_large"'
    ),
    "a state file must be one of this very server": Excuse(REJECTED, "importState", "", r'"(unfit_state|which_world)"'),
}


def base_path(api: str) -> str:
    """Where one API lives when it is served alone: the path of its document's first server."""
    return urlsplit(sources.document(str(BUNDLED[api])).content["servers"][0]["url"]).path.rstrip("/")


def check(document: Path, excused: Iterable[Excuse], url: str, folder: Path, examples: int) -> dict[str, Any]:
    """What schemathesis reports of an API at a URL."""
    return checked(
        document, url, folder, examples=examples, excused=map(astuple, excused), seed=SEED,
        headers={**KEYS, "x-api-key": "test-key"}, seconds=SECONDS * examples,
    )  # fmt: skip


def judge(found: dict[str, Any]) -> None:
    """Nothing is wrong, and all was looked at."""
    assert found["code"] == 0, found["printed"]
    assert found["failures"] == []
    assert found["errors"] == []
    assert found["complete"]
    assert found["operations"]["tested"] == found["operations"]["total"]


def warnings(api: str, found: dict[str, Any]) -> list[str]:
    """What schemathesis doubts, but for operations whose refusals are excused: that there are many is no news."""
    paths = sources.document(str(BUNDLED[api])).content["paths"]
    names = {
        f"{method.upper()} {path}": operation["operationId"]
        for path, item in paths.items() for method, operation in item.items() if "operationId" in operation
    }  # fmt: skip
    excused = "|".join(one.operation for one in EXCUSED[api].values())
    told = [(name, about) for name, abouts in found["warnings"].items() for about in abouts]
    return [f"{name}: {about}" for name, about in told if not re.fullmatch(excused, names.get(str(about), "?"))]


def test_every_api_is_checked_with_few_excuses() -> None:
    assert set(EXCUSED) == set(BUNDLED)
    assert all(len(excuses) <= 3 for excuses in EXCUSED.values())


@contextmanager
def standing_still(*arguments: str) -> Iterator[Served]:
    """A server whose clock stands still: what schemathesis makes up depends on the answers that it has seen."""
    with start(*arguments) as served:
        served.control("clock", {"freeze": "2026-01-01T00:00:00Z"})
        yield served


def finds_nothing(api: str, folder: Path, examples: int) -> None:
    with standing_still(api, "--no-rate-limits") as served:
        found = check(BUNDLED[api], EXCUSED[api].values(), served.url + base_path(api), folder, examples)
    judge(found)
    assert {name: phase["status"] for name, phase in found["phases"].items()} == dict.fromkeys(
        ["examples", "coverage", "fuzzing", "stateful"], "success"
    )
    assert warnings(api, found) == []
    accepted = {op: sum(phase["accepted"] for phase in phases.values()) for op, phases in found["valid_rates"].items()}
    assert len(accepted) == found["operations"]["total"]
    assert [op for op, times in accepted.items() if times == 0] == []


def finds_nothing_in_the_control_api(folder: Path, examples: int) -> None:
    with standing_still("pulse", "salespulse") as served:
        document = served.control("openapi.json")
        del document["paths"]["/_mock/stream"]  # an answer that goes on: tests/web/test_stream.py
        (folder / "control.yaml").write_text(json.dumps(document))
        found = check(folder / "control.yaml", CONTROL_EXCUSED.values(), served.url, folder, examples)
        assert "ERROR" not in served.complaints()  # it is warned of what is no HTTP at all
    judge(found)


def examples(few: int, many: int) -> pytest.MarkDecorator:
    """How many examples of each operation: few, and many with `make soak`."""
    counts = [pytest.param(few, marks=pytest.mark.slow), pytest.param(many, marks=pytest.mark.soak)]
    return pytest.mark.parametrize("count", counts)


@examples(few=10, many=200)
@every_api
def test_schemathesis_finds_nothing(api: str, count: int, tmp_path: Path) -> None:
    finds_nothing(api, tmp_path, count)


@examples(few=5, many=100)
def test_schemathesis_finds_nothing_in_the_control_api(count: int, tmp_path: Path) -> None:
    finds_nothing_in_the_control_api(tmp_path, count)
