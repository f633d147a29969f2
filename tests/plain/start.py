"""Starts a plain server: clean, with a planted bug, right in another way, or from a changed source of its own."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from tests.plain.bugs import PLANTED, VARIANTS, Bug
from tests.plain.wire import serve


def main(path: str, name: str, base: str) -> None:
    """Serves the class `name` of a module, whose API lives at `base`."""
    bugs, variants = ({bug.name: bug for bug in table[Path(path).stem]} for table in (PLANTED, VARIANTS))
    parser = argparse.ArgumentParser(prog=f"python -m tests.plain.{Path(path).stem}")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--bug", choices=sorted(bugs), metavar="NAME", help="one of tests/plain/bugs.py")
    parser.add_argument("--variant", choices=sorted(variants), metavar="NAME", help="one of tests/plain/variants.py")
    parser.add_argument("--source", type=Path, help="another source of the server")
    arguments = parser.parse_args()
    source = (arguments.source or Path(path)).read_text(encoding="utf-8")
    if arguments.bug:
        source = planted(source, bugs[arguments.bug])
    if arguments.variant:
        source = planted(source, variants[arguments.variant])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(load(source, path)[name]().answer, arguments.port, base)


def planted(source: str, bug: Bug) -> str:
    """The source with a bug in it."""
    for right, wrong in bug.changes:
        if source.count(right) != 1:
            raise SystemExit(f"{bug.name}: {right!r} is there {source.count(right)} times, not once")
        source = source.replace(right, wrong)
    return source


def load(source: str, path: str) -> dict[str, Any]:
    """What a source defines."""
    names: dict[str, Any] = {"__name__": "plain", "__file__": path}
    exec(compile(source, path, "exec"), names)
    return names
