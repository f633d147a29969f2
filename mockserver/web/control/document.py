"""The control API's own OpenAPI document, which also says what each request may hold."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from mockserver.sources import scenario_vocabulary
from mockserver.spec.errors import nearest
from mockserver.steps.faults import BOUNDS, CLAUSES, listed, shown


def text() -> bytes:
    """The document as YAML."""
    return yaml.dump(document(), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120).encode()


@cache
def document() -> dict[str, Any]:
    """control.yaml, with what the vocabulary of scenarios defines among its schemas."""
    written = (resources.files("mockserver.web.control") / "control.yaml").read_bytes()
    found: dict[str, Any] = yaml.load(written, yaml.CSafeLoader)
    whole = dict(scenario_vocabulary())
    words = {**whole.pop("$defs"), "scenario": {name: said for name, said in whole.items() if name[0] != "$"}}
    found["components"]["schemas"] |= {_named(name): _moved(schema) for name, schema in words.items()}
    return found


def _named(definition: str) -> str:
    return definition[:1].upper() + definition[1:]


def _moved(schema: Any) -> Any:
    """A schema whose references lead to the document's components."""
    if isinstance(schema, list):
        return [_moved(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    at = schema.get("$ref", "")
    own = {"$ref": f"#/components/schemas/{_named(at.rpartition('/')[2])}"} if isinstance(at, str) and at else {}
    return {**{name: _moved(one) for name, one in schema.items()}, **own}


def fault_of(path: str, method: str, body: Any) -> tuple[str, str] | None:
    """What is wrong with the body of a request, and what would be right; None when it is as the document says."""
    error = best_match(_validator(path, method).iter_errors(body))
    return None if error is None else (_message(error), _hint(path, method))


@cache
def _validator(path: str, method: str) -> Draft202012Validator:
    schema = _content(path, method)["schema"]
    return Draft202012Validator({**schema, "components": document()["components"]})


def _content(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
    return found


def _message(error: ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path)) or "the body"
    schema = error.schema
    if error.validator == "additionalProperties" and isinstance(error.instance, dict) and isinstance(schema, dict):
        known = schema.get("properties", {})
        unknown = sorted(name for name in error.instance if name not in known)
        if unknown:
            return f"{where} has no property {unknown[0][:100]!r}{nearest(unknown[0][:100], known)}."
    return f"{_told(error, where)}."


def _told(error: ValidationError, where: str) -> str:
    """`resume must be true`: in the words, and the JSON, in which the mock tells of other requests."""
    keyword, value = str(error.validator), error.instance
    limit: Any = error.validator_value
    if keyword == "required" and isinstance(value, dict) and isinstance(limit, list):
        missing = next(name for name in limit if name not in value)
        return f"{'.'.join(map(str, (*error.absolute_path, missing)))} is required"
    if keyword in BOUNDS:
        lower, _, unit, verb = BOUNDS[keyword]
        if unit and limit == (keyword == lower):
            return f"{where} must {'not ' if limit else ''}be empty"
        least, plural = "at least" if keyword == lower else "at most", "" if limit == 1 else "s"
        return f"{where} must {verb} {least} {shown(limit)}" + (f" {unit}{plural}" if unit else "")
    if keyword in CLAUSES and isinstance(limit, str | int | float | list | bool | None):
        return f"{where} {CLAUSES[keyword](limit)}"
    if keyword in ("oneOf", "anyOf"):
        forms = [list(one.get("required", ())) for one in limit if isinstance(one, dict)]
        if isinstance(value, dict) and forms and all(forms):
            words = listed([listed(names, "and") for names in forms])
            many = sum(all(name in value for name in names) for names in forms) > 1
            return f"{where} must have {'only one of ' if many else ''}{words}"
        return f"{where} fits none of the allowed forms"
    return f"{where} is not as it must be: {shown(value)}"


def _hint(path: str, method: str) -> str:
    from orjson import dumps

    examples = [one["value"] for one in _content(path, method).get("examples", {}).values()]
    shown = [dumps(each).decode() for each in examples]
    described = f"/_mock/openapi.yaml describes {method} {path}."
    return f"Send {' or '.join(shown)}; {described}" if shown else described
