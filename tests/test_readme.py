"""The README's shell blocks, run as a newcomer would: in a fresh clone with its own `.venv`, with real processes.

tests/shell.py says how to write a block.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import File, Shell, Step, answers, steps

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in an empty folder; whatever it left running ends with the test."""
    newcomer = Shell(tmp_path, tmp_path / ".venv" / "bin")
    yield newcomer
    for name in list(newcomer.servers):
        newcomer.stop(name)


def cloned(folder: Path) -> None:
    """The files that git knows, as they are in the working tree now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


@pytest.mark.slow
def test_the_readme_does_what_it_says(shell: Shell) -> None:
    cloned(shell.folder)
    shell.run(Step("make .venv/.plain"))  # what `make serve` does first; blocks before it may need `mockserver` as well
    for step in steps((ROOT / "README.md").read_text(encoding="utf-8")):
        shell.run(step)


def test_the_readme_names_the_commands_that_ci_runs() -> None:
    said = steps((ROOT / "README.md").read_text(encoding="utf-8"))
    commands = [step.command for step in said if isinstance(step, Step)]
    assert "make test" in commands
    assert "make serve" in commands
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text()


def test_steps_of_a_block() -> None:
    block = "```console\n$ echo one \\\n  two\none two\n$ true\n```\n\n```sh\n# a comment\nmake serve\n```\n"
    assert list(steps(block)) == [Step("echo one   two", "one two\n"), Step("true"), Step("make serve")]


def test_a_file_of_a_page_is_written(shell: Shell) -> None:
    (file,) = steps("```js file=ask.mjs\nfetch('http://127.0.0.1:4010')\n```\n\n```js\nnot a file\n```\n")
    assert file == File("ask.mjs", "fetch('http://127.0.0.1:4010')\n")
    shell.run(file)
    assert (shell.folder / "ask.mjs").read_text() == f"fetch('http://127.0.0.1:{shell.ports['4010']}')\n"


def test_three_dots_stand_for_anything(shell: Shell) -> None:
    shell.run(Step("printf 'a\\nb\\nc 7 d\\n'", "a\n...\nc ... d\n...\n"))
    with pytest.raises(AssertionError):
        shell.run(Step("printf 'a\\nb\\n'", "a\nc\n"))


def test_a_failing_command_fails(shell: Shell) -> None:
    with pytest.raises(AssertionError):
        shell.run(Step("false | true"))


def test_exports_hold(shell: Shell) -> None:
    shell.run(Step("export WHO=world"))
    shell.run(Step("echo hello $WHO", "hello world\n"))


def test_a_server_runs_on_while_others_ask_it(shell: Shell) -> None:
    shell.run(Step("python3 -m http.server 4010 --bind 127.0.0.1 &", "Serving HTTP on 127.0.0.1 port 4010 ...\n"))
    shell.run(Step("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:4010", "200\n"))
    shell.run(next(iter(steps("```console\n^C\n```\n"))))
    assert not answers(shell.ports["4010"])
