"""What was measured, as a Markdown page."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.cases import BARE, PATHS, SIZES
from benchmarks.load import CONNECTIONS, Sample
from benchmarks.measures import Runs
from benchmarks.worlds import Figure

SPEED = 0.8  # at least, of the rate by hand
GROWTH = 1.3  # at most, the cost at the most records over that at the fewest
START = 0.7  # seconds, at most
LARGE_START, LARGE_MEMORY = 1.2, 250  # seconds, MiB
GUESSES = 0.2  # at most, of what a start costs without them
MEMORY = 90  # MiB, at most

VERSIONS = ("starlette", "uvicorn", "uvloop", "httptools", "orjson", "jsonschema-rs")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is words, the others are figures."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows)) + "\n"


def verdict(good: bool) -> str:
    return "yes" if good else "**no**"


def machine() -> str:
    """The machine's facts in one line."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "")
    packages = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return f"{model or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {packages}"


def middle(samples: Sequence[Sample], figure: str) -> float:
    """The median of one figure of the runs, `rate` say."""
    figures: list[float] = [getattr(sample, figure) for sample in samples]
    return median(figures)


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample], figure: str) -> float:
    """The median of the rounds' ratios: the two runs of a round were seconds apart, those of two rounds were not."""
    pairs = zip(ours, theirs, strict=True)
    ratios: list[float] = [getattr(mine, figure) / getattr(their, figure) for mine, their in pairs]
    return median(ratios)


def speed_row(name: str, hand: Sequence[Sample], mock: Sequence[Sample]) -> list[str]:
    """One case: rates, CPU, 99th percentiles, ratios; dashes where the mock did not run."""
    figures = [f"{middle(hand, 'rate'):,.0f}", f"{middle(hand, 'cpu'):.0f}", f"{middle(hand, 'p99'):.1f}"]
    if not mock:
        return [name, *figures, *["-"] * 5, f"{SPEED}", "-"]
    figures += [f"{middle(mock, 'rate'):,.0f}", f"{middle(mock, 'cpu'):.0f}", f"{middle(mock, 'p99'):.1f}"]
    faster = ratio(mock, hand, "rate")
    return [name, *figures, f"{faster:.2f}", f"{ratio(hand, mock, 'cpu'):.2f}", f"{SPEED}", verdict(faster >= SPEED)]


def speed_section(runs: Runs, differing: Mapping[str, object]) -> str:
    """Requests per second and CPU microseconds per request, by hand and by mock; whose answers have other names."""
    rows = [speed_row(name, by["hand"], by.get("mock", [])) for name, by in runs.items() if name != BARE.name]
    each = ["/s", "CPU µs", "p99 ms"]
    head = ["", *(f"(b) {unit}" for unit in each), *(f"(c) {unit}" for unit in each)]
    head += ["(c) / (b)", "by CPU", "at least", "met"]
    bare = runs[BARE.name]["bare"]
    floor = f"(a) {BARE.name}: {middle(bare, 'rate'):,.0f} /s, {middle(bare, 'cpu'):.0f} µs of CPU.\n\n"
    unequal = differing.items()
    unlike = "".join(f"\nThe answers to {name!r} differ in their properties: {names}.\n" for name, names in unequal)
    return "## Beside the app by hand\n" + floor + table(head, rows) + unlike


def growth_section(runs: Runs) -> str:
    """Requests per second by the number of records, and what the most cost over the fewest."""
    sizes = [f"{size:,}" for size in SIZES]
    rows = []
    for name, by in runs.items():
        cost = ratio(by[sizes[0]], by[sizes[-1]], "rate")
        rates = [f"{middle(by[size], 'rate'):,.0f}" for size in sizes]
        rows.append([name, *rates, f"{cost:.2f}", f"{GROWTH}", verdict(cost <= GROWTH)])
    head = ["requests per second", *(f"{size} records" for size in sizes), "cost, most / fewest", "at most", "met"]
    return "## With more records\n" + table(head, rows)


def bounded_section(title: str, unit: str, found: dict[str, float], bound: float) -> str:
    """A table of figures that may be at most `bound`; (b) is there to compare."""
    rows = [
        [name, f"{value:.2f}" if value < 10 else f"{value:.0f}"]
        + ([f"{bound}", verdict(value <= bound)] if name.startswith("(c)") else ["", ""])
        for name, value in found.items()
    ]
    return f"## {title}\n" + table(["", unit, "at most", "met"], rows)


def worlds_section(found: Sequence[Figure]) -> str:
    """What worlds cost, in one process without a server."""
    rows = [
        [
            one.name, f"{one.value:.2f}" if one.value < 10 else f"{one.value:.0f}", one.unit,
            *((f"{one.most:g}", verdict(one.value <= one.most)) if one.most else ("", "")),
        ]
        for one in found
    ]  # fmt: skip
    return "## Worlds\n" + table(["", "", "", "at most", "met"], rows)


def apis_section(runs: Runs) -> str:
    """Requests per second of each bundled API, beside bare starlette."""
    bare = runs[BARE.name]["bare"]
    rows = [
        [name, f"{middle(mock, 'rate'):,.0f}", f"{middle(mock, 'cpu'):.0f}", f"{ratio(mock, bare, 'rate'):.2f}"]
        for name, by in runs.items() if name != BARE.name and (mock := by["mock"])
    ]  # fmt: skip
    return "## Each bundled API\n" + table(["", "(c) /s", "(c) CPU µs", "(c) / (a)"], rows)


def routing_section(runs: Runs) -> str:
    """What a read costs among many paths, over among few."""
    few, many = (f"{paths:,}" for paths in PATHS)
    rows = [
        [
            name,
            *(f"{middle(by[paths], 'rate'):,.0f}" for paths in (few, many)),
            f"{ratio(by[few], by[many], 'rate'):.2f}",
        ]
        for name, by in runs.items()
    ]
    return "## With more paths\n" + table(
        ["requests per second", f"{few} paths", f"{many} paths", "cost, many / few"], rows
    )


def page(sections: Iterable[str], rounds: int, seconds: int) -> str:
    """The whole page."""
    intro = f"""# Benchmark
{machine()}.

Written by `make bench`. One process and one core per server, wrk on another core ({CONNECTIONS} connections,
{seconds} s a run, {rounds} rounds in turns; medians, and the median of the rounds' ratios); the same uvicorn for all,
with uvloop and httptools. Absolute figures change from hour to hour: only ratios within one run count. On a busy
machine trust the ratio by CPU.

(a) is bare starlette. (b), `by_hand.py`, is the same API as one writes it by hand for speed: a dict, orjson and
jsonschema-rs, without keys, limits, journal or checked answers. (c) is the mock with everything on; it brings its
own HTTP protocol (web/protocol.py) and way of looking for garbage (web/collecting.py), where (a) and (b) have the
usual ones.
"""
    return "\n".join([intro, *sections])
