"""Valid bodies for a server that has records of its own: unique where that counts, with references that exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.check.answers import Way, asked, at, within
from mockserver.check.contract import Contract, Planned
from mockserver.check.ledger import TAG
from mockserver.spec.model import Json
from mockserver.world import times
from mockserver.world.merging import Unsatisfiable
from mockserver.world.values import generator

ENCODED = ("json", "x-www-form-urlencoded", "*")  # the media types that are written here
REFER = Callable[[str], "str | int | None"]
NAMES = ("name", "title", "subject", "first_name", "firstName", "label", "summary")


@dataclass(slots=True)
class Bodies:
    """Makes bodies. The same seed and numbers give the same ones; `salt` sets a second try apart."""

    contract: Contract
    seed: int
    refer: REFER  # the key of a record of a resource that exists on the server
    now: Callable[[], int]  # the server's time, milliseconds
    salt: int = 0
    unsure: bool = False  # whether what was made last refers to a record that nobody knows
    generate: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        schemas = self.contract.schemas

        def is_valid(node: Json, value: Json) -> bool:
            return schemas.is_valid(node, value, "request")

        self.generate = generator(schemas.follow, is_valid, self.seed, mode="request", examples=False)

    def schema_of(self, planned: Planned) -> str | None:
        """The pointer of the schema of an operation's body, as far as it is JSON or a form."""
        body = planned.operation.body
        media = [one for one in body.media if any(word in one.type for word in ENCODED)] if body else []
        return next((one.schema for one in media if one.schema), None)

    def input_way(self, planned: Planned) -> Way:
        """Where the record's fields stand in the body."""
        part, way = asked(planned.plan.input)
        return way if part == "body" else ()

    def input_schema(self, planned: Planned) -> Json:
        """The schema of the record's fields within the body; of a batch, of one record."""
        pointer = self.schema_of(planned)
        node: Json = {"$ref": f"#{pointer}"} if pointer else {}
        for name in self.input_way(planned):
            node = self.contract.schemas.property_schema(node, name) or {}
        if planned.plan.does.startswith("batch-"):
            node = self.contract.schemas.items(node) or {}
        return node

    def writable(self, planned: Planned) -> dict[str, Json]:
        """The fields that a client may send, with their schemas."""
        schemas, node = self.contract.schemas, self.input_schema(planned)
        found = {name: schemas.property_schema(node, name) or {} for name in schemas.properties(node)}
        return {
            name: schema
            for name, schema in found.items()
            if not any(part.get("readOnly") is True for part in schemas.parts(schema))
        }

    def fields(self, planned: Planned, number: int, full: bool = True) -> dict[str, Json] | None:
        """The fields of one record, all or only those required; None when no valid ones were found."""
        node = self.input_schema(planned)
        schemas = self.contract.schemas
        label = planned.resource.name if planned.resource else planned.operation.id
        try:
            made = self.generate(node, "check", planned.operation.id, number, self.salt, name=label)
        except Unsatisfiable:
            return None
        if not isinstance(made, dict):
            return None
        if not full:
            needed = schemas.required(node)
            least = {name: value for name, value in made.items() if name in needed}
            made = least if schemas.is_valid(node, least, "request") else made
        return self.fitted(planned, made, number)

    def fitted(self, planned: Planned, made: Mapping[str, Json], number: int) -> dict[str, Json]:
        """Fields with what only this server knows: its records, its time, what nobody else has; and our tag."""
        self.unsure = False
        node, resource = self.input_schema(planned), planned.resource
        fields = dict(made)
        if resource is None:
            return fields
        for name, words in resource.references.items():
            self._refer(fields, name, str(words.get("resource")), node)
        for name, (low, high) in ((name, span) for name, span in resource.between.items() if name in fields):
            middle = self.now() + (times.duration(low) + times.duration(high)) // 2
            self._put(fields, name, times.text(middle), node)
        for words in resource.unique:
            if (name := words["field"]) in fields:
                self._put(fields, name, self.unique(fields[name], number), node)
                if fields[name] == made[name] and isinstance(made[name], str | int):  # it can't be made so
                    self.unsure = self.unsure or name in self.contract.schemas.required(node)
                    fields = fields if name in self.contract.schemas.required(node) else _without(fields, name)
        self._tag(fields, node, {words["field"] for words in resource.unique} | {*resource.references})
        return fields

    def _put(self, fields: dict[str, Json], name: str, value: Json, node: Json) -> None:
        """Sets a field where that is valid."""
        schema = self.contract.schemas.property_schema(node, name)
        if schema is None or self.contract.schemas.is_valid(schema, value, "request"):
            fields[name] = value

    def _refer(self, fields: dict[str, Json], name: str, resource: str, node: Json) -> None:
        if name not in fields or "." in name:
            return
        key = self.refer(resource)
        if key is None:
            if name in self.contract.schemas.required(node):
                self.unsure = True
            else:
                fields.pop(name)
            return
        before = fields[name]
        if isinstance(before, list):
            self._put(fields, name, [key], node)
        elif not isinstance(before, dict):
            self._put(fields, name, key, node)

    def unique(self, value: Json, number: int) -> Json:
        """A value that nobody else has, of the same form; its letters have a case."""
        mark = f"{self.seed % 46656:x}{f'{self.salt:x}' if self.salt else ''}x{number:x}"
        if isinstance(value, str) and "@" in value:
            return f"{TAG}-{mark}@{value.partition('@')[2]}"
        if isinstance(value, str):
            return f"{TAG}-{mark}"
        return self.seed % 10_000 * 100_000 + self.salt * 1_000 + number if isinstance(value, int) else value

    def anew(self, planned: Planned, fields: Any, number: int) -> Any:
        """The same fields, but what only a record of this check has is another's: the same for the same number."""
        if planned.resource is None or not isinstance(fields, dict):
            return fields
        found, node = dict(fields), self.input_schema(planned)
        for words in planned.resource.unique:
            value = found.get(words["field"])
            if isinstance(value, str) and self.is_ours(value):
                mark, at_sign, domain = value.partition("@")
                self._put(found, words["field"], f"{mark}-{number}{at_sign}{domain}", node)
        return found

    def _tag(self, fields: dict[str, Json], node: Json, but: set[str]) -> None:
        """Marks one text as the check's, so that people know whose record it is."""
        for name in NAMES:
            text = fields.get(name)
            if name in but or not isinstance(text, str) or TAG in text:
                continue
            schema = self.contract.schemas.property_schema(node, name)
            if schema is not None and self.contract.schemas.is_valid(schema, f"{text} ({TAG})", "request"):
                fields[name] = f"{text} ({TAG})"
                return

    def body(self, planned: Planned, fields: Json) -> Json:
        """The whole body with a record's fields in their place; what else it must have is made up."""
        way, pointer = self.input_way(planned), self.schema_of(planned)
        if not way or pointer is None:
            return fields
        whole: Json = {}
        node = self.contract.schemas.look_up(pointer)
        if self.contract.schemas.required(node) - {way[0]}:
            try:
                made = self.generate({"$ref": f"#{pointer}"}, "check", planned.operation.id, "around")
                needed = self.contract.schemas.required(node)
                whole = (
                    {name: value for name, value in made.items() if name in needed} if isinstance(made, dict) else {}
                )
            except Unsatisfiable:
                whole = {}
        assert at(whole, ()) is whole
        return within(whole, way, fields)

    def is_ours(self, value: Json) -> bool:
        """Whether a text is one that only a record of this check has."""
        return isinstance(value, str) and value.startswith(TAG)


def _without(fields: dict[str, Json], name: str) -> dict[str, Json]:
    return {one: value for one, value in fields.items() if one != name}
