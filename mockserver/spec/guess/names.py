"""What names tell: the singular of a resource, what a component describes, a record's key and times."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from mockserver.spec.model import Json

CREATED = re.compile(
    r"(date_?)?(created|inserted|added)(_?(at|on|time|date|timestamp|utc))?"
    r"|(creation|create|add|insert)_?(date|time|timestamp|at)|invited_?at",
    re.IGNORECASE,
)
UPDATED = re.compile(
    r"(date_?|last_?)?(updated|modified|changed)(_?(at|on|time|date|timestamp|utc))?"
    r"|(last_?)?(update|modification|change)_?(date|time|timestamp|at)",
    re.IGNORECASE,
)
IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "data": "data", "news": "news",
    "series": "series", "status": "status", "campus": "campus", "bonus": "bonus",
}  # fmt: skip
MARKS = re.compile(r"[^a-z0-9]")
KEYS = ("id", "gid", "uuid", "guid", "key", "slug", "token", "identifier", "$id")
# what is said of a component's name beside the kind of record: `TaskCompact`, `Comment--Full`, `contact_response`
ASPECTS = (
    "Response|Compact|Base|Full|Mini|Model|Dto|DTO|Details?|Summary|Read|Out|View|Resource|Entity|Object|Schema|Data|Info"
)
ASPECT = re.compile(rf"(--\w+|(?<=[a-z0-9])({ASPECTS}|(With|For)[A-Z]\w*)|[_-](?i:{ASPECTS}))$")


@lru_cache(maxsize=16_384)
def plain(name: str) -> str:
    """A name without case and marks: `firstName` and `first_name` are `firstname`."""
    return MARKS.sub("", name.lower())


@lru_cache(maxsize=16_384)
def singular(name: str) -> str:
    """`companies` -> `company`, `statuses` -> `status`, `deals` -> `deal`."""
    lower = name.lower()
    for word, one in IRREGULAR.items():
        if lower == word or (lower.endswith(f"_{word}") and len(word) > 3):
            return name[: len(name) - len(word)] + one
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("uses", "us"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            return name[: -len(ending)] + instead
    return name[:-1] if lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and len(name) > 2 else name


@lru_cache(maxsize=16_384)
def kind(name: str) -> str:
    """What a collection's name says of its records, to be compared: `Contact_Notes` -> `contactnote`."""
    return plain(singular(name))


@lru_cache(maxsize=16_384)
def stem(pointer: str) -> str | None:
    """The kind of record that a component describes: `/components/schemas/TaskCompact` -> `task`; None for others."""
    parts = pointer.split("/")
    if len(parts) != 4 or parts[1:3] != ["components", "schemas"]:
        return None
    name = parts[3].replace("~1", "/").rpartition("/")[2].rpartition(".")[2]
    while (match := ASPECT.search(name)) and match.start() > 2:
        name = name[: match.start()]
    return kind(name) or None


@lru_cache(maxsize=16_384)
def is_created(name: str) -> bool:
    """Whether a property holds the time at which a record was made."""
    return bool(CREATED.fullmatch(name))


@lru_cache(maxsize=16_384)
def is_updated(name: str) -> bool:
    """Whether a property holds the time of a record's last change."""
    return bool(UPDATED.fullmatch(name))


def key_of(
    resource: str, properties: Mapping[str, Json], parameters: Iterable[str], may_be: Callable[[Json], bool]
) -> str | None:  # fmt: skip
    """The property that identifies a record: named like the item path's parameter, `id`, or `<resource>_id`.

    `may_be` tells by a property's schema whether it can hold a key.
    """
    by_plain = {plain(name): name for name in reversed(list(properties))}
    own = kind(resource)
    wanted = list(parameters)
    ends = [match[0] for one in wanted if (match := re.search(r"(?i)(uuid|guid|gid|key|slug|code|name|id)$", one))]
    for name in (*wanted, "id", f"{own}id", f"{own}gid", f"{own}uuid", f"{own}key", f"{own}code", *ends, *KEYS):
        found = by_plain.get(plain(name))
        if found and may_be(properties[found]):
            return found
    return None
