"""A world of a running server as a test sees it: where its APIs are, a key, its clock, what was asked, its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from mockserver.client import answers
from mockserver.client.control import Control

ANY_KEY = "test-key"  # for an API that takes any
ALL = 10_000  # as many as the control API shows at once


@dataclass(frozen=True, slots=True)
class Api:
    """An API that a server serves."""

    name: str
    base_path: str  # "/v2", or "/name/v2" where several are served
    key: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A world's clock."""

    _control: Control = field(repr=False)

    def advance(self, duration: str) -> answers.Clock:
        """Forward by an ISO 8601 duration, `advance("PT72H")`; what falls due by that has happened then."""
        return self._control.advance(duration)

    def freeze(self, time: str) -> answers.Clock:
        """Standing still at an RFC 3339 time."""
        return self._control.freeze(time)

    def resume(self) -> answers.Clock:
        """Going on from where it stands."""
        return self._control.resume()

    def speed(self, times: float) -> answers.Clock:
        """Going on so many times as fast as real time."""
        return self._control.speed(times)

    @property
    def now(self) -> str:
        """The time by it (RFC 3339)."""
        return self._control.show_clock()["now"]


@dataclass(frozen=True, slots=True)
class Mock:
    """A world of a server, as one of its APIs (`mock["crm"]`) or all of them look into it."""

    control: Control  # of this world: whatever has no shorter way here
    apis: tuple[Api, ...]
    several: bool  # whether the server has more than one API, and this looks at all of them

    def __repr__(self) -> str:
        return f"<Mock of {', '.join(api.name for api in self.apis)} at {self.url}>"

    def __getitem__(self, name: str) -> Mock:
        """The same world, looked at as one API."""
        for api in self.apis:
            if api.name == name:
                return Mock(self.control, (api,), False)
        names = [api.name for api in self.apis]
        meant = get_close_matches(name, names, 1)
        hint = f"did you mean {meant[0]!r}?" if meant else f"there are {', '.join(names)}."
        raise KeyError(f"no API called {name!r} is served here; {hint}")

    @property
    def url(self) -> str:
        """Where the API's paths begin, in this world. Of several APIs: where all of them begin, each under its name."""
        world = f"{self.control.url}/_world/{self.control.name}" if self.control.name else self.control.url
        return world if self.several else world + self.apis[0].base_path

    @property
    def key(self) -> str:
        """A key that is accepted. Raises LookupError for several APIs with keys of their own."""
        keys = {api.key for api in self.apis}
        if len(keys) > 1:
            raise LookupError(f'the APIs have keys of their own; say whose: mock_api["{self.apis[0].name}"].key')
        return keys.pop()

    @property
    def clock(self) -> Clock:
        """The world's clock; nobody else's moves with it."""
        return Clock(self.control)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What was asked in this world and answered, in that order: entries of the journal, secrets masked."""
        return self.control.requests(api=self._api, limit=ALL)["requests"][::-1]

    @property
    def events(self) -> list[answers.Event]:
        """What was sent from this world, in that order."""
        return self.control.events(api=self._api, limit=ALL)["events"][::-1]

    @property
    def state(self) -> dict[str, Any]:
        """The records by resource; of several APIs, by API and resource."""
        kept = {
            api: {name: one["records"] for name, one in resources.items()}
            for api, resources in self.control.state(api=self._api, limit=ALL).items()
        }
        return kept if self.several else kept[self.apis[0].name]

    def reset(self) -> None:
        """The world as it was at first: records, clock, journal, rules."""
        self.control.reset()

    def add_rule(self, rule: dict[str, Any]) -> answers.Rule:
        """Lets something go wrong: `add_rule({"match": {"method": "POST"}, "then": {"status": 503}})`."""
        return self.control.add_rule(rule)

    def enter_scenario(self, name: str, words: dict[str, Any] | None = None) -> answers.Entered:
        """Begins a scenario, `enter_scenario("outage")`."""
        return self.control.enter_scenario(name, words)

    def subscribe(self, url: str, **options: Any) -> answers.Subscribed:
        """Has events sent to a URL; options as those of `Control.subscribe`."""
        return self.control.subscribe(url, **options)

    @property
    def _api(self) -> str | None:
        return None if self.several else self.apis[0].name


def apis(control: Control) -> tuple[Api, ...]:
    """The APIs that a server serves, as it says."""
    told: Sequence[Any] = control.index()["apis"]
    return tuple(Api(one["name"], (one["base_paths"] or [""])[0], one["key"] or ANY_KEY) for one in told)
