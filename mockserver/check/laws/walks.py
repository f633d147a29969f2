"""Walks over the pages of a list, by whichever style it has, and what each page says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mockserver.check.answers import MISSING, Way, asked, at, places
from mockserver.check.contract import Contract, Planned
from mockserver.check.findings import Exchange
from mockserver.check.ledger import parsed
from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas

MOST_QUERIES = 4  # by which one list is walked over
Record = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was answered; what it doesn't tell is None."""

    exchange: Exchange
    records: tuple[Any, ...]
    more: bool | None  # whether it says that there is another
    next: Any  # the next cursor or offset; None where it names none
    tells_next: bool  # whether it could
    total: int | None
    pages: int | None
    number: int | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages one after the other. `whole` unless it was cut short; `trouble` is an answer that was no page."""

    pages: tuple[Page, ...]
    size: int | None  # asked for
    whole: bool
    trouble: Exchange | None = None

    @property
    def records(self) -> list[Any]:
        """All records, in order."""
        return [record for page in self.pages for record in page.records]

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All calls, in order."""
        return tuple(page.exchange for page in self.pages) + ((self.trouble,) if self.trouble else ())


@dataclass(frozen=True, slots=True)
class Pages:
    """How a list's pages are asked for and read."""

    planned: Planned
    style: str  # cursor, page, offset or all
    size: tuple[str, Way]  # the part of the request and the way there; ('', ()) when there is none
    position: tuple[str, Way]
    ways: Mapping[str, Way]
    least: int
    most: int | None  # the largest size that the document allows
    default: int | None  # the size of a page that asks for none

    @property
    def sized(self) -> bool:
        """Whether a page's size can be asked for."""
        return bool(self.size[0])

    @property
    def leads_on(self) -> bool:
        """Whether one page leads to the next in a way that can be followed."""
        if self.style == "cursor":
            return bool(self.position[0]) and ("$page.next" in self.ways or self._url_way() is not None)
        return self.style in ("page", "offset") and bool(self.position[0])

    def ends(self, page: Page, size: int | None) -> bool:
        """Whether a page that leads nowhere is known to be the last one."""
        if self.leads_on or page.more is False:
            return True
        size = size if size is not None else self.default
        return not self.sized if size is None else len(page.records) < size

    def read(self, exchange: Exchange) -> Page | None:
        """An answer as a page; None when it is none."""
        body = parsed(exchange.answer)
        records = at(body, self.ways["$page.records"])
        if exchange.status != self.planned.plan.status or not isinstance(records, list):
            return None
        following = self._get(body, "$page.next")
        tells = "$page.next" in self.ways or self._url_way() is not None
        if following is None and (way := self._url_way()) is not None:
            url = at(body, way)
            following = _position_in(url, self.position[1]) if isinstance(url, str) and url else None
        more, last = self._get(body, "$page.more"), self._get(body, "$page.last")
        more = (not last) if more is None and isinstance(last, bool) else more
        names = ("total", "pages", "number", "size")
        total, pages, number, size = (_count(self._get(body, f"$page.{name}")) for name in names)
        return Page(
            exchange, tuple(records), more if isinstance(more, bool) else None,
            following if following not in ("", None) else None, tells, total, pages, number, size,
        )  # fmt: skip

    def _get(self, body: Json, name: str) -> Any:
        found = at(body, self.ways[name]) if name in self.ways else None
        return None if found is MISSING else found

    def _url_way(self) -> Way | None:
        return self.ways.get("$page.next-url") or self.ways.get("$page.next-path")

    def following(self, page: Page, number: int, seen: int) -> Any:
        """The position of the page after this one, the `number`-th; None when the page says that it is the last.

        A list that counts pages or offsets is over where it says so, in whichever way it can, or at an empty page.
        """
        if self.style == "cursor":
            return page.next
        if self.style == "all" or not self.position[0] or page.more is False or not page.records:
            return None
        if page.more is None and page.total is not None and seen >= page.total:
            return None
        if page.more is None and page.tells_next and page.next is None:
            return None
        if page.more is None and page.total is None and not page.tells_next and not self.sized:
            return None
        return number + 1 if self.style == "page" else seen


def pages_of(planned: Planned, schemas: Schemas) -> Pages | None:
    """How the pages of a list operation are; None when its answer holds no records that can be found."""
    ways = places(planned.plan.answer)
    if "$page.records" not in ways:
        return None
    page = planned.plan.page
    size, position = asked(page.get("size")), asked(page.get("position"))
    node: Mapping[str, Json] = {}
    if size[0] == "query":
        found = next((one for one in planned.operation.parameters if one.name == size[1][0]), None)
        node = schemas.follow(schemas.look_up(found.schema)) if found else {}
    node = node if isinstance(node, dict) else {}
    least, most, default = node.get("minimum"), node.get("maximum"), node.get("default")
    return Pages(
        planned, str(page.get("style", "all")), size, position, ways, least if isinstance(least, int) else 1,
        most if isinstance(most, int) else None, default if isinstance(default, int) else None,
    )  # fmt: skip


def everything(planned: Planned, contract: Contract) -> list[dict[str, Json]]:
    """The queries by which a list shows all records there are: one that shows some by default (those that aren't
    archived, say) is asked for each of the others as well."""
    queries: list[dict[str, Json]] = [{}]
    for parameter in planned.operation.parameters:
        node = contract.schemas.follow(contract.schemas.look_up(parameter.schema))
        if parameter.name not in planned.plan.filters or not isinstance(node, dict) or "default" not in node:
            continue
        values = node.get("enum") or ([True, False] if node.get("type") == "boolean" else [])
        others = [value for value in values if value != node["default"]]
        queries += [{**query, parameter.name: value} for query in queries for value in others]
    return queries[:MOST_QUERIES]


def _position_in(url: str, way: Way) -> str | None:
    """The value of the position's parameter in the address of a page."""
    found = parse_qs(urlsplit(url).query).get(way[0]) if way else None
    return found[0] if found else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
