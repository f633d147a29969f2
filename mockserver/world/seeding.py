"""The first records of a resource: believable, valid, found by number, key or unique value, and never stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mockserver.world import times
from mockserver.world.dice import Dice, mixed, number
from mockserver.world.embedding import counted, holds_records, keyed, linked, shown
from mockserver.world.fakes import ABSENT, Draft, Maker, Surroundings, compile_fakes
from mockserver.world.ids import IdCodec, codec, template_of
from mockserver.world.meanings import MEANINGS
from mockserver.world.merging import CHOICES, Follow, Unsatisfiable
from mockserver.world.naming import meaning
from mockserver.world.people import shared_domain
from mockserver.world.recurring import PERIOD, recurring
from mockserver.world.rules import IsValid, Rules
from mockserver.world.scenes import EPOCH, Backdrop, Scene
from mockserver.world.source import HIDDEN, Key, Record
from mockserver.world.targets import Target, chosen, looked_up
from mockserver.world.unique import Unique, unique
from mockserver.world.values import decided, members, value

Json = Any
SPAN = 3 * 365 * times.DAY  # how far back the oldest records reach
PACE = 200.0  # the larger, the more evenly records are spread over the span
_WHOLE_SECONDS = 30_000  # newer records than this are at least a second apart, at that pace
_MEMORY = 4096  # records kept at hand
_MONDAY = 345_600_000  # 1970-01-05, in milliseconds
EMPLOYER = MEANINGS[("company",)]
_NOTHING: Record = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Seeds:
    """What the records of a resource are made from. Everything but `seed`, `locale` and `schema` may be left out."""

    resource: str
    key: str  # the key's field
    ids: str  # the template of keys: see world/ids
    schema: Json  # the record as stored
    follow: Follow
    is_valid: IsValid  # (schema node, value)
    count: int
    seed: int
    locale: str = "en_US"
    order: str | None = None  # the field of the default order, when it is a time
    created: Sequence[str] = ()  # other fields that hold the time of creation
    unique: Sequence[str] = ()
    fake: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    references: Mapping[str, tuple[str, bool]] = field(default_factory=dict)  # field -> resource, whether a list
    targets: Mapping[str, Target] = field(default_factory=dict)  # looked up when a record is made, so it may fill later
    named: Sequence[Record] = ()  # this resource's own, whose unique values and e-mail domain are heeded
    precision: str = "seconds"  # or 'milliseconds': how times are written
    offset: int = 0  # integer keys begin above it
    pace: float = PACE
    recurring: Collection[str] = ()  # fields that lists filter by: see world/recurring


def source(seeds: Seeds) -> GeneratedSource:
    """The records of a resource, none made yet. Raises SpecError for what doesn't fit."""
    return GeneratedSource(seeds)


class GeneratedSource:
    """Implements `Source`: everything follows from (seed, resource, ordinal)."""

    __slots__ = (
        "_codec",
        "_fakes",
        "_first",
        "_making",
        "_memory",
        "_plain",
        "_ready",
        "_recurring",
        "_rules",
        "_salt",
        "_seeds",
        "_tables",
        "_uniques",
        "backdrop",
        "count",
        "domain",
    )

    def __init__(self, seeds: Seeds) -> None:
        self._seeds, self.count = seeds, seeds.count
        self._codec: IdCodec = codec(seeds.ids, seeds.seed, seeds.resource, seeds.count, seeds.offset)
        self._salt = number(seeds.seed, "records", seeds.resource)
        self._rules = Rules(seeds.follow, seeds.is_valid, "stored")
        self._memory: dict[int, Record] = {}
        self._plain: dict[int, Record] = {}
        self._making: set[int] = set()
        self._tables: dict[str, dict[str, int]] = {}
        self._uniques: dict[str, Unique] = {}
        self._fakes: list[tuple[str, Maker]] = compile_fakes(seeds.fake, self._surroundings()) if seeds.fake else []
        self._ready = False
        plain = self.count > PERIOD and CHOICES not in self._rules.flat(seeds.schema)
        self._recurring = recurring(seeds.recurring, seeds.fake) if plain else frozenset[str]()
        self.backdrop = Backdrop(seeds.seed, seeds.locale)
        self.domain = shared_domain(seeds.named)

    def key(self, ordinal: int) -> Key:
        """The key of record `ordinal`."""
        return self._codec.encode(ordinal)

    def ordinal(self, key: Key) -> int | None:
        """The ordinal of the record with this key; None when there is none."""
        found = self._codec.decode(key)
        return found if found is not None and 0 <= found < self.count else None

    def new_key(self, sequence: int) -> Key:
        """The key for the `sequence`-th record that is made at run time."""
        return self._codec.new_key(sequence)

    def time(self, ordinal: int) -> int:
        """When it was made: dense of late, thin long ago, on weekdays from 8 to 18 h UTC; strictly falling."""
        place = ordinal + (mixed(self._salt + ordinal) & 0xFFFFFFFF) / (1 << 32) * 0.8
        moment = EPOCH - SPAN * (1 - 1 / (1 + place / self._seeds.pace))
        week, within = divmod(moment - _MONDAY, 7 * times.DAY)
        day, part = divmod(within * 5 / 7, times.DAY)
        found = int(_MONDAY + week * 7 * times.DAY + day * times.DAY + 8 * times.HOUR + part * 10 / 24)
        # neighbours are apart by pace / place²
        return found // 1000 * 1000 if ordinal**2 < _WHOLE_SECONDS**2 * self._seeds.pace / PACE else found

    def record(self, ordinal: int) -> Record:
        """The record itself. Raises Unsatisfiable when its schema can't be met."""
        found = self._memory.get(ordinal)
        if found is None:
            if ordinal in self._making:
                raise Unsatisfiable(f"{self._seeds.resource}: records need each other in a circle")
            self._making.add(ordinal)
            try:
                found = {**self._record(ordinal), **self._hidden(self._scene(ordinal), ordinal)}
            finally:
                self._making.discard(ordinal)
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            self._memory[ordinal] = found
        return found

    def completed(self, given: Record, place: int) -> Record:
        """A record of the fixtures, the `place`-th of them, with what it leaves out; one that is valid stays as it is.

        What can't be completed stays as it is, too.
        """
        if self._rules.is_valid(self._seeds.schema, given):
            return given
        self._prepare()
        number = self.count + place
        moment = times.parse(given.get(self._seeds.order or ""))
        scene = self._scene(number, self.time(number) if moment is None else moment)
        fakes = [(name, make) for name, make in self._fakes if name not in given]
        return self._composed(scene, number, fakes, given) or given

    def holder(self, field: str, value: str) -> int | None:
        """The ordinal of the record whose unique `field` holds `value`, in any case; None when there is none."""
        if not self._ready:
            self._prepare()
        way = self._uniques.get(field)
        if way is None:
            return self._table(field).get(str(value).lower())
        found = way.find(self._first, str(value))
        if found is None or not 0 <= found < self.count:
            return None
        return found if str(self.record(found).get(field)).lower() == str(value).lower() else None

    def _table(self, field: str) -> dict[str, int]:
        """All values of a field that can't be inverted, made by a fixture or a pattern. Costs every record, once."""
        if field not in self._tables:
            values = ((self.record(ordinal).get(field), ordinal) for ordinal in range(self.count - 1, -1, -1))
            self._tables[field] = {value.lower(): ordinal for value, ordinal in values if isinstance(value, str)}
        return self._tables[field]

    def period(self, fields: Sequence[str]) -> int:
        """After how many records the values of these fields come again; 0 where they don't."""
        return self.count if self.count <= PERIOD else PERIOD if self._recurring.issuperset(fields) else 0

    def _scene(self, ordinal: int, moment: int | None = None) -> Scene:
        dice = Dice(mixed(self._salt ^ (ordinal * 0x9E3779B97F4A7C15)))
        time = self.time(ordinal) if moment is None else moment
        return Scene(self.backdrop, self._seeds.resource, ordinal, dice, time, self.domain)

    def _prepare(self) -> None:
        """Works out how unique fields are made; when the first record is looked at."""
        if self._ready:
            return
        self._ready = True
        self._first = self._scene(0)
        properties = self._rules.flat(self._seeds.schema).get("properties") or {}
        for name in self._seeds.unique:
            if name in self._seeds.fake or name == self._seeds.key or name in self._seeds.references:
                continue
            node = self._rules.flat(properties[name]) if name in properties else {}
            pattern = (node.get("&patterns") or [None])[0]
            examples = [node.get("example"), *(node.get("examples") or ())]
            template = template_of([one for one in examples if one is not None], pattern, {})
            taken = frozenset(str(one.get(name)).lower() for one in self._seeds.named)
            way = unique(name, self._seeds.resource, self._seeds.seed, self.count, template, taken)
            if name not in properties or self._rules.is_valid(properties[name], way.make(self._first)):
                self._uniques[name] = way

    def _record(self, ordinal: int) -> Record:
        """By the ladder: with the fixture's words, without them, with what the schema alone gives."""
        self._prepare()
        schema, is_valid = self._seeds.schema, self._rules.is_valid
        for attempt in range(6):
            scene = self._scene(ordinal).rolled(attempt) if attempt else self._scene(ordinal)
            made = self._drafted(scene, ordinal, self._fakes if attempt < 3 else [])
            if made is not None and is_valid(schema, made):
                return made
        plain = value(schema, self._rules, self._scene(ordinal), self._seeds.resource)
        plain = plain if isinstance(plain, dict) else {}  # a schema that admits null may get it
        if is_valid(schema, fixed := {**plain, **self._fixed(self._scene(ordinal), ordinal)}):
            return fixed
        if is_valid(schema, keyed := {**plain, self._seeds.key: self.key(ordinal)}):
            return keyed
        raise Unsatisfiable(f"{self._seeds.resource}: no valid record was found")

    def _fixed(self, scene: Scene, ordinal: int, embeds: bool = True) -> dict[str, Json]:
        """The fields that don't follow from name and schema: key, times, unique values, references."""
        seeds = self._seeds
        made: dict[str, Json] = {} if seeds.key[:1] == HIDDEN else {seeds.key: self.key(ordinal)}
        for name in (*seeds.created, *((seeds.order,) if seeds.order else ())):
            made[name] = self._written(name, scene.time)
        for name, way in self._uniques.items():
            made[name] = way.make(scene)
        for name, (resource, is_list) in seeds.references.items():
            if name in seeds.fake or name == seeds.key or name[:1] == HIDDEN or "." in name:
                continue
            keys = self._keys(resource, scene.rolled(name), scene.dice.child(name).between(1, 3) if is_list else 1)
            if holds_records(seeds.schema, name, self._rules):
                found = shown(seeds.schema, name, keys, seeds.targets[resource], self._rules) if embeds else []
                made |= {name: found if is_list else found[0]} if found else {}
                continue
            fitting = self._fitting(name, keys if is_list else keys[0] if keys else None)
            made |= {} if fitting is None else {name: fitting}
        return made

    def _hidden(self, scene: Scene, ordinal: int) -> dict[str, Json]:
        """The fields that the schema doesn't have: which record above a nested one belongs to, and such a key."""
        above = {name: to for name, to in self._seeds.references.items() if name[:1] == HIDDEN}
        keys = {name: self._keys(to, scene.rolled(name), 3 if many else 1) for name, (to, many) in above.items()}
        found = {n: k[: scene.dice.child(n).below(4)] if above[n][1] else k[0] for n, k in keys.items() if k}
        return {**found, self._seeds.key: self.key(ordinal)} if self._seeds.key[:1] == HIDDEN else found

    def plain(self, ordinal: int) -> Record:
        """A record's plain fields, without the records that it shows."""
        found = self._plain.get(ordinal)
        if found is None:
            self._prepare()
            scene = self._scene(ordinal)
            made = self._drafted(scene, ordinal, self._fakes, embeds=False) or self._fixed(scene, ordinal, False)
            found = {name: one for name, one in made.items() if not isinstance(one, dict | list)}
            if len(self._plain) >= _MEMORY:
                self._plain.clear()
            self._plain[ordinal] = found
        return found

    def _fitting(self, name: str, reference: Json) -> Json:
        """A reference as its field has it: a number here, a text there, for one id; None where it takes neither."""
        properties = self._rules.flat(self._seeds.schema).get("properties") or {}
        if reference is None or name not in properties or self._rules.is_valid(properties[name], reference):
            return reference
        number = int(reference) if isinstance(reference, str) and reference.isdecimal() else str(reference)
        return number if self._rules.is_valid(properties[name], number) else None

    def _drafted(
        self, scene: Scene, ordinal: int, fakes: Sequence[tuple[str, Maker]], embeds: bool = True
    ) -> dict[str, Json] | None:
        """A record from its parts, what recurs as in the record a period before; None when it can't be made."""
        if not self._recurring or ordinal < PERIOD:
            return self._composed(scene, ordinal, fakes, embeds=embeds)
        model = self.plain(ordinal % PERIOD)
        given = {name: model[name] for name in self._recurring if name in model}
        others = [(name, make) for name, make in fakes if name not in self._recurring]
        made = self._composed(scene, ordinal, others, given, embeds)
        return made and {name: one for name, one in made.items() if name in given or name not in self._recurring}

    def _composed(
        self, scene: Scene, ordinal: int, fakes: Sequence[tuple[str, Maker]], given: Record = _NOTHING,
        embeds: bool = True,
    ) -> dict[str, Json] | None:
        """A record from its parts and what is given of it; None when a required one can't be made."""
        for name, make in fakes:
            if meaning(name) is EMPLOYER and isinstance(employer := make(Draft(scene, {})), str):
                scene.employ(employer)
        fixed = {**self._fixed(scene, ordinal, embeds), **given}
        try:
            node = decided(self._seeds.schema, self._rules, scene)
            faked = {name for name, _ in fakes}
            made = members(node, self._rules, scene, fixed, faked)
        except Unsatisfiable:
            return None
        for name, (resource, _) in self._seeds.references.items() if embeds else ():
            if name not in fixed and isinstance(made.get(name), dict):
                found = self._keys(resource, scene.rolled(name), 1)
                made[name] = keyed(self._seeds, name, made[name], found, resource, self._rules)
            elif "." in name:
                made = linked(made, name, self._keys(resource, scene.rolled(name), 3), self._seeds.targets[resource])
        draft = Draft(scene, made)
        for name, make in fakes:
            found = make(draft)
            if found is not ABSENT:
                made[name] = found
            elif name in node.get("required", ()) and name not in made:
                return None
        counted(made, faked)
        order = node.get("properties") or {}
        ordered = {name: made[name] for name in order if name in made}
        closed = node.get("additionalProperties") is False and "patternProperties" not in node
        return ordered if closed else {**ordered, **made}

    def _written(self, name: str, moment: int) -> Json:
        """A time as the field's schema has it: text, date, or seconds or milliseconds since 1970."""
        properties = self._rules.flat(self._seeds.schema).get("properties") or {}
        node = self._rules.flat(properties[name]) if name in properties else {}
        kinds = node.get("type") or ["string"]
        if "string" not in kinds and ("integer" in kinds or "number" in kinds):
            example = node.get("example") or next(iter(node.get("examples") or ()), 0)
            return moment if isinstance(example, int) and example > 10**11 else moment // 1000
        text = times.text(moment, self._seeds.precision)
        return text[:10] if node.get("format") == "date" else text

    def _keys(self, resource: str, scene: Scene, wanted: int) -> list[Key]:
        target = self._seeds.targets.get(resource)
        return chosen(target, scene, wanted) if target else []

    def _look_up(self, resource: str, key: Key) -> Record | None:
        target = self._seeds.targets.get(resource)
        return looked_up(target, key) if target else None

    def _surroundings(self) -> Surroundings:
        seeds = self._seeds
        properties = self._rules.flat(seeds.schema).get("properties") or {}

        def kinds(name: str) -> frozenset[str]:
            found = self._rules.flat(properties[name]).get("type") if name in properties else None
            return frozenset(found or ("null", "boolean", "integer", "number", "string", "array", "object"))

        refers = {name: resource for name, (resource, _) in seeds.references.items()}
        known: Callable[[], Sequence[str]] = lambda: [seeds.resource, *seeds.targets]  # noqa: E731
        fields = frozenset((*properties, seeds.key, *seeds.created, *((seeds.order,) if seeds.order else ())))
        return Surroundings(
            seeds.resource, fields, kinds, self._written, known, refers, self._keys, self._look_up,
        )  # fmt: skip
