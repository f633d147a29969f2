"""A part of a document, each node where it stands."""

from __future__ import annotations

from mockserver.spec.model import Json


def place(root: dict[str, Json], tokens: list[str], node: Json) -> None:
    """Puts a part of the document where its pointer says, unless a larger part that holds it stands there already."""
    *way, last = tokens
    for token in way:
        here = root.get(token)
        if here is None:
            here = root[token] = _Sparse()
        if not isinstance(here, _Sparse):
            return
        root = here
    root.setdefault(last, node)


class _Sparse(dict[str, Json]):
    """A part of the document in which only what is referred to stands."""
