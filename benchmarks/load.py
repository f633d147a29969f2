"""Load on a server: wrk on a core of its own, and what it saw."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import HEADERS, Case

LOAD_CORE = 1
CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("load.lua")


class WrongAnswer(Exception):
    """A server did not answer as the case says: its speed would mean nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of wrk: requests per second, CPU microseconds of the server per request, latencies in milliseconds."""

    rate: float
    cpu: float
    p50: float
    p99: float


def ask(port: int, method: str, path: str, body: str = "") -> tuple[int, Any]:
    """One request: its status and its JSON. Raises OSError while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body or None, HEADERS)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None
    finally:
        connection.close()


def filled(case: Case, port: int) -> Case:
    """The case with the newest record's id and email in it."""
    path, body = case.path, case.body
    if "{id}" in path or "{email}" in body:
        newest = ask(port, "GET", path.partition("/{id}")[0])[1]["data"][0]
        path, body = path.replace("{id}", newest["id"]), body.replace("{email}", newest.get("email", ""))
    return Case(case.name, case.method, path, case.status, body)


def probe(case: Case, port: int) -> Any:
    """The answer to one request of the case. Raises WrongAnswer when its status is another."""
    body = case.body.replace("UNIQUE", f"probe{time.time_ns()}")
    status, answer = ask(port, case.method, case.path, body)
    if status != case.status:
        raise WrongAnswer(f"{case.name}: {case.method} {case.path} answered {status}: {answer}")
    return answer


def cpu_seconds(pid: int) -> float:
    """What a process has spent so far, in user and system mode; whole ticks of usually 10 ms (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(case: Case, port: int, pid: int, seconds: int) -> Sample:
    """wrk for so many seconds. Raises WrongAnswer when any answer has the wrong kind of status."""
    case = filled(case, port)
    probe(case, port)
    headers = [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]
    pinned = ["taskset", "-c", str(LOAD_CORE)]
    wrk = [*pinned, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), *headers]
    url = f"http://127.0.0.1:{port}{case.path}"
    arguments = [case.method, case.body, f"{time.time_ns():x}"]
    before = cpu_seconds(pid)
    done = subprocess.run([*wrk, url, "--", *arguments], capture_output=True, text=True, check=True)
    spent = cpu_seconds(pid) - before
    result = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    requests, microseconds, refused, broken, p50, p99 = map(int, result.split()[1:])
    if broken or refused != (requests if case.status >= 400 else 0):
        raise WrongAnswer(f"{case.name}: of {requests} answers {refused} were 4xx or 5xx, {broken} connections broke")
    return Sample(requests / microseconds * 1e6, spent / requests * 1e6, p50 / 1000, p99 / 1000)
