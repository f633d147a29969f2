"""Which paths are collections of records, and what the operations on them and on their items would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mockserver.spec.guess.calls import calls
from mockserver.spec.guess.names import plain, singular
from mockserver.spec.model import Operation

Route = tuple[str, str]
Operations = Mapping[Route, Operation]
ON_COLLECTION = {"get": "list", "post": "create", "put": "change", "patch": "change"}  # `change`: the body says which
ON_ITEM = {"get": "read", "patch": "update", "put": "replace", "post": "update", "delete": "delete"}
ITEM_WORDS = frozenset(ON_ITEM.values())
IN_BRACKETS = re.compile(r"\((?:\w+=)?'?(\{[^{}()]+\})'?\)")
AT_END = re.compile(r"\{([^{}]+)\}/?$")
PARAMETER = re.compile(r"\{([^{}]+)\}(\.json)?")

# last segments of paths that show records of the collection before them, all or some
WHOLE = frozenset(
    {"search", "find", "list", "scroll", "lookup", "query", "all", "filter", "searches", "results", "autocomplete"}
)
# words for what happens to records, for which no collection is named
VERBS = WHOLE | frozenset(
    {"merge", "batch", "bulk", "import", "export", "convert", "redact", "validate", "count", "me", "upload", "sync"}
)


@dataclass(slots=True)
class Place:
    """A path at which records of one kind may live, and what is done there: 'list', 'create', 'read' …"""

    shape: str  # the collection's path, its parameters unnamed: '/contacts/{}/notes'
    name: str  # its last segment that is no parameter
    above: str | None = None  # the shape of the collection whose item it lies below
    typed: bool = False  # its last segment is a parameter that says which sort of records: '/objects/{type}'
    called: bool = False  # its operations are calls: `/contacts.list`, `/contacts.add`
    operations: dict[str, Operation] = field(default_factory=dict)

    @property
    def handles_items(self) -> bool:
        """Whether single records can be read, changed or deleted here."""
        return bool(ITEM_WORDS & self.operations.keys())

    def owner(self, operation: Operation) -> str | None:
        """The parameter of an operation that names the item which this place lies below, or the sort of records."""
        count = self.shape.count("{}")
        names = [match[1] for match in PARAMETER.finditer(operation.path)]
        return names[count - 1] if 0 < count <= len(names) else None

    def keys(self) -> list[str]:
        """The names that the item's parameter has."""
        count, found = self.shape.count("{}"), dict[str, None]()
        for does, operation in self.operations.items():
            names = [match[1] for match in PARAMETER.finditer(operation.path)]
            if does in ITEM_WORDS and len(names) > count:
                found[names[count]] = None
        return list(found)


def shape_of(path: str) -> str:
    """A path with unnamed parameters, without a slash at its end: `/users/{id}/` -> `/users/{}`."""
    return PARAMETER.sub("{}", flat(path).partition("#")[0].rstrip("/").removesuffix(".json"))


def flat(path: str) -> str:
    """A path whose keys stand each in a segment of its own: `/contacts({id})` (OData 4.01, 4.3) -> `/contacts/{id}`."""
    return IN_BRACKETS.sub(r"/\1", path) if "(" in path else path


def names_item(path: str) -> str | None:
    """The parameter at a path's end, which names an item; None where there is none."""
    match = AT_END.search(flat(path))
    return match[1] if match else None


def item_path(path: str, key: str) -> str:
    """The path of a record, as a text with its key in it: `/users/{id}` -> `/users/{record.id}`."""
    return re.sub(r"\{[^{}]+\}(?=[^{}]*$)", f"{{record.{key}}}", path.rstrip("/"))


def places(operations: Operations, lists: Callable[[Operation], bool]) -> dict[str, Place]:
    """All places, by shape; whether records really live there is for their bodies to tell.

    `lists` says whether an operation answers a list.
    """
    methods: dict[str, dict[str, Operation]] = {}
    for (path, method), operation in operations.items():
        if "#" not in path:
            methods.setdefault(shape_of(path), {}).setdefault(method, operation)
    typed = {shape for shape in methods if _is_typed(shape, methods, lists)}
    found: dict[str, Place] = {}
    for shape, by_method in methods.items():
        is_item = shape.endswith("/{}") and shape not in typed
        home = shape[:-3] if is_item else shape
        if home in typed or (home and not home.endswith("}") and "{" not in home.rpartition("/")[2]):
            place = found.setdefault(home, _place(home, home in typed))
            for method, operation in by_method.items():
                does = (ON_ITEM if is_item else ON_COLLECTION).get(method)
                does = "search" if does == "create" and plain(place.name) in WHOLE else does
                if does == "change" and place.above is not None:
                    continue
                if does and (does not in place.operations or method == "patch"):
                    place.operations[does] = operation
    for place in found.values():
        posted = place.operations.get("update")
        if posted and posted.method == "post" and "replace" in place.operations:
            del place.operations["update"]  # beside a PUT, a POST does something else: it restores, or copies
    for home, by_verb in calls(methods).items():
        for operation in by_verb.values():
            found.pop(shape_of(operation.path), None)
        found[home] = Place(home, home.rpartition("/")[2].rpartition(".")[2], called=True, operations=by_verb)
    return {shape: place for shape, place in found.items() if place.operations}


def _is_typed(
    shape: str, methods: Mapping[str, Mapping[str, Operation]], lists: Callable[[Operation], bool]
) -> bool:  # fmt: skip
    """Whether a path such as `/objects/{type}` is a collection: it lists or makes records, and has items below it."""
    own, items = methods[shape], methods.get(shape + "/{}", {})
    if not shape.endswith("/{}") or shape[:-3] in methods or not items.keys() & {"get", "patch", "put", "delete"}:
        return False
    return lists(own["get"]) if "get" in own and "post" not in own else "post" in own


def _place(shape: str, typed: bool) -> Place:
    segments = shape.split("/")
    name = next(one for one in reversed(segments) if one != "{}")
    rest = segments[:-2] if typed else segments
    last = max((at for at, one in enumerate(rest) if one == "{}"), default=None)
    above = "/".join(rest[:last]) if last is not None else None
    return Place(shape, name, above, typed)


def below(path: str) -> tuple[str, str, str] | None:
    """What an operation below an item is about: the item's collection as a shape, its parameter, the last segment."""
    head, _, last = flat(path).rstrip("/").rpartition("/")
    if plain(head.rpartition("/")[2]) in ("actions", "action"):  # `/campaigns/{id}/actions/send`
        head = head.rpartition("/")[0]
    match = PARAMETER.fullmatch(head.rpartition("/")[2])
    return (shape_of(head)[:-3], match[1], last) if match and "{" not in last else None


def names_for(homes: Mapping[str, str]) -> dict[str, str]:
    """A name for each home by its shape: its last segment, with what stands before it where that name is taken."""
    taken, names = set[str](), dict[str, str]()
    shapes = sorted(homes, key=lambda one: (one.count("/"), one))
    again = {shape for at, shape in enumerate(shapes) if homes[shape] in {homes[one] for one in shapes[:at]}}
    sections = {shape.rpartition("/")[0] for shape in again}  # all of a section are named alike
    for shape in shapes:
        before = [one for one in shape.split("/") if one and one != "{}" and plain(one) != plain(homes[shape])]
        name = homes[shape]
        if shape.rpartition("/")[0] in sections and before and not shape.rpartition("/")[0].endswith("}"):
            name = f"{singular(before.pop())}_{name}"
        while name in taken and before:
            name = f"{singular(before.pop())}_{name}"
        while name in taken:
            name += "2"
        taken.add(name)
        names[shape] = name
    return names
