"""The page docs/inference.md: what is guessed from what, and how far that goes on vendors' documents."""

from __future__ import annotations

from pathlib import Path

from documents import NAMES, SEEN, load
from walking import in_process, walk

TEXT = Path(__file__).with_name("page.md")


def page() -> str:
    """The whole page."""
    lines = []
    for name in NAMES:
        service = load(name)
        served = service.apis[name]
        does = [said.words.get("does") for said in served.understanding.operations.values()]
        steps = walk(served, in_process(service))
        passed = sum(not one.wrong for one in steps)
        samples = does.count("sample")
        cells = (name, len(does), len(served.understanding.resources), len(does) - samples, samples, passed, len(steps))
        lines.append(_row(*cells))
    by_hand = []
    for name, text in SEEN.items():
        found, seen = set(load(name).apis[name].understanding.resources), text.split()
        missed = sorted(set(seen) - found)
        by_hand.append(_row(name, len(seen), len(seen) - len(missed), ", ".join(missed)))
    text = TEXT.read_text(encoding="utf-8")
    return text.replace("{documents}", "\n".join(lines)).replace("{seen}", "\n".join(by_hand))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
