"""What the plans of one API share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.spec.behaviour import Resource
from mockserver.spec.model import Api
from mockserver.spec.schema import Schemas
from mockserver.steps import problems
from mockserver.steps.access import Access
from mockserver.steps.limits import Limits
from mockserver.steps.samples import Sampler
from mockserver.steps.values import Names
from mockserver.steps.views import Stored
from mockserver.steps.writes import Store


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that is known of an API when one of its operations is compiled."""

    api: Api
    schemas: Schemas
    names: Names
    resources: Mapping[str, Resource]
    stores: Mapping[str, Store]
    stored: Mapping[str, Stored]
    access: Access
    limits: Limits | None
    words: problems.Words
    render: problems.Render  # of what is refused outside every operation
    sampler: Sampler
    inventor: Sampler  # the same, but for the schemas' examples
    max_body: int
    narrow: Mapping[str, frozenset[str]]  # fields with few values that lists filter by, by resource
