"""Makes a sequence of calls that shows a divergence as short as it gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mockserver.check.model.steps import Step, needs

Shows = Callable[[Sequence[Step]], bool]


def shortest(steps: Sequence[Step], shows: Shows, tries: int = 60) -> tuple[Step, ...]:
    """The steps that are needed for the last one to show it (ddmin: Zeller, Hildebrandt 2002), each with as little in
    it as needed. `shows` plays a sequence; it is asked at most `tries` times."""
    left = [tries]

    def still(candidate: Sequence[Step]) -> bool:
        if left[0] <= 0:
            return False
        left[0] -= 1
        return shows(candidate)

    kept = _needed(list(steps))
    kept = kept if len(kept) == len(steps) or still(kept) else list(steps)
    size = max(len(kept) // 2, 1)
    while len(kept) > 1:
        for start in range(0, len(kept) - 1, size):
            gone = {one.number for one in kept[start : min(start + size, len(kept) - 1)]}
            candidate = _without(kept, gone)
            if len(candidate) < len(kept) and still(candidate):
                kept = candidate
                break
        else:
            if size == 1:
                break
            size = max(size // 2, 1)
    return tuple(_plainer(kept, still))


def _needed(steps: list[Step]) -> list[Step]:
    """The last step and those whose records it names, and so on."""
    wanted, found = needs(steps[-1]), [steps[-1]]
    for step in reversed(steps[:-1]):
        if step.number in wanted or (found[-1].follow and step.route == found[-1].route):
            found.append(step)
            wanted |= needs(step)
    return found[::-1]


def _without(steps: list[Step], gone: set[int]) -> list[Step]:
    """The steps without some, and without those that name their records; the last one stays."""
    found: list[Step] = []
    for step in steps:
        if step.number in gone or needs(step) & gone:
            gone = gone | {step.number}
        else:
            found.append(step)
    return found if found and found[-1].number == steps[-1].number else steps


def _plainer(steps: list[Step], still: Shows) -> list[Step]:
    """Each step with the fewest query parameters and fields."""
    for at, step in enumerate(steps):
        for name in [*step.query, *(step.fields or ())]:
            query = {one: value for one, value in step.query.items() if one != name}
            fields = {one: value for one, value in step.fields.items() if one != name} if step.fields else step.fields
            candidate = [*steps[:at], replace(step, query=query, fields=fields), *steps[at + 1 :]]
            if still(candidate):
                steps, step = candidate, candidate[at]
    return steps
