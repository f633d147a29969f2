"""A newcomer's shell, for the tests that run what a Markdown page shows (README.md, docs/how-to/): see `steps`.

How to write a block:
- ```sh: every command has to succeed; what it prints is not looked at.
- ```console: `$ command`, and beneath it what it prints. `...` stands for anything in its line, alone in a line for any
  number of lines. A command may go on in the next line after a backslash; with nothing beneath it has to succeed only.
- ```python file=test_contacts.py (any language): the file that the reader now writes, in the shell's folder.
- `make serve`, `mockserver serve …` and whatever ends in ` &` run on in the background, until another server takes
  their port. The next command comes when the port answers; what is shown beneath has to be how their output begins.
- A ```console block of `^C` alone: the reader ends the server that was started last.
- Ports 4010 to 4019 are exchanged for free ones, in commands, in files and in what they print.
- `export` and `cd` hold for what follows. Commands in NOT_RUN are left out, for the reason beside them.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FENCE = re.compile(r"^```(sh|console|\w+ file=(?P<file>[\w.-]+))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVER = re.compile(r"^(make serve|mockserver serve|python -m mockserver serve)\b|&$")
PORT = re.compile(r"\b401\d\b")
NOT_RUN = {
    "git clone": "the test has its own clone",
    "cd crm-mockserver": "it is there already",
    "make test": "this is make test",
    "make check": "the same and more",
    "make bench": "takes minutes, and the machine to itself",
}
NOT_INHERITED = ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "VENV", "PORT")
READY_WITHIN = 30  # seconds


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what it should print; None where nobody looks."""

    command: str
    output: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file to write."""

    name: str
    content: str


def steps(markdown: str) -> Iterator[Step | File]:
    """What all blocks say, in order."""
    for kind, file, block in FENCE.findall(markdown):
        if file:
            yield File(file, block)
            continue
        block = block.replace("\\\n", "")
        if kind == "sh":
            yield from (Step(line) for line in block.splitlines() if line.strip() and not line.startswith("#"))
            continue
        if block.strip() == "^C":
            yield Step("^C")
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Step(command, output if output.strip() else None)


def matches(wanted: str, printed: str) -> bool:
    """Whether a command printed what the README shows, blanks at the ends of lines aside; `...` is anything."""
    pattern = ""
    for line in trimmed(wanted):
        pattern += r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in trimmed(printed))) is not None


def trimmed(text: str) -> list[str]:
    """The lines of a text without blanks at their ends and without empty ones around them."""
    return [line.rstrip() for line in text.strip().splitlines()]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def answers(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


@dataclass(slots=True)
class Shell:
    """A newcomer's shell in a folder: what was exported, which ports stand for which, what runs in the background."""

    folder: Path
    commands: Path  # where `mockserver` and `python` are
    variables: dict[str, str] = field(default_factory=dict)
    before: str = ""
    ports: dict[str, str] = field(default_factory=dict)
    servers: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def free(self, text: str) -> str:
        """The text with free ports for those of the page."""
        return PORT.sub(lambda port: self.ports.setdefault(port[0], free_port()), text)

    def shown(self, text: str) -> str:
        """The text with the page's ports again."""
        for port, free in self.ports.items():
            text = text.replace(free, port)
        return text

    def start(self, command: str, **streams: object) -> subprocess.Popen[str]:
        """A command in a session of its own."""
        path = f"{self.commands}{os.pathsep}{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        fitting = {"PATH": path, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONUNBUFFERED": "1"}
        environment = {**kept, **fitting, **self.variables}
        script = ["bash", "-c", f"set -eo pipefail\n{self.before}{command}"]
        fixed = {"cwd": self.folder, "env": environment, "text": True, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(script, start_new_session=True, **fixed, **streams)

    def run(self, step: Step | File) -> None:
        """Does what the page says; fails with what was wanted and what was printed."""
        if isinstance(step, File):
            (self.folder / step.name).write_text(self.free(step.content), encoding="utf-8")
            return
        if any(step.command.startswith(prefix) for prefix in NOT_RUN):
            return
        if step.command == "^C":
            self.stop([*self.servers][-1], signal.SIGINT)
            return
        if SERVER.search(step.command):
            self.serve(step)
            return
        process = self.start(self.free(step.command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        printed = self.shown(process.communicate(timeout=300)[0])
        assert process.returncode == 0, f"$ {step.command}\n{printed}"
        wanted = step.output
        assert wanted is None or matches(wanted, printed), f"$ {step.command}\n{printed}\nwanted:\n{wanted}"
        if step.command.startswith(("export ", "cd ")):
            self.before += self.free(step.command) + "\n"

    def serve(self, step: Step) -> None:
        """Starts a server in the background, and returns when its port answers and its output begins as shown."""
        shown_port = PORT.search(step.command)
        name = shown_port[0] if shown_port else "4010"
        port = self.free(name)
        self.stop(name)
        command = self.free(step.command).removesuffix("&")
        if not shown_port:
            command = f"PORT={port} {command}" if command.startswith("make") else f"{command} --port {port}"
        log = self.folder / f"server-{name}.log"
        with log.open("w") as stream:
            self.servers[name] = process = self.start(command, stdout=stream, stderr=subprocess.STDOUT)
        wanted, deadline, printed = f"{(step.output or '').rstrip()}\n...", time.monotonic() + READY_WITHIN, ""
        while time.monotonic() < deadline and process.poll() is None:
            printed = self.shown(log.read_text())
            if answers(port) and matches(wanted, printed):
                return
            time.sleep(0.05)
        pytest.fail(f"$ {step.command}\n{printed}\nwanted within {READY_WITHIN} s:\n{wanted}")

    def stop(self, name: str, by: int = signal.SIGTERM) -> None:
        """Ends the server on a port of the page, and what it started."""
        if process := self.servers.pop(name, None):
            for _ in range(3):  # Python drops an interrupt that comes while an object is being finalized
                os.killpg(process.pid, by)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=7)
                    return
            process.wait(timeout=7)
