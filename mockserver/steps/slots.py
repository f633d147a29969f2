"""A parameter, ready to be read: what its texts mean, whether they are valid, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.spec.model import Json, Parameter
from mockserver.spec.schema import Schema, Schemas
from mockserver.steps.call import Fault
from mockserver.steps.casts import Cast, Tree, cast_of
from mockserver.steps.faults import faults_of
from mockserver.steps.styles import Decoder, decoder, plain_cast, shape_of
from mockserver.steps.texts import Unreadable, unescape_query

Values = dict[str, Json]
Read = tuple[Mapping[str, Json], list[Fault]]
Plain = Mapping[str, tuple[Callable[[str], Json], Callable[[Json], bool]]]  # cast and is_valid by name
NONE: list[Fault] = []


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter, ready to be read."""

    name: str
    where: str
    required: bool
    allow_empty: bool
    decode: Decoder
    plain: Callable[[str], Json] | None  # the same for one text without escapes, where that is possible
    cast: Cast
    schema: Schema
    schemas: Schemas
    brackets: bool = False  # its properties stand in brackets behind its name (deepObject)

    def take(self, texts: list[str], values: Values, faults: list[Fault]) -> None:
        """Reads the raw texts of all its occurrences into `values`, or says in `faults` what is wrong."""
        if not texts[0] and len(texts) == 1 and self.where == "query" and self.take_empty(values):
            return
        self.keep(self.decode, texts, values, faults)

    def take_tree(self, tree: Tree, values: Values, faults: list[Fault]) -> None:
        """Reads what several names in the query built."""
        self.keep(self.cast, tree, values, faults)

    def keep(self, read: Callable[[Any], Json], sent: Any, values: Values, faults: list[Fault]) -> None:
        """Keeps what was sent when it can be read and is valid."""
        try:
            value = read(sent)
            if self.schema.is_valid(value):
                values[self.name] = value
            else:
                found = faults_of(self.schema, value, self.where, self.schemas, self.name)
                faults.extend(one._replace(field=self.spelt(one.field)) for one in found)
        except (Unreadable, ValueError) as wrong:
            faults.append(self.fault(wrong))

    def take_empty(self, values: Values) -> bool:
        """Whether an empty text means a parameter that isn't given: an optional one, unless its schema forbids it."""
        if self.allow_empty:
            if self.schema.kinds == {"boolean"}:
                values[self.name] = True  # a flag: `?archived`
            return True
        nothing: tuple[tuple[str, Json], ...] = (("string", ""), ("array", []), ("null", None))
        return not self.required and any(k in self.schema.kinds and self.schema.is_valid(none) for k, none in nothing)

    def fault(self, wrong: Exception) -> Fault:
        """What is wrong with it, or with a part of it; a ValueError is about a text that UTF-8 can't carry."""
        if not isinstance(wrong, Unreadable):
            wrong = Unreadable("is not valid UTF-8")
        return Fault(self.where, self.name, self.spelt(".".join((self.name, *wrong.path))), wrong.detail)

    def spelt(self, field: str) -> str:
        """A field as clients write it: `filter[value]` for `filter.value` of a deepObject."""
        if not self.brackets:
            return field
        return self.name + "".join(f"[{part}]" for part in field[len(self.name) + 1 :].split(".") if part)


def slot(parameter: Parameter, schemas: Schemas) -> Slot:
    """Compiles a parameter."""
    return Slot(
        name=parameter.name,
        where="query" if parameter.location == "querystring" else parameter.location,
        required=parameter.required,
        allow_empty=parameter.allow_empty,
        decode=decoder(parameter, schemas),
        plain=plain_cast(parameter, schemas),
        cast=cast_of({"$ref": "#" + parameter.schema}, schemas),
        schema=schemas.at(parameter.schema, "request"),
        schemas=schemas,
        brackets=parameter.style == "deepObject",
    )


def plain_slots(slots: Mapping[str, Slot]) -> Plain:
    """The parameters that are one text, by name."""
    return {name: (one.plain, one.schema.is_valid) for name, one in slots.items() if one.plain is not None}


def defaults_of(slots: Iterable[Slot]) -> Values:
    """The valid defaults of optional parameters by name."""
    found: Values = {}
    for one in slots:
        default = next((part["default"] for part in one.schemas.parts(one.schema.node) if "default" in part), None)
        if not one.required and default is not None and one.schema.is_valid(default):
            found[one.name] = default
    return found


def missing(slots: Iterable[Slot], given: Mapping[str, object], faults: list[Fault]) -> None:
    """Adds a fault for each required parameter that is neither given nor at fault already."""
    for one in slots:
        if one.name not in given and not any(fault.at == one.name for fault in faults):
            faults.append(Fault(one.where, one.name, one.name, "is required"))


def spreads(parameter: Parameter, one: Slot) -> bool:
    """Whether an object's properties stand in the query under their own names (form, exploded)."""
    return parameter.style in ("form", "cookie") and parameter.explode and shape_of(one.schema.kinds) == "object"


def spread_names(one: Slot) -> tuple[Slot, Callable[[str], bool]]:
    """Which names of the query are properties of an exploded object: its own, and any where it is open."""
    properties = one.schemas.properties(one.schema.node)
    extra = any(part.get("additionalProperties") for part in one.schemas.parts(one.schema.node))
    return one, lambda name: name in properties or extra or not properties


def take_spread(one: Slot, fields: Mapping[str, list[str]], values: Values, faults: list[Fault]) -> None:
    """Reads an exploded object."""
    try:
        texts = {name: [unescape_query(text) for text in texts] for name, texts in fields.items()}
    except Unreadable as wrong:
        faults.append(one.fault(wrong))
        return
    tree: dict[str, Tree] = {name: list(found) if len(found) > 1 else found[0] for name, found in texts.items()}
    one.take_tree(tree, values, faults)
