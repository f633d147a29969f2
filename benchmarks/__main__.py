"""`python -m benchmarks`: measures, prints a table and writes RESULTS.md."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path

from benchmarks import measures, report, worlds

RESULTS = Path(__file__).with_name("RESULTS.md")


def sections(rounds: int, seconds: int, only: set[str]) -> list[str]:
    """The measured sections, in the order of the page."""
    found = []
    if "reference" in only:
        found.append(report.speed_section(measures.speed(rounds, seconds, with_mock=False), {}))
    if "speed" in only:
        found.append(report.speed_section(measures.speed(rounds, seconds, with_mock=True), measures.alike()))
    if "growth" in only:
        found.append(report.growth_section(measures.growth(rounds, seconds)))
    if "start" in only:
        found.append(report.bounded_section("Cold start", "seconds", measures.starts(5), report.START))
    if "memory" in only:
        found.append(report.bounded_section("Memory", "MiB resident", measures.memory(), report.MEMORY))
    if "worlds" in only:
        found.append(report.worlds_section(worlds.figures()))
    if "apis" in only:
        found.append(report.apis_section(measures.apis(rounds, seconds)))
    if "paths" in only:
        found.append(report.routing_section(measures.routing(rounds, seconds)))
    if "large" in only:
        ready, held = measures.large_documents(3)
        found.append(report.bounded_section("Large documents, 1,200 operations", "seconds", ready, report.LARGE_START))
        found.append(report.bounded_section("Large documents, memory", "MiB resident", held, report.LARGE_MEMORY))
    if "guesses" in only:
        title = "What guessing adds to start-up, by CPU"
        found.append(report.bounded_section(title, "of all the rest", measures.guesses(), report.GUESSES))
    return found


def main() -> None:
    """Reads the options; a partial run prints and writes nothing."""
    parts = ("speed", "growth", "start", "memory", "worlds", "apis", "paths", "large", "guesses")
    parser = ArgumentParser(prog="python -m benchmarks", description="Measures the mock beside an app written by hand.")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each case, of which the median counts")
    parser.add_argument("--seconds", type=int, default=3, help="length of a run")
    parser.add_argument("--only", choices=(*parts, "reference"), action="append", help="reference: (a) and (b) alone")
    options = parser.parse_args()
    if missing := [tool for tool in ("wrk", "taskset") if shutil.which(tool) is None]:
        sys.exit(f"benchmarks need {' and '.join(missing)}: apt-get install wrk util-linux")
    page = report.page(
        sections(options.rounds, options.seconds, set(options.only or parts)), options.rounds, options.seconds
    )
    print(page)
    if options.only is None:
        RESULTS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
