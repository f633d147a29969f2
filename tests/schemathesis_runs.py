"""schemathesis, run by tests against a server: in a process of its own, as `st run` does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.forking import forked

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
KEYS = {"Authorization": "Bearer test-key"}
Excuse = Sequence[str]
"""A failure that is none: its class, and patterns of the operationId, of what was sent and of the answer."""


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
    environment = {
        **os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS), "EXCUSED": json.dumps([*map(list, excused)]),
        "PYTHONHASHSEED": "0",  # the order of sets is part of what a seed fixes
    }  # fmt: skip
    with log.open("w") as to:
        process = forked("schemathesis.cli", *map(str, arguments), stdout=to.fileno(), stderr=to.fileno(), cwd=folder,
                         env=environment)  # fmt: skip
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            code = None
    found: dict[str, Any] = json.loads(report.read_text()) if report.is_file() else {}
    return {**found, "code": code, "printed": log.read_text(errors="replace")[-40_000:]}
