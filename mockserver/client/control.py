"""`mockserver.Control`: the control API of a running mock server, as typed methods.

A method for each operation of control.yaml, called as its operationId is (`createWorld`: `create_world`), and a few
short ways. A test holds this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote

from mockserver.client import answers
from mockserver.client.asking import ControlError as ControlError
from mockserver.client.asking import asked, lines

Json = Any
DEFAULT_URL = "http://127.0.0.1:4010"


class Control:
    """Looks into and steers a mock server:

    >>> mock = Control("http://127.0.0.1:4010")
    >>> mock.freeze("2026-01-01T00:00:00Z")
    >>> mock.world("my-test").advance("PT72H")

    `world` is the one that is meant, the default one when left out. Every method raises ControlError when the server
    refuses or doesn't answer. `verify=False` takes any certificate, as that of `--tls` is.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        world: str | None = None,
        token: str | None = None,
        timeout: float = 30,
        verify: bool = True,
    ) -> None:
        self.url = url.rstrip("/")
        self.name = world
        self._token, self._timeout, self._verify = token, timeout, verify

    def world(self, name: str) -> Control:
        """The same server's control of another world, which begins when it is first asked something."""
        return Control(self.url, world=name, token=self._token, timeout=self._timeout, verify=self._verify)

    def ask(self, method: str, path: str, body: Json = None, **query: Json) -> Json:
        """What `/_mock/PATH` answers, for what has no method here: `ask("POST", "clock", {"resume": True})`."""
        answer = self._ask(method, path, body, **query)
        return json.loads(answer) if answer else None

    def _ask(self, method: str, path: str, body: Json = None, **query: Json) -> bytes:
        url = f"{self.url}/_mock/{path}" if path else f"{self.url}/_mock"
        return asked(method, url, body, query, self._headers(), self._timeout, self._verify)

    def _headers(self) -> dict[str, str]:
        token = {"X-Mock-Token": self._token} if self._token else {}
        return {**token, "X-Mock-World": self.name} if self.name else token

    # What there is

    def index(self) -> dict[str, Json]:
        """The APIs that are served, and the paths of the control API."""
        return cast(dict[str, Json], self.ask("GET", ""))

    def health(self) -> dict[str, str]:
        """That the server answers."""
        return cast(dict[str, str], self.ask("GET", "health"))

    def document_as_json(self) -> dict[str, Json]:
        """The control API's own OpenAPI document."""
        return cast(dict[str, Json], self.ask("GET", "openapi.json"))

    def document_as_yaml(self) -> str:
        """The same as it was written."""
        return self._ask("GET", "openapi.yaml").decode()

    # Time

    def show_clock(self) -> answers.Clock:
        """The world's time."""
        return cast(answers.Clock, self.ask("GET", "clock"))

    def set_clock(
        self,
        *,
        advance: str | None = None,
        freeze: str | None = None,
        resume: bool | None = None,
        speed: float | None = None,
    ) -> answers.Clock:
        """Moves the world's clock, in one of these ways."""
        way = _given(advance=advance, freeze=freeze, resume=resume, speed=speed)
        return cast(answers.Clock, self.ask("POST", "clock", way))

    def advance(self, duration: str) -> answers.Clock:
        """The clock forward by an ISO 8601 duration; what falls due by that has happened then."""
        return self.set_clock(advance=duration)

    def freeze(self, time: str) -> answers.Clock:
        """The clock standing still at an RFC 3339 time."""
        return self.set_clock(freeze=time)

    def resume(self) -> answers.Clock:
        """The clock going on from where it stands."""
        return self.set_clock(resume=True)

    def speed(self, times: float) -> answers.Clock:
        """The clock going on so many times as fast as real time."""
        return self.set_clock(speed=times)

    # State

    def state(
        self, *, api: str | None = None, resource: str | None = None, limit: int | None = None
    ) -> dict[str, dict[str, answers.Kept]]:
        """The records by API and resource."""
        found = self.ask("GET", "state", api=api, resource=resource, limit=limit)["apis"]
        return cast(dict[str, dict[str, answers.Kept]], found)

    def requests(self, *, api: str | None = None, limit: int | None = None) -> answers.Requests:
        """What was asked and answered, the newest first."""
        return cast(answers.Requests, self.ask("GET", "requests", api=api, limit=limit))

    def stream(
        self, *, api: str | None = None, limit: int | None = None, seconds: int | None = None
    ) -> Iterator[dict[str, Json]]:
        """Each request from now on, as soon as it is answered; ends after so many, or after so many seconds."""
        query = _given(api=api, limit=limit, seconds=seconds)
        for line in lines(f"{self.url}/_mock/stream", query, self._headers(), self._timeout, self._verify):
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

    def events(self, *, api: str | None = None, limit: int | None = None) -> answers.Events:
        """What the APIs sent, the newest first."""
        return cast(answers.Events, self.ask("GET", "events", api=api, limit=limit))

    def reset(self) -> answers.Clock:
        """The world as it was at first."""
        return cast(answers.Clock, self.ask("POST", "reset", {}))

    def rewind(self, to: str | int) -> answers.Position:
        """The world back to just after a call: `"default-12"`, as X-Mock-Request said, or 12."""
        return cast(answers.Position, self.ask("POST", "rewind", {"to": to}))

    def snapshots(self) -> list[answers.Snapshot]:
        """The moments that have names."""
        return cast(list[answers.Snapshot], self.ask("GET", "snapshots")["snapshots"])

    def save_snapshot(self, name: str) -> answers.Snapshot:
        """Gives this moment a name."""
        return cast(answers.Snapshot, self.ask("POST", "snapshots", {"name": name}))

    def restore_snapshot(self, name: str) -> answers.Position:
        """The world back to a named moment."""
        return cast(answers.Position, self.ask("POST", f"snapshots/{quote(name, safe='')}/restore", {}))

    def delete_snapshot(self, name: str) -> None:
        """Forgets a named moment."""
        self.ask("DELETE", f"snapshots/{quote(name, safe='')}")

    def export_state(self) -> dict[str, Json]:
        """The world as a state file."""
        return cast(dict[str, Json], self.ask("GET", "state/export"))

    def import_state(self, state: dict[str, Json]) -> answers.Imported:
        """The world becomes that of a state file."""
        return cast(answers.Imported, self.ask("POST", "state/import", state))

    # Worlds

    def worlds(self, *, limit: int | None = None) -> answers.Worlds:
        """The worlds that there are."""
        return cast(answers.Worlds, self.ask("GET", "worlds", limit=limit))

    def show_world(self, name: str) -> answers.World:
        """One of them."""
        return cast(answers.World, self.ask("GET", f"worlds/{quote(name, safe='')}"))

    def create_world(self, name: str, *, start: str | None = None, snapshot: str | None = None) -> Control:
        """A new world, that begins as the world `start` is now or as a snapshot of it; the control of it."""
        self.ask("POST", "worlds", {"name": name, **_given(**{"from": start, "snapshot": snapshot})})
        return self.world(name)

    def delete_world(self, name: str) -> None:
        """Forgets a world."""
        self.ask("DELETE", f"worlds/{quote(name, safe='')}")

    def diff_worlds(self, a: str, b: str) -> answers.Difference:
        """What the world `b` has otherwise than `a`."""
        return cast(answers.Difference, self.ask("GET", f"worlds/{quote(a, safe='')}/diff/{quote(b, safe='')}"))

    # What the APIs send

    def fire_event(self, event: str, *, api: str | None = None, data: dict[str, Json] | None = None) -> answers.Event:
        """Lets an event from outside happen; what `data` leaves out is made up."""
        return cast(answers.Event, self.ask("POST", "events", _given(event=event, api=api, data=data)))

    def webhooks(self) -> list[answers.Webhook]:
        """Who is told of which events."""
        return cast(list[answers.Webhook], self.ask("GET", "webhooks")["webhooks"])

    def subscribe(
        self,
        url: str,
        *,
        events: list[str] | None = None,
        api: str | None = None,
        secret: str | None = None,
        ordered: bool | None = None,
        duplicates: float | None = None,
        retry: dict[str, Json] | None = None,
    ) -> answers.Subscribed:
        """From now on, events are sent to a URL; `secret` signs them, an empty one nothing."""
        options = _given(events=events, api=api, secret=secret, ordered=ordered, duplicates=duplicates, retry=retry)
        return cast(answers.Subscribed, self.ask("POST", "webhooks", {"url": url, **options}))

    def unsubscribe(self, webhook: str) -> None:
        """Nothing is sent there any more."""
        self.ask("DELETE", f"webhooks/{quote(webhook, safe='')}")

    def deliveries(
        self, *, limit: int | None = None, state: str | None = None, settled: bool = False
    ) -> answers.Deliveries:
        """What was sent or will be, the newest first; when `settled`, once all that is due has been tried."""
        query = _given(limit=limit, state=state, settled="true" if settled else None)
        return cast(answers.Deliveries, self.ask("GET", "deliveries", **query))

    def redeliver(self, delivery: int) -> dict[str, Json]:
        """A delivery is made once more."""
        return cast(dict[str, Json], self.ask("POST", f"deliveries/{delivery}/redeliver", {}))

    # What goes wrong

    def show_rules(self) -> list[answers.Rule]:
        """The world's rules, in the order in which they are looked at."""
        return cast(list[answers.Rule], self.ask("GET", "rules")["rules"])

    def show_rule(self, rule: str) -> answers.Rule:
        """One rule, and how often it matched and acted."""
        return cast(answers.Rule, self.ask("GET", f"rules/{quote(rule, safe='')}"))

    def add_rule(self, rule: dict[str, Json]) -> answers.Rule:
        """One more rule: `add_rule({"match": {"method": "POST"}, "when": {"times": 1}, "then": {"status": 503}})`."""
        return cast(answers.Rule, self.ask("POST", "rules", rule))

    def put_rule(self, name: str, rule: dict[str, Json]) -> answers.Rule:
        """A rule in place of the one of that id, or behind the others."""
        return cast(answers.Rule, self.ask("PUT", f"rules/{quote(name, safe='')}", rule))

    def delete_rule(self, rule: str) -> None:
        """Without that rule."""
        self.ask("DELETE", f"rules/{quote(rule, safe='')}")

    def delete_rules(self) -> None:
        """Without any rule."""
        self.ask("DELETE", "rules")

    def show_scenarios(self) -> list[answers.Scenario]:
        """The scenarios that there are."""
        return cast(list[answers.Scenario], self.ask("GET", "scenarios")["scenarios"])

    def enter_scenario(self, name: str, words: dict[str, Json] | None = None) -> answers.Entered:
        """A scenario begins: a bundled one by its name, or the one that `words` say."""
        return cast(answers.Entered, self.ask("POST", f"scenarios/{quote(name, safe='')}", words))

    def leave_scenario(self, name: str) -> answers.Entered:
        """Without the scenario's rules; its data and the clock stay."""
        return cast(answers.Entered, self.ask("DELETE", f"scenarios/{quote(name, safe='')}"))

    def show_errors(self, *, api: str | None = None, operation: str | None = None) -> list[dict[str, Json]]:
        """Every documented error of every operation, with what brings it about."""
        found = self.ask("GET", "errors", api=api, operation=operation)["errors"]
        return cast(list[dict[str, Json]], found)

    def show_audit(self, *, api: str | None = None) -> list[dict[str, Json]]:
        """How each client behaved when it was refused."""
        return cast(list[dict[str, Json]], self.ask("GET", "audit", api=api)["clients"])


def _given(**values: Json) -> dict[str, Json]:
    """What isn't None."""
    return {name: value for name, value in values.items() if value is not None}
