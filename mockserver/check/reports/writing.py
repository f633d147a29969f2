"""Writes a result in the formats that other tools, and other people, read."""

from __future__ import annotations

import os
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


def file_of(report: tuple[str, str | None]) -> Path:
    """Where a report goes."""
    name, file = report
    return Path(file or FORMATS[name].file)


def hindrance(path: Path) -> str:
    """Why a file couldn't be written, as far as that can be told beforehand; empty where nothing is in its way."""
    if path.is_dir():
        return "it is a folder"
    folder = next(one for one in path.absolute().parents if one.exists())
    if not folder.is_dir():
        return f"{folder} is no folder"
    return "" if os.access(path if path.exists() else folder, os.W_OK) else "that isn't allowed"


def write(result: Result, reports: Iterable[tuple[str, str | None]]) -> list[Path]:
    """Writes the reports that were asked for, as (format, file or None); their files. Raises OSError."""
    written = []
    for one in reports:
        path = file_of(one)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A lone surrogate, which a server may well have sent, is no UTF-8.
        path.write_bytes(FORMATS[one[0]].text(result).encode("utf-8", "replace"))
        written.append(path)
    return written
