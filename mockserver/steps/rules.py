"""Rules over all records of a resource together, such as that one admin remains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs

from mockserver.spec.model import Json
from mockserver.steps.call import Call, Problem

Record = Mapping[str, Any]
Rule = Callable[[Call, "Record | None", "Record | None", str], Problem | None]
"""Looks at (record before, record after, the verb for its words); gives the problem, if the change breaks the rule."""


def compile_rule(words: Mapping[str, Json], table: str) -> Rule:
    """A rule over all records. `contains` looks for as many witnesses as it needs only, so its cost doesn't grow."""
    schema: Any = words["schema"]
    least, most = schema.get("minContains", 1), schema.get("maxContains")
    bounded = most is not None or "maxItems" in schema
    counted = (
        jsonschema_rs.Draft202012Validator(schema["contains"], validate_formats=True) if "contains" in schema else None
    )

    seen = _looks_at(schema.get("contains"))

    def holds(call: Call, before: Record | None, after: Record | None) -> bool:
        if before is None and not bounded:
            return True  # one more record breaks a lower bound never
        if before is not None and after is not None and seen is not None and _alike(before, after, seen):
            return True
        size = len(call.world.tables[table]) + (after is not None) - (before is not None)
        if not int(schema.get("minItems", 0)) <= size <= int(schema.get("maxItems", size)):
            return False
        if counted is None:
            return True
        was = before is not None and bool(counted.is_valid(before))
        will = after is not None and bool(counted.is_valid(after))
        others = (one for one in call.world.tables[table].records() if one is not before and counted.is_valid(one))
        if was and not will:
            return len(list(islice(others, least))) == int(least)
        if will and not was and most is not None:
            return len(list(islice(others, most))) < int(most)
        return True

    def check(call: Call, before: Record | None, after: Record | None, verb: str) -> Problem | None:
        if holds(call, before, after):
            return None
        said = dict(words["problem"])
        detail = str(said.pop("detail", f"this would break the rule {words['name']}")).replace("{verb}", verb)
        return Problem("rule-broken", detail, step="rules").given(said)

    return check


def _looks_at(schema: Json) -> tuple[str, ...] | None:
    """The properties that alone decide whether a record is as a schema says; None where more may count."""
    if schema is None:
        return ()
    if not isinstance(schema, dict) or not schema.keys() <= {"type", "properties", "required"}:
        return None
    return tuple({*schema.get("properties", ()), *schema.get("required", ())})


def _alike(before: Record, after: Record, names: tuple[str, ...]) -> bool:
    alike = True
    for name in names:  # no comprehension: that costs a call more
        alike = alike and before.get(name, names) == after.get(name, names)
    return alike
