"""schemathesis, run by tests against a server: in a process of its own, as `st run` does.

The process is forked from one that has imported schemathesis already, which takes longer than many of the runs.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
KEYS = {"Authorization": "Bearer test-key"}
Excuse = Sequence[str]
"""A failure that is none: its class, and patterns of the operationId, of what was sent and of the answer."""

REFUSED_BY_SIZE = ("AcceptedNegativeData", ".*", "", r"\A413 ")  # which schemathesis doesn't know to be a refusal


def checked(
    document: Path, url: str, folder: Path, *options: object, examples: int, excused: Iterable[Excuse] = (),
    seed: int = 1, headers: Mapping[str, str] = KEYS, seconds: int,
) -> dict[str, Any]:
    """The report of `st run DOCUMENT -u URL OPTIONS`, with `code`, its exit code, and `printed`, what it said."""
    config, report, log = folder / "schemathesis.toml", folder / "report.json", folder / "schemathesis.log"
    config.write_text(  # nothing is kept from run to run, and no failure hides those behind it
        f"seed = {seed}\nworkers = 1\ncontinue-on-failure = true\n"
        f"[generation]\nmax-examples = {examples}\ndatabase = 'none'\n[cache]\nenabled = false\n[headers]\n"
        + "".join(f"{name} = '{value}'\n" for name, value in headers.items())
    )
    arguments = [
        "--config-file", config, "run", document, "-u", url, "--report", "json", "--report-json-path", report, *options
    ]  # fmt: skip
    environment = {"SCHEMATHESIS_HOOKS": str(HOOKS), "EXCUSED": json.dumps([*map(list, excused)])}
    process = forked().Process(target=_st, args=([*map(str, arguments)], str(folder), environment, str(log)))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
    found: dict[str, Any] = json.loads(report.read_text()) if report.is_file() else {}
    return {**found, "code": process.exitcode, "printed": log.read_text(errors="replace")[-40_000:]}


@cache
def forked() -> multiprocessing.context.ForkServerContext:
    """What processes are forked from; the order of sets is part of what a seed fixes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["schemathesis.cli.commands.run.executor", "schemathesis.specs.openapi.schemas"])
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before
    return context


def _st(arguments: list[str], folder: str, environment: dict[str, str], log: str) -> None:
    """What the process does: ends as the command would."""
    os.chdir(folder)
    os.environ.update(environment)
    for stream in (1, 2):
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    from schemathesis.cli import schemathesis

    schemathesis.main(args=arguments, prog_name="st")
    sys.exit(0)
