"""A document and its settings as schemathesis can use them: without what only a server can give out, with our keys."""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from mockserver.check.answers import asked
from mockserver.check.connecting import trusted
from mockserver.check.contract import Contract, Planned
from mockserver.check.credentials import schemes_of
from mockserver.check.options import KEY, Options
from mockserver.check.target import Target
from mockserver.spec.model import Json

# Variables of the child's environment.
SECRET, HEADER, PROXY = "MOCKSERVER_CHECK_SECRET", "MOCKSERVER_CHECK_HEADER", "MOCKSERVER_CHECK_PROXY"
CHANGES = ("update", "replace", "delete", "act", "batch-update", "batch-delete")
IGNORED = ("accept", "content-type", "authorization")  # header parameters that say nothing
UNDECLARED = ("OPTIONS", "TRACE")  # methods to try where they aren't declared, if nothing may be changed


def label(planned: Planned) -> str:
    """What schemathesis calls an operation: `GET /users/{id}`."""
    return f"{planned.operation.method.upper()} {planned.operation.path}"


def document(contract: Contract) -> dict[str, Json]:
    """The document without cursors, which come from the page before, so that a made-up one is rightly refused; and
    without the header parameters that mean nothing by OpenAPI 3.1, section 4.8.12.1."""
    content: dict[str, Json] = copy.deepcopy(contract.source.document.content)
    for planned in contract.operations.values():
        page = planned.plan.page
        part, way = asked(page.get("position"))
        cursor = way[0] if page.get("style") in ("cursor", "key") and part == "query" else None
        item = content["paths"].get(planned.operation.path) or {}
        for holder in (item, item.get(planned.operation.method) or {}):
            if isinstance(holder, dict) and isinstance(holder.get("parameters"), list):
                holder["parameters"] = [one for one in holder["parameters"] if _is_meant(contract, one, cursor)]
    return content


def _is_meant(contract: Contract, parameter: Json, cursor: str | None) -> bool:
    """Whether a parameter, which may stand elsewhere, is one to make up."""
    if isinstance(parameter, dict) and isinstance(parameter.get("$ref"), str):
        parameter = contract.source.document.resolve(parameter["$ref"].removeprefix("#"))[1]
    if not isinstance(parameter, dict):
        return True
    name, place = str(parameter.get("name")), parameter.get("in")
    return name != cursor and not (place == "header" and name.lower() in IGNORED)


def hook_settings(contract: Contract, options: Options, run: str) -> dict[str, Any]:
    """What the hooks need to know; `run` makes unique what is unique."""
    unique, keys, creates, resources = dict[str, Any](), dict[str, Any](), dict[str, Any](), dict[str, str]()
    for one in contract.operations.values():
        name, does = label(one), one.plan.does
        if one.resource is None:
            if not one.safe and not options.destructive:
                keys[name] = [["path", each.name] for each in one.operation.parameters if each.location == "path"]
            continue
        resources[name] = one.resource.name
        if does in ("create", "batch-create"):
            creates[name] = [one.resource.name, one.resource.key, one.plan.status]
        if does in ("create", "update", "replace"):
            part, way = asked(one.plan.input)
            fields = [str(rule["field"]) for rule in one.resource.unique]
            unique[name] = [[*way, field] for field in fields] if part == "body" else []
        part, way = asked(one.plan.key)
        if does in CHANGES and part and not options.destructive:
            keys[name] = [[part, *way]]
    return {"unique": unique, "keys": keys, "creates": creates, "resources": resources, "run": run}


def settings(target: Target, examples: int) -> tuple[str, dict[str, str]]:
    """The configuration, in TOML, and the environment that holds the secrets which it names."""
    options = target.options
    secret, environment = options.keys.get(KEY), dict[str, str]()
    top: dict[str, Json] = {
        "seed": options.seed, "workers": 1, "continue-on-failure": True, "max-redirects": 0,
        "request-timeout": options.timeout, "tls-verify": _trusts(options), "warnings": False,
        "rate-limit": _rate(target.pace.windows),
    }  # fmt: skip
    if target.proxy:
        environment[PROXY] = target.proxy.url
        top["proxy"] = f"${{{PROXY}}}"
    if options.client_cert:
        top["request-cert"] = os.path.abspath(options.client_cert[0])
        if options.client_cert[1]:
            top["request-cert-key"] = os.path.abspath(options.client_cert[1])
    tables: dict[str, Mapping[str, Json]] = {
        "": top,
        "generation": {"max-examples": examples, "database": "none"},
        "cache": {"enabled": False},
        "output.sanitization": {"enabled": True},
    }
    headers: dict[str, Json] = {}
    for number, (name, value) in enumerate(options.headers):
        environment[f"{HEADER}_{number}"] = value
        headers[name] = f"${{{HEADER}_{number}}}"
    if secret:
        environment[SECRET] = secret
        for name, scheme in schemes_of(target.contract.served.api).items():
            if way := _auth(scheme, secret, environment):
                tables[f"auth.openapi.{_quoted(name)}"] = way
            elif scheme.get("type") in ("oauth2", "openIdConnect", "http"):
                headers["Authorization"] = f"Bearer ${{{SECRET}}}"
    tables["headers"] = headers
    if not options.write:
        tables["phases.coverage"] = {"unexpected-methods": list(UNDECLARED)}
    return "\n".join(_table(name, words) for name, words in tables.items()), environment


def _trusts(options: Options) -> str | bool:
    """Which certificates it trusts: the same as we do. A path from the root, as it runs in a folder of its own."""
    return (os.path.abspath(options.ca_file) if options.ca_file else trusted()) if options.verify else False


def _auth(scheme: Mapping[str, Json], secret: str, environment: dict[str, str]) -> dict[str, Json] | None:
    """How schemathesis is told a secret of a security scheme; None where it knows no way."""
    kind, http = scheme.get("type"), str(scheme.get("scheme", "")).lower()
    if kind == "apiKey":
        return {"api_key": f"${{{SECRET}}}"}
    if kind == "http" and http == "basic":
        user, _, password = secret.partition(":")
        environment |= {f"{SECRET}_USER": user, f"{SECRET}_PASSWORD": password}
        return {"username": f"${{{SECRET}_USER}}", "password": f"${{{SECRET}_PASSWORD}}"}
    if kind == "http" and http == "bearer":
        return {"bearer": f"${{{SECRET}}}"}
    return None


def _rate(windows: Iterable[tuple[int, float]]) -> str:
    """The narrowest window as schemathesis writes it; without any, as Retry-After asks."""
    slowest = min((requests / per for requests, per in windows), default=0.0)
    if not slowest:
        return "auto"
    for unit, seconds in (("s", 1), ("m", 60), ("h", 3600)):
        if slowest * seconds >= 1:
            return f"{math.floor(slowest * seconds)}/{unit}"
    return "1/h"


def _table(name: str, words: Mapping[str, Json]) -> str:
    lines = [f"[{name}]"] if name else []
    return "\n".join([*lines, *(f"{_quoted(word)} = {_value(value)}" for word, value in words.items())])


def _quoted(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else orjson.dumps(name).decode()


def _value(value: Json) -> str:
    """JSON is TOML here: strings, numbers, booleans, lists of strings."""
    return orjson.dumps(value).decode()


def private(path: Path, text: str | bytes) -> Path:
    """Writes a file that nobody else may read."""
    data = text.encode() if isinstance(text, str) else text
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    return path
