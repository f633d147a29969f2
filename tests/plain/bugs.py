"""The planted bugs: each a small change of a plain server's source, such as a real team might ship; and variants."""

from __future__ import annotations

from typing import NamedTuple

from tests.plain import bugs_leads, bugs_pulse, variants


class Bug(NamedTuple):
    """`operations` are those that may be blamed; `changes` replace source text that is there exactly once."""

    name: str
    says: str
    operations: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]


def bugs(table: dict[str, tuple[str, str, list[tuple[str, str]]]]) -> tuple[Bug, ...]:
    """The rows of a table: what a bug is, whom it may be blamed on, and what makes it."""
    return tuple(
        Bug(name, says, tuple(operations.split()), tuple(changes))
        for name, (says, operations, changes) in table.items()
    )


PLANTED = {"pulse": bugs(bugs_pulse.TABLE), "leads": bugs(bugs_leads.TABLE)}
VARIANTS = {"pulse": bugs(variants.PULSE), "leads": bugs(variants.LEADS)}
