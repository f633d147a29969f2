"""Which of several media types a client gets (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence


def best(accept: str | None, types: Sequence[str]) -> str | None:
    """The type of `types` that `accept` prefers, the first among equals; None when it accepts none of them."""
    if not types:
        return None
    if not accept or accept == "*/*":
        return types[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    ranked = [(_quality(one, ranges), -at, one) for at, one in enumerate(types)]
    quality, _, found = max(ranked)
    return found if quality > 0 else None


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                quality = 0.0
    return name, quality


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality that the most specific range gives a type; 0 when none matches."""
    name = media_type.partition(";")[0].strip().lower()
    main = name.partition("/")[0]
    found = [(specific, quality) for wanted, quality in ranges if (specific := _matches(wanted, name, main))]
    return max(found)[1] if found else 0.0


def _matches(wanted: str, name: str, main: str) -> int:
    if wanted == name or name == "*/*" or (name == f"{main}/*" and wanted.startswith(f"{main}/")):
        return 4
    if wanted == "application/json" and name.endswith("+json"):
        return 3
    if wanted == f"{main}/*":
        return 2
    return 1 if wanted == "*/*" else 0
