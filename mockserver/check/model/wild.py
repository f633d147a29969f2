"""Bodies that nobody would think of: schemathesis' strategies for the document's schemas, valid and invalid ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from mockserver.check.contract import Contract


def bodies(contract: Contract) -> Mapping[str, Any]:
    """A Hypothesis strategy of JSON bodies for each operation that takes one, by its id; none where schemathesis isn't
    installed or can't read the document."""
    try:
        import schemathesis
        from schemathesis.generation.modes import GenerationMode

        schema = schemathesis.openapi.from_dict(dict(contract.source.document.content))
    except Exception:
        return {}
    found = {}
    for planned in contract.operations.values():
        operation = planned.operation
        if operation.body is None or not any("json" in one.type for one in operation.body.media):
            continue
        try:
            own = schema[operation.path][operation.method.upper()]
            ways = [own.as_strategy(generation_mode=mode) for mode in GenerationMode]
        except Exception:
            continue
        found[operation.id] = st.one_of(*ways).map(_body).filter(lambda body: body is not None)
    return found


def _body(case: Any) -> Any:
    return case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
