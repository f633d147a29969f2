"""What a document says of an operation in words alone, as far as laws go by it."""

from __future__ import annotations

import re

from mockserver.check.contract import Planned
from mockserver.check.laws.bench import Bench

NOTHING_CHANGES = r"((changes|does) nothing|has no effect|is a no-op)"
AGAIN = re.compile(
    rf"\b(again|twice|already)\b[^.;]*\b{NOTHING_CHANGES}|\b{NOTHING_CHANGES}\b[^.;]*\b(again|twice|already)\b",
    re.IGNORECASE,
)


def says_again_is_nothing(bench: Bench, planned: Planned) -> bool:
    """Whether a document says that an operation changes nothing when it is done again."""
    return bool(AGAIN.search(_words(bench, planned)))


def _words(bench: Bench, planned: Planned) -> str:
    """What stands in an operation's summary and description, and in the `x-source` that is nearest."""
    contract, pointer = bench.checking.contract, planned.operation.pointer
    node = contract.source.document.at(pointer)
    return " ".join([*(str(node.get(one, "")) for one in ("summary", "description")),
                     *contract.place(pointer).source.values()])  # fmt: skip
