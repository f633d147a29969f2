"""The command that repeats a check, as it was given, with secrets as variables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from mockserver.cli.check_options import OPTIONS, Option

RESULTS = ("report", "quiet", "write-baseline")  # what says what to do with a result, not what to check


def command(url: str | None, asked: Mapping[str, Any]) -> str:
    """The command line for sh of a check; `asked` has the parameters of `mockserver check` as they were given."""
    from mockserver.check.preflight import bare

    words = ["mockserver", "check", *([shlex.quote(bare(url))] if url else [])]
    for one in OPTIONS:
        value = asked[one.parameter]
        is_said = value not in (None, (), False) and (value != one.default or one.name == "seed")
        if is_said and one.name not in RESULTS:
            words += _words(one, value) if one.value else [f"--{one.name}"]
    return " ".join(words)


def _words(option: Option, value: Any) -> Iterator[str]:
    """`--header 'X-Account: '"$X_ACCOUNT"`."""
    for one in value if option.repeated else (value,):
        yield f"--{option.name}"
        if option.name == "header":
            name = one.partition(":")[0].strip()
            yield shlex.quote(f"{name}: ") + f'"${re.sub("[^A-Za-z0-9]", "_", name).upper()}"'
        elif option.value == "SECRET":
            yield f'"${option.parameter.upper()}"'
        elif option.name == "proxy":
            parts = urlsplit(one if "://" in one else f"http://{one}")
            yield shlex.quote(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
        else:
            yield shlex.quote(f"{one:g}" if isinstance(one, float) else str(one))
