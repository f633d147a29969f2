"""Loaded by schemathesis in the process that runs it: keeps what is unique unique, and off records of others.

It knows nothing of the package around it: what it needs stands in the file that MOCKSERVER_CHECK_HOOKS names.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import schemathesis

SAID: dict[str, Any] = json.loads(Path(os.environ["MOCKSERVER_CHECK_HOOKS"]).read_text("utf-8"))
UNIQUE: dict[str, list[list[str]]] = SAID["unique"]  # by 'POST /users': the ways to fields of a body
KEYS: dict[str, list[list[str]]] = SAID["keys"]  # of what changes a record: where its request names it
CREATES: dict[str, tuple[str, str, int]] = SAID["creates"]  # the resource, the field of its key, the status of success
RESOURCES: dict[str, str] = SAID["resources"]  # by operation: whose records it changes
OWN: dict[str, list[str]] = {}  # keys of records that this run made, by resource
NUMBERS = itertools.count(1)
# Where to tell what was made, as soon as it is; opened at once, while somebody reads there.
MADE = os.open(os.environ["MOCKSERVER_CHECK_MADE"], os.O_WRONLY | os.O_APPEND)
PARENT = os.getppid()
AT_REST = threading.Event()  # no call is under way
PATIENCE = 5.0  # seconds that the end waits for the call under way, which may make something
NOBODY = "mockserver-check-0", 2_147_483_600  # keys that no record has, as text and as number


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Changes a request before it is sent; sends none when the check that asked for it is gone."""
    if os.getppid() != PARENT:
        os._exit(1)
    AT_REST.clear()
    label = case.operation.label
    for way in KEYS.get(label, ()):
        holder = case.path_parameters if way[0] == "path" else case.body if way[0] == "body" else case.query
        _put(holder, way[1:], lambda value: _own(RESOURCES.get(label, ""), value))
    for way in UNIQUE.get(label, ()):
        _put(case.body, way, _unique)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remembers what was made, and tells it."""
    try:
        resource, key, status = CREATES.get(case.operation.label, ("", "", 0))
        if resource and 200 <= response.status_code < 300:
            keys = [*_keys(json.loads(response.content), key)]
            if response.status_code == status:  # another success shows what was there already
                OWN.setdefault(resource, []).extend(keys)
                _tell(response.request, keys)
    except ValueError:
        pass  # no JSON: other checks tell of that
    finally:
        AT_REST.set()


@schemathesis.hook
def after_network_error(context: Any, case: Any, request: Any) -> None:
    """There is no answer."""
    AT_REST.set()


AT_REST.set()
atexit.register(AT_REST.wait, PATIENCE)


def _tell(request: Any, keys: list[str]) -> None:
    path = urlsplit(request.url).path
    for key in keys:
        os.write(MADE, json.dumps({"method": request.method, "path": path, "key": key}).encode() + b"\n")


def _put(holder: Any, way: list[str], change: Any) -> None:
    """Changes the value that a way leads to, if there is one."""
    for name in way[:-1]:
        holder = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(holder, dict) and way and way[-1] in holder:
        holder[way[-1]] = change(holder[way[-1]])


def _own(resource: str, value: Any) -> Any:
    """A key of ours in place of one that may be anybody's; what can't be a key stays."""
    own = OWN.get(resource, [])
    if isinstance(value, bool) or not isinstance(value, str | int) or str(value) in own:
        return value
    if own:
        return type(value)(own[-1]) if isinstance(value, str) or own[-1].isdigit() else value
    return NOBODY[0] if isinstance(value, str) and not value.isdigit() else type(value)(NOBODY[1])


def _unique(value: Any) -> Any:
    """A text that is like another, and that nobody has sent before."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return value
    local, at, domain = value.rpartition("@")
    number = f"{SAID['run']}{next(NUMBERS)}"
    if at and "." in domain and '"' not in local and 0 < len(local) <= 40:
        return f"{local.rstrip('.')}-{number}@{domain}"
    return value


def _keys(value: Any, key: str, depth: int = 0) -> Iterator[str]:
    if isinstance(value, dict) and isinstance(value.get(key), str | int):
        yield str(value[key])
    elif depth < 3:
        for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _keys(inside, key, depth + 1)
