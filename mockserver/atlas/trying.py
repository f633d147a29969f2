"""What may go wrong with a valid request, each as the requests that would show it: which of them do is tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from mockserver.atlas.asking import NOTHING, Ask, Maker, text
from mockserver.spec.model import Json
from mockserver.trouble.spoiling import spoilable, wrong_value
from mockserver.world import times

Try = tuple[str, list[Ask]]
"""How it comes about, in a few words, and the requests; the last one is the one that is refused."""

MOST_WITNESSES = 40
MOST_REQUESTS = 2_000  # to use a rate limit up
FAR = "2999-01-01T00:00:00Z"


def tries(maker: Maker, valid: Ask, now: int) -> Iterator[Try]:
    """Everything that may go wrong with an operation, the plainest first."""
    yield "no credentials", [maker.with_key(valid, None)]
    yield "an invalid key", [maker.with_key(valid, "invalid-key")]
    for secret in maker.secrets():
        yield f"the key {secret}", [maker.with_key(valid, secret)]
    yield from _unknown(maker, valid)
    yield from _bodies(maker, valid)
    yield from _parameters(maker, valid)
    yield from _headers(maker, valid)
    yield from _records(maker, valid)
    yield from _rules(maker, valid)
    yield from _limits(maker, valid, now)


def _unknown(maker: Maker, valid: Ask) -> Iterator[Try]:
    """Records that there aren't."""
    base = (maker.served.api.base_paths or ("",))[0]
    for parameter in maker.operation.parameters:
        if parameter.location == "path":
            pattern = (base + maker.operation.path).split("/")
            at = next((at for at, part in enumerate(pattern) if "{" + parameter.name + "}" in part), None)
            parts = valid.path.split("/")
            if at is None or at >= len(parts):
                continue
            for other in _others(parts[at]):
                path = "/".join([*parts[:at], quote(other, safe=""), *parts[at + 1 :]])
                yield f"an unknown {parameter.name}", [replace(valid, path=path)]
    key = str(maker.said.key)
    for place, name in (part for part in [key.removeprefix("$request.").partition(".")[::2]] if part[1]):
        if place == "query":
            for other in _others(valid.query.get(name, "x")):
                yield f"an unknown {name}", [replace(valid, query={**valid.query, name: other})]
        if place == "body" and isinstance(valid.body, Mapping):
            for other in _others(text(valid.body.get(name, "x"))):
                yield f"an unknown {name}", [replace(valid, body={**valid.body, name: other})]
    named = [one for one in maker.operation.parameters if one.location == "query" and one.name in valid.query]
    for one in named:
        yield f"a {one.name} that nothing has", [replace(valid, query={**valid.query, one.name: "nothing-has-this"})]


def _others(key: str) -> Iterator[str]:
    """Keys like this one, and unlikely to be in use."""
    yield key[:-4] + "zzzz" if len(key) > 6 else key + "zz"
    yield key[:-4] + "ZZZZ" if len(key) > 6 else key + "ZZ"
    yield "9" * len(key) if key.isdigit() else key[:-2] + "00"
    yield "00000000-0000-4000-8000-000000000000"
    yield "999999999"


def _bodies(maker: Maker, valid: Ask) -> Iterator[Try]:
    if maker.operation.body is None:
        return
    yield "a body that is no JSON", [replace(valid, body=b"{")]
    yield "no body", [replace(valid, body=NOTHING)]
    yield "another media type", [replace(valid, headers={**valid.headers, "Content-Type": "text/x-unknown"})]
    row, several = valid.body, isinstance(valid.body, list)
    if several and row and isinstance(row[0], Mapping):
        row = row[0]
    if not isinstance(row, Mapping):
        yield "an empty object", [replace(valid, body={})]
        return
    schemas, node = maker.served.around.schemas, maker.node()
    node = (schemas.items(node) or {}) if several else node
    properties = schemas.properties(node)
    again = (lambda one: [one, *valid.body[1:]]) if several else (lambda one: one)
    for name in spoilable(list(properties), properties, schemas):
        if wrong := wrong_value(properties[name], schemas):
            yield f"a wrong {name}", [replace(valid, body=again({**row, name: wrong[0]}))]
    for name in sorted(schemas.required(node)):
        yield f"without {name}", [replace(valid, body=again({k: v for k, v in row.items() if k != name}))]
    yield "an empty object", [replace(valid, body=again({}))]


def _parameters(maker: Maker, valid: Ask) -> Iterator[Try]:
    schemas = maker.served.around.schemas
    for one in maker.operation.parameters:
        if one.location not in ("query", "header") or not one.schema:
            continue
        if wrong := wrong_value(schemas.look_up(one.schema), schemas):
            said = text(wrong[0])
            if one.location == "query":
                yield f"a wrong {one.name}", [replace(valid, query={**valid.query, one.name: said})]
            elif said.isascii() and said.isprintable():
                yield f"a wrong {one.name}", [replace(valid, headers={**valid.headers, one.name: said})]
        if one.required and one.name in valid.query:
            rest = {name: value for name, value in valid.query.items() if name != one.name}
            yield f"without {one.name}", [replace(valid, query=rest)]
    yield "an unknown parameter", [replace(valid, query={**valid.query, "no_such_parameter": "1"})]


def _headers(maker: Maker, valid: Ask) -> Iterator[Try]:
    yield "an Accept that nothing satisfies", [replace(valid, headers={**valid.headers, "Accept": "text/x-unknown"})]
    resource = maker.served.around.resources.get(maker.said.resource or "")
    tenant = str((resource.partition or {}).get("from")) if resource else ""
    if tenant.startswith("$request.header."):
        name = tenant.removeprefix("$request.header.")
        yield f"an unknown {name}", [replace(valid, headers={**valid.headers, name: "unknown"})]


def _records(maker: Maker, valid: Ask) -> Iterator[Try]:
    """What other records stand in the way of: the same again, a value that is taken, a reference to nothing."""
    around = maker.served.around
    resource = around.resources.get(maker.said.resource or "")
    yield "the same again", [valid, valid]
    if resource is None or not isinstance(valid.body, Mapping):
        return
    for words in resource.unique:
        for record in list(maker.records())[:3]:
            if record.get(words["field"]) is not None:
                taken = {**valid.body, words["field"]: record[words["field"]]}
                yield f"the {words['field']} of another {resource.name} record", [replace(valid, body=taken)]
    for name, words in resource.references.items():
        known = next(iter(maker.world.tables[around.names.table(words["resource"])].records()), None)
        if known is None:
            continue
        for other in _others(str(known[around.resources[words["resource"]].key])):
            value: Json = [other] if isinstance(valid.body.get(name), list) else other
            yield f"a {name} that names nothing", [replace(valid, body={**valid.body, name: value})]
    for name in resource.between:
        yield f"a {name} that is too far away", [replace(valid, body={**valid.body, name: FAR})]


def _rules(maker: Maker, valid: Ask) -> Iterator[Try]:
    """What takes the last record away that a rule needs, such as the last admin; the caller's own comes last."""
    around = maker.served.around
    resource = around.resources.get(maker.said.resource or "")
    if resource is None:
        return
    for rule in resource.rules:
        wanted = rule["schema"].get("contains") if isinstance(rule["schema"], Mapping) else None
        if wanted is None or maker.said.does not in ("update", "replace", "delete", "act"):
            continue
        fits = jsonschema_rs.Draft202012Validator(wanted).is_valid
        witnesses = [one for one in maker.records() if fits(one)]
        users = {key.get("user") for key in around.access.keys.values()}
        witnesses.sort(key=lambda one: one[resource.key] in users)
        if not 0 < len(witnesses) <= MOST_WITNESSES:
            continue
        body = _unlike(maker, wanted) if maker.said.does != "delete" else NOTHING
        for last in [one for one in witnesses if one[resource.key] in users] or witnesses[-1:]:
            order = [one for one in witnesses if one is not last] + [last]
            key = next((s for s, k in around.access.keys.items() if k.get("user") == last[resource.key]), None)
            asks = [maker.ask(key or maker.secrets()[0], one, body) for one in order]
            yield f"the rule {rule['name']}", asks


def _unlike(maker: Maker, wanted: Mapping[str, Any]) -> Json:
    """A body after which a record no longer is as a rule wants it."""
    properties = maker.served.around.schemas.properties(maker.node())
    changed = {}
    for name, said in (wanted.get("properties") or {}).items():
        choices = maker.served.around.schemas.follow(properties.get(name) or {}).get("enum") or ()
        other = next((one for one in reversed(choices) if one != said.get("const")), None)
        if other is not None:
            changed[name] = other
    return changed or NOTHING


def _limits(maker: Maker, valid: Ask, now: int) -> Iterator[Try]:
    """One request more than a limit lets pass, at a clock that stands still so that it is sure."""
    words = maker.served.understanding.limits.words
    if words.get("mode") == "warn":
        return
    tiers = words.get("tiers") or {}
    stop = Ask("POST", "/_mock/clock", body={"freeze": times.text(now)}, control=True,
               headers={"Content-Type": "application/json"})  # fmt: skip
    found = []
    for secret in maker.secrets():
        tier = (maker.served.around.access.keys.get(secret) or {}).get("tier")
        windows: list[Any] = [*(tiers.get(str(tier), words.get("windows")) or ()), *maker.said.limits]
        counts = [int(one.get("burst", one["requests"])) for one in windows if one.get("kind") != "concurrent"]
        found += [(min(counts), secret)] if counts else []
    for least, secret in sorted(found):
        if least <= MOST_REQUESTS:
            ask = maker.with_key(valid, secret)
            yield f"request {least + 1} of the key {secret} at once", [stop, replace(ask, times=least), ask]
