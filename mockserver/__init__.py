"""A mock and contract-testing server for CRM APIs. `mockserver.Control` steers one that runs."""

from __future__ import annotations

from typing import Any

__all__ = ["Control", "ControlError"]


def __getattr__(name: str) -> Any:
    # Not before somebody wants it: every start of the server imports this module, and few need urllib.
    if name in __all__:
        from mockserver.client import control

        return getattr(control, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
