"""The shape of the package, held over its syntax trees: which way imports go, what is pure, how large a part may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mockserver"

# What each part may import of the others, itself apart. A part is a folder or a module right under mockserver/.
MAY_IMPORT = {
    "spec": {"spec"},
    "world": {"world"},  # and ALSO below
    "steps": {"spec", "world"},  # and SHARED_STEPS and STEP_PARTS of its own
    "surroundings": {"spec", "steps"},
    "listings": {"spec", "world", "steps", "surroundings"},
    "handlers": {"spec", "steps", "surroundings", "listings"},
    "planning": {"spec", "steps", "surroundings", "handlers"},
    "seeds": {"spec", "world", "steps"},
    "sources": {"spec"},
    "explanation": {"spec"},
    "served": {"spec", "world", "steps", "surroundings", "planning", "seeds"},
    "trouble": {"spec", "world", "steps", "surroundings", "planning", "trouble"},
    "origin": {"spec"},
    "service": {"spec", "world", "steps", "planning", "served", "explanation", "trouble", "origin"},
    "commands": {"spec", "world", "trouble", "served", "service", "commands"},
    "audit": {"spec", "world", "served"},
    "atlas": {"spec", "world", "steps", "trouble", "served", "service", "commands", "atlas"},
    "states": {"spec", "world", "steps", "trouble", "service", "commands", "states"},
    "web": {"spec", "world", "steps", "trouble", "service", "commands", "atlas", "audit", "states", "sources", "web"},
    "check": {"spec", "world", "steps", "service", "commands", "check"},
    "cli": {
        "explanation", "spec", "world", "steps", "service", "commands", "atlas", "states", "sources", "web", "check",
        "cli",
        "client",
    },
    "pytest_plugin": {"client", "check", "cli", "spec"},  # the mock itself is another process
    "__main__": {"cli"},
    "client": {"client"},  # what somebody's tests import: nothing of the server comes with it
    "__init__": {"client"},
}
ALSO = {"world": {"mockserver.spec.errors"}}  # a fixture's mistake is a SpecError too
# Steps don't know each other, but for what they all speak in and for the modules that one is made of.
SHARED_STEPS = {"call", "values", "styles", "texts", "casts", "faults", "addresses", "lookups", "parents"}
STEP_PARTS = {
    "inputs": {"parameters", "querystring", "media"},
    "limits": {"windows"},
    "parameters": {"slots"},
    "querystring": {"slots"},
    "media": {"forms", "xml"},
    "access": {"challenges", "tokens"},
    "answers": {"hiding", "mending", "negotiation", "samples", "wire_out"},
    "wire_out": {"multipart_out", "tiny_files"},
    "mending": {"samples"},
    "writes": {"mending", "samples", "embeds", "keeping", "rules"},
    "resources": {"writes"},
    "search": {"query"},
    "events": {"writes", "views"},
    "outside": {"events", "samples", "views", "writes"},
    "callbacks": {"samples"},
}
ONLY_IN = {"starlette": {"web"}, "uvicorn": {"web"}, "schemathesis": {"check"}, "pytest": {"pytest_plugin"}}

PURE = (
    "spec", "world", "steps", "surroundings", "listings", "handlers", "planning", "seeds", "served", "trouble",
    "origin", "service", "commands", "atlas", "audit", "states",
)  # fmt: skip
# fmt: off
IMPURE_MODULES = {
    "asyncio", "glob", "http.client", "http.server", "io", "importlib.resources",
    "os", "pathlib.Path", "pkgutil", "random", "secrets", "shutil", "signal", "socket",
    "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid",
}
IMPURE_BUILTINS = {"open", "hash", "input", "print"}
IMPURE_METHODS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob", "mkdir", "unlink",
    "exists", "is_file", "is_dir", "stat", "cwd", "home",
}
# fmt: on
CLOCKS = {"now", "utcnow", "today"}

MODULE_LINES = 350  # about 300; above the bound a module answers two questions
FUNCTION_LINES = 40  # about 30, without the docstring; the typical one has 6
LONGER = {  # functions beyond the bound, each for a reason
    "mockserver.spec.text:build": "one loop over the parser's events: taking it apart costs start-up time",
    "mockserver.spec.walk_schema:walk_schema": "one loop over all keywords of all schemas: for start-up time as well",
}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "base", "common", "core", "misc", "tools", "shared", "manager"}
BANNED_SUFFIXES = ("Manager", "Handler", "Factory", "Processor", "Context")
MACHINE_PATH = re.compile(r"(?<![\w.})/-])/(?:home|Users|root|work|mnt)/\w|[A-Z]:\\\\?Users")


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name; a package's `__init__` has the package's."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def tree(name: str) -> ast.Module:
    """The syntax of a module; read when a test asks, since every process that runs tests reads this file."""
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def every_module(holds: Callable[[str], None]) -> Callable[[], None]:
    """One test of all modules: thousands of tests would take longer than what they look at."""

    def test() -> None:
        wrong = {}
        for name in MODULES:
            try:
                holds(name)
            except AssertionError as error:
                wrong[name] = str(error)
        assert wrong == {}

    return test


def part(name: str) -> str:
    """`mockserver.steps.call` -> `steps`."""
    return [*name.split("."), "__init__"][1]


def imports(syntax: ast.AST) -> Iterator[str]:
    """The dotted names that a module imports, inside functions too: `x.y` for `from x import y`, `.` where relative."""
    for node in ast.walk(syntax):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (("." if node.level else f"{node.module}.{alias.name}") for alias in node.names)


def own_imports(syntax: ast.AST) -> set[str]:
    """The modules of this package that a module imports."""
    targets = set()
    for target in imports(syntax):
        if target.split(".")[0] == "mockserver":
            targets.add(target if target in MODULES else target.rpartition(".")[0])
    return targets


def strays(name: str, syntax: ast.AST) -> list[str]:
    """The imports that go the wrong way."""
    mine, found = part(name), []
    for target in sorted(own_imports(syntax)):
        known = ALSO.get(mine, set())
        if mine == "steps":
            last = name.rpartition(".")[2]
            known = {f"mockserver.steps.{step}" for step in SHARED_STEPS | STEP_PARTS.get(last, set())}
        if part(target) not in MAY_IMPORT[mine] and target not in known:
            found.append(target)
    return found


def size(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function has, its docstring aside."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def dotted(node: ast.expr) -> str:
    """`datetime.datetime.now` for the expression that says so; an empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def impurities(syntax: ast.AST) -> list[str]:
    """What does I/O, reads a clock or the environment, or rolls dice that no seed decides."""
    found = [
        target
        for target in imports(syntax)
        if any(f"{target}.".startswith(f"{bad}.") for bad in IMPURE_MODULES)
    ]
    for node in ast.walk(syntax):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_BUILTINS:
            found.append(f"{node.func.id}() in line {node.lineno}")
        if isinstance(node.func, ast.Attribute):
            receiver = dotted(node.func.value)
            clock = node.func.attr in CLOCKS and receiver.rpartition(".")[2] in {"datetime", "date"}
            given = receiver.split(".")[0] == "self"  # what it was given, or itself
            if clock or (node.func.attr in IMPURE_METHODS and not given):
                found.append(f".{node.func.attr}() in line {node.lineno}")
    return found


@every_module
def test_imports_go_one_way(name: str) -> None:
    assert part(name) in MAY_IMPORT, f"{name} has no layer: give it one in MAY_IMPORT, and in ARCHITECTURE.md"
    assert strays(name, tree(name)) == []


@every_module
def test_imports_are_absolute(name: str) -> None:
    assert "." not in set(imports(tree(name)))


@every_module
def test_frameworks_stay_in_their_folder(name: str) -> None:
    frameworks = {target.split(".")[0] for target in imports(tree(name))} & ONLY_IN.keys()
    assert [each for each in frameworks if part(name) not in ONLY_IN[each]] == []


def test_nothing_imports_in_a_circle() -> None:
    graph = {name: own_imports(tree(name)) - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@every_module
def test_no_import_only_for_types(name: str) -> None:
    assert "TYPE_CHECKING" not in MODULES[name].read_text(encoding="utf-8")


@every_module
def test_the_core_is_pure(name: str) -> None:
    assert part(name) not in PURE or impurities(tree(name)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "from os import environ",
        "from urllib.request import urlopen",
        "import random",
        "from uuid import uuid4",
        "from time import monotonic",
        "open('x')",
        "Path('x').read_text()",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "hash(key) % 7",
    ],
)
def test_what_counts_as_impure(source: str) -> None:
    assert impurities(ast.parse(source))


@pytest.mark.parametrize("source", ["call.now", "clock.now(real)", "from urllib.parse import quote", "sha256(b'')"])
def test_what_counts_as_pure(source: str) -> None:
    assert impurities(ast.parse(source)) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("mockserver.world.x", "from mockserver.spec.schema import compile"),
        ("mockserver.spec.x", "from mockserver.world import world"),
        ("mockserver.steps.x", "from mockserver.steps.paging import page"),
        ("mockserver.service", "def later():\n    import mockserver.web.app"),
        ("mockserver.check.x", "from mockserver.cli.main import main"),
    ],
)
def test_what_counts_as_the_wrong_way(name: str, source: str) -> None:
    assert strays(name, ast.parse(source))


@every_module
def test_no_python_names_a_bundled_api(name: str) -> None:
    source = MODULES[name].read_text(encoding="utf-8")
    for api in (path.stem for path in sorted((ROOT / "openapi").glob("*.yaml"))):
        named = re.search(api.replace("-", "[-_ ]?"), source, re.IGNORECASE)
        assert named is None, f"{api} is named; what it needs belongs in its document"


@every_module
def test_modules_and_functions_are_small(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= MODULE_LINES
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    sizes = {each.name: size(each) for each in functions if f"{name}:{each.name}" not in LONGER}
    assert {function: lines for function, lines in sizes.items() if lines > FUNCTION_LINES} == {}


@every_module
def test_names_say_something(name: str) -> None:
    assert not BANNED_NAMES & set(name.split("."))
    classes = [node.name for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef)]
    assert [each for each in classes if each.endswith(BANNED_SUFFIXES)] == []


@every_module
def test_a_module_says_its_job(name: str) -> None:
    if tree(name).body:
        assert ast.get_docstring(tree(name))


def test_serving_never_imports_the_checker() -> None:
    doors = ["mockserver.cli.main", *(name for name in MODULES if part(name) in ("service", "web"))]
    script = f"import sys, {', '.join(doors)}\nprint(sys.modules.keys() & {{'schemathesis', 'pytest', 'hypothesis'}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("set()", "")


def committed() -> list[str]:
    """The files that git knows, or none where this is no clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machines_paths() -> None:
    found = []
    for name in committed():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content and (hit := MACHINE_PATH.search(content.decode("utf-8", "replace"))):
            found.append(f"{name}: {hit.group()}")
    assert found == []
