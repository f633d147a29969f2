"""Laws of references: what a field names must exist, and what it needn't name is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from mockserver.check.answers import told
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Kept, Law, Unfit
from mockserver.check.laws.oracle import INPUT
from mockserver.check.laws.records import property_pointer
from mockserver.check.laws.rules import refused
from mockserver.check.ledger import TAG
from mockserver.spec.model import Json
from mockserver.world.merging import Unsatisfiable


def refers_to_what_exists(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """A field that names another record is refused where there is no such record."""
    if kind.create is None or not kind.resource.references:
        raise Unfit("it refers to nothing")
    yield from _by_update(bench, kind)
    schemas = bench.checking.contract.schemas
    node = bench.bodies.input_schema(kind.create)
    tried = False
    for name, words in kind.resource.references.items():
        if words.get("must-exist") is False or not _is_given(bench, kind):
            continue
        for nobody in _nobody(bench, str(words.get("resource")), words):
            schema = schemas.property_schema(node, name)
            value: Json = (
                [nobody] if schema and "array" in schemas.kinds(schema) and len(schemas.kinds(schema)) < 6 else nobody
            )
            if schema is None or not schemas.is_valid(schema, value, "request"):
                continue
            tried = True
            # our own mock has other records: whatever else refers to one is left out where it can be
            others = {*kind.resource.references} - {name} - schemas.required(node)
            fields = {one: sent for one, sent in bench.fields(kind.create).items() if one not in others}
            request = bench.request(kind.create, fields={**fields, name: value})
            exchange = bench.checking.target.send(request)
            pointer = property_pointer(bench, kind.create, name)
            refusal = bench.oracle.refusal(kind.create, request)
            if refusal is not None and not any(name in field for field in refusal.fields):
                refusal = refusal._replace(fields=frozenset())
            refusal = refusal._replace(listed=frozenset()) if refusal else None
            yield from refused(bench, kind.create, refusal, exchange, (exchange,),
                                f"a refusal, as {name} names nothing that exists", pointer)  # fmt: skip
            break
    if not tried:
        raise Unfit("the document doesn't say that what it refers to must exist")


def _by_update(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """An update that names a record which doesn't exist."""
    schemas = bench.checking.contract.schemas
    for planned, (name, words) in product(kind.updates, kind.resource.references.items()):
        node = bench.bodies.input_schema(planned)
        schema = schemas.property_schema(node, name) if name in schemas.properties(node) else None
        if schema is None or words.get("must-exist") is False or not _is_given(bench, kind):
            continue
        known = _nobody(bench, str(words.get("resource")), words)
        nobody = next((one for one in known if schemas.is_valid(schema, one, "request")), None)
        if nobody is None:
            continue
        made = bench.mine(kind)
        exchange = bench.ask(planned, key=made.key, above=bench.beside(planned, made), fields={name: nobody})
        evidence, pointer = (made.exchange, exchange), property_pointer(bench, planned, name)
        expected = f"a refusal, as {name} names nothing that exists"
        yield from refused(bench, planned, None, exchange, evidence, expected, pointer)


def _is_given(bench: Bench, kind: Kept) -> bool:
    """Whether the document itself says what refers to what; a guess may be wrong."""
    said = bench.checking.contract.served.understanding.resources[kind.resource.name]
    return "references" in said.given or any(one.startswith("references.") for one in said.given)


def _nobody(bench: Bench, resource: str, words: Mapping[str, Json]) -> list[Json]:
    known = bench.refer(resource)
    if isinstance(known, str) and len(known) > 4:
        kept = known[: len(known) - 4]
        return [f"{kept}{''.join('0' if c.isdigit() else 'Z' if c.isupper() else 'z' for c in known[-4:])}"]
    return (
        [987_654_321] if isinstance(known, int) else ["zzzzzzzz"] if known is None and not words.get("pattern") else []
    )


def others_are_taken(bench: Bench, kind: Kept) -> Iterator[Breach]:
    """Where only values of a pattern refer to records, those of another form are nobody's, and taken as they are."""
    if kind.create is None or not kind.resource.references:
        raise Unfit("it refers to nothing")
    schemas, node, tried = bench.checking.contract.schemas, bench.bodies.input_schema(kind.create), False
    for name, words in kind.resource.references.items():
        schema = schemas.property_schema(node, name)
        pattern = words.get("pattern")
        if not isinstance(pattern, str) or schema is None or not _is_given(bench, kind):
            continue
        items = schemas.items(schema)
        for free in _free_values(bench, items or schema, pattern):
            fields = {**bench.fields(kind.create, full=False), name: [free] if items else free}
            if not schemas.is_valid(node, fields, "request"):
                continue
            tried = True
            above = bench.above(kind.create)
            exchange = bench.ask(kind.create, above=above, fields=fields)
            if exchange.status < 300:
                bench.noted(kind, above, fields, exchange)
            elif exchange.status in (*INPUT, 404, 409):
                expected = f"{kind.create.plan.status} for {name} {told(free)}, which need be no record's"
                pointer = property_pointer(bench, kind.create, name)
                yield Breach(kind.create, expected, str(exchange.status), (exchange,), pointer)
    if not tried:
        raise Unfit("whatever it takes refers to a record")


def _free_values(bench: Bench, schema: Json, pattern: str) -> Iterator[str]:
    """Valid values of a schema's branches that a pattern doesn't fit."""
    schemas = bench.checking.contract.schemas
    for part in schemas.parts(schema):
        if not isinstance(part, dict) or not {"type", "format"} & part.keys() or "pattern" in part:
            continue
        try:
            made = bench.bodies.generate(part, "check", "free", bench.number())
        except Unsatisfiable:
            continue
        if isinstance(made, str) and "@" in made:  # an address at which nobody is
            made = f"{TAG}-{bench.bodies.seed}@example.com"
        if isinstance(made, str) and schemas.is_valid(schema, made, "request") and not re.search(pattern, made):
            yield made


LAWS = (
    Law("refers-to-what-exists", "resource", "What a field refers to must exist.", refers_to_what_exists, writes=True),
    Law("others-are-taken", "resource", "What refers to no record needn't exist.", others_are_taken, writes=True),
)
