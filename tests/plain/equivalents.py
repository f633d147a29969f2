"""Mutants that survive for a reason: (the line before, the line after) -> why."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str], str] = {}
# These differ, but in nothing that the document says, or where no check can reach.
UNSEEN: dict[tuple[str, str], str] = {}
