"""The measurements: what runs against what, always in turns, so that a slow minute of the machine hits all alike."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.cases import APIS, BARE, BY_HAND, GROWING, LIST, PATHS, SIZES, Case
from benchmarks.documents import write_json, write_yaml
from benchmarks.guessing import share
from benchmarks.load import Sample, filled, probe, run
from benchmarks.servers import Server, by_mock, by_uvicorn, resident, running

Runs = dict[str, dict[str, list[Sample]]]
"""The samples of each round, by case and by contender."""

VENDORS = Path(__file__).resolve().parents[2] / "shared" / "specs"
LARGE = 300_000  # bytes of a vendor's document from which on it is measured
MOCK = by_mock("pulse")
ALL = by_mock()
ALL_LIST = "/pulse" + LIST.path


def in_turns(turns: list[tuple[str, Case, Server]], rounds: int, seconds: int) -> Runs:
    """Each (contender, case, server) once a round."""
    found: Runs = defaultdict(lambda: defaultdict(list))
    for number in range(rounds):
        for contender, case, server in turns:
            sample = run(case, server.port, server.pid, seconds)
            found[case.name][contender].append(sample)
            figures = f"{sample.rate:10,.0f} /s {sample.cpu:6.1f} µs"
            print(f"round {number + 1}  {case.name:34} {contender:10} {figures}", flush=True)
    return found


def speed(rounds: int, seconds: int, with_mock: bool) -> Runs:
    """Runs of bare starlette, the app by hand and the mock, by case."""
    with ExitStack() as stack:
        bare = stack.enter_context(running(by_uvicorn("benchmarks.bare"), BARE.path))
        servers = {"hand": stack.enter_context(running(by_uvicorn("benchmarks.by_hand"), LIST.path))}
        if with_mock:
            servers["mock"] = stack.enter_context(running(MOCK, LIST.path))
        turns = [("bare", BARE, bare)]
        turns += [(contender, case, server) for case in BY_HAND for contender, server in servers.items()]
        return in_turns(turns, rounds, seconds)


def alike() -> dict[str, tuple[list[str], list[str]]]:
    """The names in the answers of both, by case, where they differ: like should be compared with like."""
    with running(by_uvicorn("benchmarks.by_hand"), LIST.path) as hand, running(MOCK, LIST.path) as mock:
        differing = {}
        for case in BY_HAND:
            names = [sorted(names_in(probe(filled(case, port), port))) for port in (hand.port, mock.port)]
            if names[0] != names[1]:
                differing[case.name] = (names[0], names[1])
        return differing


def names_in(value: object) -> set[str]:
    """Every property name in a JSON value."""
    match value:
        case dict():
            return set(value) | {name for each in value.values() for name in names_in(each)}
        case list():
            return {name for each in value for name in names_in(each)}
        case _:
            return set()


def growth(rounds: int, seconds: int) -> Runs:
    """Runs of the mock by case and by the number of records at start; what POST makes comes on top."""
    with ExitStack() as stack:
        servers = {}
        for size in SIZES:
            command = (*MOCK, "--records", f"users={size}")
            servers[f"{size:,}"] = stack.enter_context(running(command, LIST.path))
        found: Runs = {}
        for case in sorted(GROWING, key=lambda case: case.status == 201):  # what adds records comes last
            found |= in_turns([(size, case, server) for size, server in servers.items()], rounds, seconds)
        return found


def starts(repeats: int) -> dict[str, float]:
    """Median seconds from the command to the first answered request, not pinned to a core."""
    contenders = {
        "(b) by hand": (by_uvicorn("benchmarks.by_hand"), LIST.path),
        "(c) mock, one API": (MOCK, LIST.path),
        "(c) mock, all bundled APIs": (ALL, ALL_LIST),
    }
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeats):
        for name, (command, path) in contenders.items():
            with running(command, path, pinned=False) as server:
                found[name].append(server.ready)
    return {name: median(seconds) for name, seconds in found.items()}


def memory() -> dict[str, float]:
    """MiB resident after the first answer."""
    found = {}
    with running(by_uvicorn("benchmarks.by_hand"), LIST.path) as hand:
        found["(b) by hand"] = resident(hand.pid)
    with running(ALL, ALL_LIST) as mock:
        found["(c) mock, all bundled APIs"] = resident(mock.pid)
    return found


def apis(rounds: int, seconds: int) -> Runs:
    """Runs of every bundled API's main list and create, all served at once, beside bare starlette."""
    with ExitStack() as stack:
        bare = stack.enter_context(running(by_uvicorn("benchmarks.bare"), BARE.path))
        mock = stack.enter_context(running((*ALL, "--no-rate-limits"), ALL_LIST))
        turns = [("bare", BARE, bare), *(("mock", case, mock) for case in APIS if case.method == "GET")]
        found = in_turns(turns, rounds, seconds)
        makes = [("mock", case, mock) for case in APIS if case.method == "POST"]  # what adds records comes last
        return found | in_turns(makes, rounds, seconds)


def routing(rounds: int, seconds: int) -> Runs:
    """Runs of one read in documents of few and of many paths."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        turns = []
        for paths in PATHS:
            write_json(folder / f"{paths}.json", paths // 2)
            number = paths // 4
            case = Case("list, of a document with many paths", "GET", f"/things{number}?limit=20")
            server = stack.enter_context(running(by_mock(str(folder / f"{paths}.json")), case.path))
            turns.append((f"{paths:,}", case, server))
        return in_turns(turns, rounds, seconds)


def large_documents(repeats: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds to the first answer, and MiB resident then, for 3 MB of YAML and 13 MB of JSON with 1,200 operations."""
    ready: dict[str, list[float]] = defaultdict(list)
    held: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory() as name:
        files = {"(c) 3 MB of YAML": Path(name, "large.yaml"), "(c) 13 MB of JSON": Path(name, "large.json")}
        write_yaml(files["(c) 3 MB of YAML"], 300, 2_400_000)
        write_json(files["(c) 13 MB of JSON"], 300, 12_400_000)
        for _ in range(repeats):
            for label, path in files.items():
                with running(by_mock(str(path)), "/things7", pinned=False) as server:
                    ready[label].append(server.ready)
                    held[label].append(resident(server.pid))
    return (
        {label: median(found) for label, found in ready.items()},
        {label: median(found) for label, found in held.items()},
    )


def guesses() -> dict[str, float]:
    """What guessing adds to the CPU of a start, as a part of all the rest: of bundled, large and vendors' documents.

    Vendors' documents stand beside the repository, where there are any.
    """
    vendors = {f"(c) {path.stem}": str(path) for path in sorted(VENDORS.glob("*.*")) if path.stat().st_size > LARGE}
    with TemporaryDirectory() as name:
        large = Path(name, "large.yaml")
        write_yaml(large, 300, 2_400_000)
        documents = {"(c) pulse": "pulse", "(c) 3 MB of YAML": str(large), **vendors}
        return {label: share(document) for label, document in documents.items()}
