"""Lists of a collection's records under more segments: `/contacts/view/{view_id}`, `/contacts/search/{query}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.spec.guess.kinds import LIKE, Found
from mockserver.spec.guess.names import plain
from mockserver.spec.guess.places import PARAMETER
from mockserver.spec.guess.role import Role, plural
from mockserver.spec.guess.shapes import json_media, likeness, list_shape, success
from mockserver.spec.model import Operation
from mockserver.spec.schema import Schemas

VIEWS = frozenset({"view", "views", "filter", "filters"})
SEARCHES = frozenset({"search", "find", "lookup", "query", "autocomplete"})
SECTION = re.compile(r"(.*)/([^/{}]+)/\{([^{}/]+)\}")


def section_list(
    operation: Operation, homes: Mapping[str, Found], found: Iterable[Found], schemas: Schemas
) -> Role | None:  # fmt: skip
    """The role of a list whose last segment says which view of the records is meant, or what is looked for."""
    match = SECTION.fullmatch(operation.path.rstrip("/")) if operation.method == "get" else None
    word = plain(match[2]) if match else ""
    if match is None or word not in VIEWS | SEARCHES:
        return None
    media = json_media(success(operation, "list")[1])
    near = homes.get(PARAMETER.sub("{}", match[1]))
    others = [one for one in found if one.home.above is None] if word in SEARCHES and near is None else []
    for one in [near] if near else others:
        shape = list_shape(media, one.home.name, schemas) if media else None
        if shape is None or one.look.schema is None:
            continue
        alike = likeness(schemas.look_up(shape.schema), schemas.look_up(one.look.schema), schemas) >= LIKE
        if not (shape.schema == one.look.schema or (near and alike)):
            continue
        text = f"$request.path.{match[3]}" if word in SEARCHES else None
        reason = f"looks for {plural(one)} with `{match[3]}`" if text else f"a view of the {plural(one)}"
        search = {"text": text} if text else {}
        return Role("list", reason, operation.pointer, "low", one, one.home, None, shape, search=search)
    return None
