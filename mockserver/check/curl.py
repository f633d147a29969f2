"""A curl script that shows a finding again: its calls in order, secrets as variables, keys of new records passed on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

import orjson

from mockserver.check.findings import Exchange, Finding
from mockserver.world.journal import MASK

QUIET = frozenset({"accept", "user-agent", "content-length", "host", "connection", "accept-encoding"})
VARIABLES = {"key": "KEY", "readonly-key": "READONLY_KEY", "burst-key": "BURST_KEY", "wrong": "WRONG_KEY"}
LONGEST = 4_000  # characters of a body that are shown


def script(finding: Finding, origin: str) -> str:
    """The calls of a finding as a script for sh; `origin` is the server's, without a path.

    What an earlier answer gave, such as the id of a new record, is taken from there, so that it runs on a fresh server.
    """
    lines, known = [], dict[str, str]()
    for place, exchange in enumerate(finding.exchanges, 1):
        command = call(exchange, origin)
        for value, variable in known.items():
            command = command.replace(value, f"'\"${variable}\"'")
        later = finding.exchanges[place:]
        key = _key(exchange)
        if key is not None and key not in known and any(_uses(one, key) for one in later):
            variable = f"ID{len(known) + 1}"
            name = _member(exchange, key)
            lines.append(f'{variable}=$({command} | sed -n \'s/.*"{name}": *"\\{{0,1\\}}\\([^",}}]*\\).*/\\1/p\')')
            known[key] = variable
        else:
            lines.append(f"{command}  # {exchange.status or exchange.error}")
    return "\n".join(lines)


def call(exchange: Exchange, origin: str) -> str:
    """One call as a curl command."""
    parts = ["curl -s -i"] if exchange.method != "HEAD" else ["curl -s -I"]
    if exchange.method not in ("GET", "HEAD"):
        parts.append(f"-X {exchange.method}")
    parts.append(_quoted(f"{origin}{exchange.path}", exchange))
    for name, value in exchange.headers:
        if name.lower() not in QUIET:
            parts.append(f"-H {_quoted(f'{name}: {value}', exchange)}")
    if exchange.body:
        parts.append(f"--data-binary {_body(exchange.body)}")
    return " ".join(parts)


def _quoted(text: str, exchange: Exchange) -> str:
    """A text for sh, a masked secret as the variable of its key."""
    variable = VARIABLES.get(exchange.key, "SECRET")
    return shlex.quote(text).replace(MASK, f"'\"${variable}\"'")


def _body(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    if text and "\0" not in text:
        return shlex.quote(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
    escaped = "".join(f"\\{byte:03o}" for byte in body[:LONGEST])
    return f'"$(printf {shlex.quote(escaped)})"'


def _key(exchange: Exchange) -> str | None:
    """The key of the record that an answer shows, as far as it can be told from its text."""
    if exchange.method not in ("POST", "PUT") or not 200 <= exchange.status < 300:
        return None
    try:
        body = orjson.loads(exchange.answer)
    except orjson.JSONDecodeError:
        return None
    found = [value for value in _scalars(body) if len(value) >= 4 and re.fullmatch(r"[\w.:-]+", value)]
    return found[0] if found else None


def _scalars(value: object) -> list[str]:
    """The values of members whose names end as those of keys do."""
    found = []
    for name, inside in value.items() if isinstance(value, dict) else ():
        if (
            isinstance(inside, str | int)
            and not isinstance(inside, bool)
            and re.search(r"(^|_)(id|gid|uid|key)$|Id$", name)
        ):
            found.append(str(inside))
        elif isinstance(inside, dict):
            found += _scalars(inside)
    return found


def _member(exchange: Exchange, key: str) -> str:
    text = exchange.answer.decode("utf-8", "replace")
    found = re.search(rf'"(\w+)"\s*:\s*"?{re.escape(key)}\b', text)
    return found[1] if found else "id"


def _uses(exchange: Exchange, key: str) -> bool:
    return key in exchange.path or key.encode() in exchange.body


def shown(exchanges: Sequence[Exchange], origin: str) -> str:
    """Plain commands, one a line, as they were sent."""
    return "\n".join(f"{call(one, origin)}  # {one.status or one.error}" for one in exchanges)
