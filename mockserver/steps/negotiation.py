"""Which of several media types a client gets (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence


def best(accept: str | None, types: Sequence[str]) -> str | None:
    """The type of `types` that `accept` prefers; None when it accepts none of them.

    Among equals comes first what a range names most exactly, then the order of `types`.

    A parameter of a range tells types apart that have it (`;version=2`); of a type that hasn't, it asks nothing.
    """
    if not types:
        return None
    if not accept or accept == "*/*":
        return types[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    ranked = [(*_quality(one, ranges), -at, one) for at, one in enumerate(types)]
    quality, *_, found = max(ranked)
    return found if quality > 0 else None


def _range(part: str) -> tuple[str, dict[str, str], float]:
    name, parameters = _parted(part)
    try:
        quality = min(1.0, max(0.0, float(parameters.pop("q", "1"))))
    except ValueError:
        quality = 0.0
    return name, parameters, quality


def _parted(media_type: str) -> tuple[str, dict[str, str]]:
    """A type, or a range of them, in lower case, and its parameters."""
    name, *pieces = (piece.strip().lower() for piece in media_type.split(";"))
    pairs = (piece.partition("=") for piece in pieces)
    return name, {word.strip(): value.strip().strip('"') for word, _, value in pairs}


def _quality(media_type: str, ranges: Sequence[tuple[str, dict[str, str], float]]) -> tuple[float, int, int]:
    """The quality that the most specific range gives a type, and how specific it is; 0 when none matches."""
    name, own = _parted(media_type)
    main = name.partition("/")[0]
    found = [
        (len(said.keys() & own.keys()), specific, quality)
        for wanted, said, quality in ranges
        if (specific := _matches(wanted, name, main)) and all(own.get(word, said[word]) == said[word] for word in said)
    ]
    parameters, specific, quality = max(found, default=(0, 0, 0.0))
    return quality, parameters, specific


def _matches(wanted: str, name: str, main: str) -> int:
    if wanted == name or name == "*/*" or (name == f"{main}/*" and wanted.startswith(f"{main}/")):
        return 4
    if wanted == "application/json" and name.endswith("+json"):
        return 3
    if wanted == f"{main}/*":
        return 2
    return 1 if wanted == "*/*" else 0
