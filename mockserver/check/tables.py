"""Where Hypothesis keeps its tables of characters, which take a second to make and are the same for every check."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"  # by which Hypothesis is told; without it that is the current folder


def storage(environment: Mapping[str, str]) -> dict[str, str]:
    """What to add to an environment: the user's own choice stays, else the user's folder for caches is taken."""
    caches = _caches(environment)
    if environment.get(VARIABLE) or caches is None:
        return {}
    return {VARIABLE: str(caches / "mockserver" / "hypothesis")}


def _caches(environment: Mapping[str, str]) -> Path | None:
    """As each system has it (XDG Base Directory Specification, on Linux); None for a user without a home."""
    home = os.path.expanduser("~")
    if said := environment.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"):
        return Path(said) if os.path.isabs(said) else None
    if not os.path.isabs(home):
        return None
    return Path(home, "Library", "Caches") if sys.platform == "darwin" else Path(home, ".cache")
