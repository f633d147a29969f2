"""docs/check.md has every law and every option, and none that there isn't."""

from __future__ import annotations

import re
from pathlib import Path

from mockserver.check.running import laws_by_part
from mockserver.cli.checking import check

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "check.md").read_text(encoding="utf-8")


def test_every_law_is_on_the_page_with_its_sentence() -> None:
    told = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([A-Z][^|]*) \|$", PAGE, re.MULTILINE))

    assert sorted(told) == sorted({name for laws in laws_by_part().values() for name in laws})


def test_every_option_is_on_the_page() -> None:
    options = {name for parameter in check.params for name in parameter.opts if name.startswith("--")}

    assert options - {"--help"} == set(re.findall(r"`(--[a-z-]+)", PAGE.partition("## Options")[2]))
