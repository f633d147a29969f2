"""What to call next: drawn from small domains in which things collide, with Hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from mockserver.check.answers import asked, at
from mockserver.check.contract import Planned
from mockserver.check.laws.bench import FEW
from mockserver.check.laws.law import Kept, Unfit
from mockserver.check.model.play import Play
from mockserver.check.model.steps import Ref, Step
from mockserver.spec.model import Json, Parameter
from mockserver.spec.schema import Schemas

UNKNOWN, UNKNOWN_NUMBER = "mockserver-check-0", 987_654_321  # keys that no record has
ODD_TEXTS = ("", " ", "é", "日本語", "😀", "O'Brien", "a" * 256, "%", "\\", '"', "<b>", "null", "0")
ODD_VALUES: tuple[Json, ...] = (None, True, -1, 0, 10**18, 1.5, "", [], {}, "x")
BOUNDS = frozenset({"format", "pattern", "enum", "minLength", "maxLength", "minimum", "maximum", "multipleOf"})
WEIGHTS = {"create": 4, "list": 5, "update": 4, "read": 2, "delete": 1, "act": 2, "replace": 1}


class Drawing:
    """Draws steps for a play. `draw` is Hypothesis's."""

    def __init__(self, play: Play, wild: Mapping[str, Any]) -> None:
        self.play, self.wild = play, wild
        self.last: Step | None = None
        self.choices = [one for one in self._playable() for _ in range(WEIGHTS[one.plan.does])]

    def _playable(self) -> list[Planned]:
        """The operations that the model can follow and that the user asked for."""
        options, bench = self.play.checking.options, self.play.bench
        found = []
        for one in self.play.checking.contract.operations.values():
            own = asked(one.plan.key)
            keyed = {own[1][0]} if own[0] == "path" else set()
            paths = {each.name for each in one.operation.parameters if each.location == "path"}
            if (
                one.plan.does in WEIGHTS and one.resource is not None and one.resource.name in bench.kinds
                and (one.plan.does in ("create", "list") or own[0]) and paths <= keyed
                and (one.safe or options.write) and options.wants_operation(one.operation)
            ):  # fmt: skip
                found.append(one)
        return found

    def step(self, draw: Any, number: int) -> Step:
        """The next step, now and then the last one over again. Raises Unfit when none can be made of what was drawn."""
        if self.last is not None and number and not self.last.follow and draw(st.integers(0, 7)) == 0:
            return replace(self.last, number=number)
        self.last = self._new(draw, number)
        return self.last

    def _new(self, draw: Any, number: int) -> Step:
        planned = draw(st.sampled_from(self.choices))
        assert planned.resource is not None
        kind = self.play.bench.kinds[planned.resource.name]
        if planned.plan.does == "create" and self.play.lasting[kind.resource.name] >= FEW:
            raise Unfit("what is made of it can't be deleted again")
        if planned.plan.does == "list":
            if self.play.next is not None and self.play.next.step.route == planned.route and draw(st.booleans()):
                return Step(number, planned.route, follow=True)
            return Step(number, planned.route, query=self._query(draw, planned, kind))
        key = None if planned.plan.does == "create" else self._key(draw, planned, kind)
        if planned.operation.body is None or planned.plan.does == "delete":
            return Step(number, planned.route, key)
        if planned.operation.id in self.wild and draw(st.integers(0, 7)) == 0:
            return Step(number, planned.route, key, body=draw(self.wild[planned.operation.id]))
        return Step(number, planned.route, key, fields=self._fields(draw, planned, kind))

    def _key(self, draw: Any, planned: Planned, kind: Kept) -> Any:
        """A record's key: of one that this play has made, rarely of one that doesn't exist; to read, of any."""
        mine: list[Any] = [Ref(step) for step, one in self.play.made.items() if one.resource == kind.resource.name]
        known = [one.key for one in self.play.made.values()]
        pool = [*mine, *mine, *mine[-1:] * 4, UNKNOWN_NUMBER if any(isinstance(key, int) for key in known) else UNKNOWN]
        if planned.safe and kind.resource.name in self.play.sight.complete:
            key = self.play.bench.key_of(kind)
            pool += [key(one) for one in self.play.sight.listed(kind)[:5]]
        return draw(st.sampled_from(pool))

    def _fields(self, draw: Any, planned: Planned, kind: Kept) -> dict[str, Any]:
        bench = self.play.bench
        full = draw(st.booleans())
        made: dict[str, Any] = bench.fields(planned, full)
        self._only_known(planned, made)
        if planned.plan.does == "update" and made:
            names = draw(st.sets(st.sampled_from(sorted(made)), max_size=3))
            made = {name: made[name] for name in sorted(names)}
        for words in kind.resource.unique:
            name = words["field"]
            others = [step for step, one in self.play.made.items() if one.resource == kind.resource.name]
            if name in made and others and draw(st.integers(0, 2)) == 0:
                made[name] = Ref(draw(st.sampled_from(others)), name, bool(draw(st.booleans())))
        return self._spoilt(draw, planned, made) if draw(st.integers(0, 3)) == 0 else made

    def _only_known(self, planned: Planned, made: dict[str, Any]) -> None:
        """Leaves out references to records that the twins don't know. Raises Unfit where one is required."""
        assert planned.resource is not None
        needed = self.play.checking.contract.schemas.required(self.play.bench.bodies.input_schema(planned))
        for name, words in planned.resource.references.items():
            if name in made and str(words.get("resource")) not in self.play.sight.complete:
                if name in needed:
                    raise Unfit(f"{name} refers to records that can't be listed")
                made.pop(name)

    def _spoilt(self, draw: Any, planned: Planned, made: dict[str, Any]) -> dict[str, Any]:
        """The same with one field left out, or of another value."""
        schemas, node = self.play.checking.contract.schemas, self.play.bench.bodies.input_schema(planned)
        assert planned.resource is not None
        special = {*planned.resource.references, *planned.resource.between}
        names = sorted({*made, *schemas.properties(node), "nonsense"} - special)
        names += [name for name in names if _is_bounded(schemas.property_schema(node, name), schemas)] * 2
        name = draw(st.sampled_from(names))
        if name in made and draw(st.booleans()):
            return {one: value for one, value in made.items() if one != name}
        return {**made, name: draw(st.sampled_from((*ODD_TEXTS, *ODD_VALUES)))}

    # lists ------------------------------------------------------------------------------------------------------------

    def _query(self, draw: Any, planned: Planned, kind: Kept) -> dict[str, Any]:
        pages = self.play.bench.pages(planned)
        query: dict[str, Any] = {}
        known = {one.name: one for one in planned.operation.parameters if one.location == "query"}
        if pages.sized and pages.size[0] == "query" and draw(st.booleans()):
            query[pages.size[1][0]] = draw(st.sampled_from(self._sizes(pages.least, pages.most)))
        if pages.style == "page" and pages.position[0] == "query" and draw(st.booleans()):
            query[pages.position[1][0]] = draw(st.sampled_from([1, 2, 3, 1_000, 0]))
        names = sorted(name for name in planned.plan.filters if name in known)
        for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else ():
            value = self._wanted(draw, planned, kind, name)
            if value is not None:
                query[name] = value
        if isinstance(planned.plan.sort, str) and planned.plan.sort in known and draw(st.booleans()):
            value = self._sort(draw, kind, known[planned.plan.sort])
            if value is not None:
                query[planned.plan.sort] = value
        return query

    @staticmethod
    def _sizes(least: int, most: int | None) -> list[int]:
        return [least, least + 1, 3, *([most, most + 1] if most is not None else [50]), 0, -1]

    def _wanted(self, draw: Any, planned: Planned, kind: Kept, name: str) -> Any:
        """A value to filter by: one that some record has, a part of it, in the other case, a moment before or after."""
        words = planned.plan.filters[name]
        fields = words.get("fields") or [name]
        free = self.play.free.get(kind.resource.name, frozenset())
        if any(str(one).partition(".")[0] in free for one in fields):
            return None
        way = str(draw(st.sampled_from(list(map(str, fields))))).split(".")
        records = [*(one.shown for one in self.play.made.values() if one.resource == kind.resource.name),
                   *self.play.sight.listed(kind)[::4]]  # fmt: skip
        values = [value for one in records if isinstance(value := at(one, way), str | int) and str(value).strip()]
        if not values:
            return None
        value = draw(st.sampled_from(values))
        if isinstance(value, str) and words.get("compare") == "contains":
            word = draw(st.sampled_from(value.split()))  # how several words are searched for isn't said
            start = draw(st.integers(0, max(len(word) - 2, 0)))
            part = word[start : start + draw(st.integers(2, 8))]
            return part.swapcase() if draw(st.booleans()) else part
        return value

    def _sort(self, draw: Any, kind: Kept, parameter: Parameter) -> Any:
        """What to sort by: what the document offers, else what records show; up to two where it takes several."""
        schemas = self.play.checking.contract.schemas
        items = schemas.items({"$ref": f"#{parameter.schema}"})
        node = schemas.follow(schemas.look_up(parameter.schema) if items is None else items)
        choices = node.get("enum") if isinstance(node, dict) else None
        if choices and items is not None:
            several = st.lists(st.sampled_from(choices), min_size=1, max_size=2, unique_by=lambda one: one.lstrip("-"))
            return draw(several)
        if choices:
            return draw(st.sampled_from(choices))
        free = self.play.free.get(kind.resource.name, frozenset())
        first = next(iter(self.play.sight.listed(kind)), {})
        names = [name for name, value in first.items() if isinstance(value, str | int | float) and name not in free]
        if not names:
            return None
        name = draw(st.sampled_from(sorted(names)))
        return f"-{name}" if draw(st.booleans()) else name


def _is_bounded(node: Json, schemas: Schemas) -> bool:
    """Whether a schema says more than of which type a value is."""
    node = schemas.follow(node)
    return isinstance(node, dict) and bool(BOUNDS & node.keys())
