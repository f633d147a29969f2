"""The page docs/inference.md: what is guessed from what, and how far that goes on vendors' documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from documents import NAMES, SEEN, load
from walking import Step

from mockserver import service, sources

TEXT = Path(__file__).with_name("page.md")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "inference.md"

# What of each bundled API is given, since nothing in its document says it to a machine.
GIVEN = {
    "contacts-rest": "two paths for four things, keys in bodies, a field to search that another parameter names, other "
    "spellings of three words: no path below `/contacts` shows an item",
    "myra": "what an `external_id` that comes again does, that deleted contacts are kept, which references are "
    "refused, stages within pipelines, messages that live at two paths, the figures of its limits",
    "pulse": "one admin remains, delivery 2 s later and what it does to threads, who takes part in a thread and has "
    "read it, what a PATCH shows, tiers and their figures",
    "pulse-leads": "the header that parts the accounts, and that unknown parameters are refused",
    "salespulse": "a call that ends after 30 s and how, orders by `position` and `started_at`, what `from` and `to` "
    "bound, deals that no path makes, which references are refused, the figures of its limits",
}


def walked(name: str, steps: list[Step]) -> str:
    """The row of a document whose resources were walked through."""
    understanding = load(name).apis[name].understanding
    does = [said.words.get("does") for said in understanding.operations.values()]
    samples, passed = does.count("sample"), sum(not one.wrong for one in steps)
    return _row(name, len(does), len(understanding.resources), len(does) - samples, samples, passed, len(steps))


def page(row_of: Callable[[str], str]) -> str:
    """The whole page; `row_of` gives the row of a document, from its walk."""
    lines = [row_of(name) for name in NAMES]
    by_hand = []
    for name, text in SEEN.items():
        found, seen = set(load(name).apis[name].understanding.resources), text.split()
        missed = sorted(set(seen) - found)
        by_hand.append(_row(name, len(seen), len(seen) - len(missed), ", ".join(missed)))
    text = TEXT.read_text(encoding="utf-8").replace("{given}", "\n".join(map(_given, sorted(sources.bundled()))))
    return text.replace("{documents}", "\n".join(lines)).replace("{seen}", "\n".join(by_hand))


def _given(name: str) -> str:
    """How many words of a bundled API's plans are given, of how many, and why."""
    source = service.ApiSource(name, sources.document(str(sources.bundled()[name])), sources.fixtures_of(name))
    found = service.load([source]).apis[name].understanding
    said = [*found.resources.values(), *found.operations.values(), found.limits]
    return _row(name, sum(len(one.words) for one in said), sum(len(one.given) for one in said), GIVEN[name])


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
