"""Writes a result in the formats that other tools, and other people, read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from mockserver.check.findings import Result
from mockserver.check.reports import har, html, json, junit, markdown
from mockserver.spec.errors import nearest


class Format(NamedTuple):
    """One kind of report."""

    file: str  # where it goes when nobody says
    text: Callable[[Result], str]


FORMATS: Mapping[str, Format] = {
    "junit": Format("mockserver-check.xml", junit.text),
    "json": Format("mockserver-check.json", json.text),
    "html": Format("mockserver-check.html", html.text),
    "har": Format("mockserver-check.har", har.text),
    "markdown": Format("mockserver-check.md", markdown.text),
}


def asked(word: str) -> tuple[str, str | None]:
    """`html=out/report.html` as a format and a file. Raises ValueError for a format that there isn't."""
    name, equals, file = word.partition("=")
    if name not in FORMATS:
        raise ValueError(f"there is no report {name!r}{nearest(name, FORMATS)}")
    if equals and not file:
        raise ValueError(f"{word!r} names no file; {name} alone means {FORMATS[name].file}")
    return name, file or None


def write(result: Result, reports: Iterable[tuple[str, str | None]]) -> list[Path]:
    """Writes the reports that were asked for, as (format, file or None); their files. Raises OSError."""
    written = []
    for name, file in reports:
        kind = FORMATS[name]
        path = Path(file or kind.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A lone surrogate, which a server may well have sent, is no UTF-8.
        path.write_bytes(kind.text(result).encode("utf-8", "replace"))
        written.append(path)
    return written
