"""What a service was made from: enough to tell whether another one answers alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from mockserver.spec.model import Json


@dataclass(frozen=True, slots=True)
class Origin:
    """The options of a service, and its documents and fixtures as they were read, by API."""

    seed: int
    locale: str
    records: Mapping[str, int]
    rate_limits: bool
    query_preferences: bool
    read: Mapping[str, tuple[Json, Mapping[str, Json]]] = field(repr=False)

    def told(self) -> dict[str, Any]:
        """The same as JSON, with a digest in place of each document and its fixtures."""
        return {
            "seed": self.seed, "locale": self.locale, "records": dict(self.records), "rate_limits": self.rate_limits,
            "query_preferences": self.query_preferences,
            "documents": {api: _digest(*read) for api, read in self.read.items()},
        }  # fmt: skip


def _digest(content: Json, fixtures: Mapping[str, Json]) -> str:
    # The order of what stands in them counts too: guesses and generated values may follow it.
    return f"sha256:{sha256(repr((content, fixtures)).encode('utf-8', 'replace')).hexdigest()}"
