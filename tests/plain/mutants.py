"""Generic mutants of the plain servers: operators, constants, conditions and statements changed where a seed says.

`python -m tests.plain.mutants` checks each mutant and writes docs/check-mutants.md; `make mutants` does that.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import tempfile
from collections.abc import Iterator
from multiprocessing import Pool
from typing import Any, NamedTuple

from mockserver.check.findings import CONFORMS, COULD_NOT_CHECK, FOUND
from tests.plain.equivalents import EQUIVALENT, UNSEEN, Reasons
from tests.plain.proving import QUICK, ROOT, checked, started

PAGE = ROOT / "docs" / "check-mutants.md"
LEFT_ALONE = {"seed", "main"}  # functions that make the first records
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
}  # fmt: skip


class Mutant(NamedTuple):
    """A change of one line: `before` and `after` are its source, `source` the whole of it."""

    api: str
    line: int
    before: str
    after: str
    source: str


class Outcome(NamedTuple):
    """What a check said of a mutant: its exit code, or None when the server didn't start; which part found what."""

    mutant: Mutant
    code: int | None
    part: str
    finding: str


def mutants(api: str) -> list[Mutant]:
    """Every mutant of a plain server."""
    text = (ROOT / "tests" / "plain" / f"{api}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    places = [path for path, node in nodes(tree) if variants(node)]
    found = {}
    for path in places:
        for number in range(len(variants(at(tree, path)))):
            node = at(tree, path)
            before = ast.unparse(statement(tree, path))
            put(tree, path, variants(node)[number])
            after = ast.unparse(statement(tree, path))
            if before != after:
                found[node.lineno, before, after] = Mutant(api, node.lineno, before, after, ast.unparse(tree))
            put(tree, path, node)
    return list(found.values())


Path_ = tuple[tuple[str, int | None], ...]


def nodes(node: ast.AST, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """The nodes that may be changed, each with the way to it."""
    if isinstance(node, ast.FunctionDef) and node.name in LEFT_ALONE:
        return
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return
    yield path, node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST):
                yield from nodes(child, (*path, (name, index if isinstance(value, list) else None)))


def at(tree: ast.AST, path: Path_) -> Any:
    """The node at the end of a path."""
    node: Any = tree
    for name, index in path:
        node = getattr(node, name) if index is None else getattr(node, name)[index]
    return node


def put(tree: ast.AST, path: Path_, node: ast.AST) -> None:
    """Another node at the end of a path."""
    parent = at(tree, path[:-1])
    name, index = path[-1]
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def statement(tree: ast.AST, path: Path_) -> ast.AST:
    """The innermost simple statement, or condition, that a path leads through."""
    for end in range(len(path), -1, -1):
        node = at(tree, path[:end])
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            return node
        if end < len(path) and path[end][0] in ("test", "iter", "items") and isinstance(node, ast.stmt):
            return at(tree, path[: end + 1])
    return at(tree, path)


def variants(node: Any) -> list[ast.AST]:
    """What a node may become."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OTHER:
        return [ast.Compare(node.left, [OTHER[type(node.ops[0])]()], node.comparators)]
    if isinstance(node, ast.Compare):
        others = [[*node.ops[:at], OTHER[type(op)](), *node.ops[at + 1 :]] for at, op in enumerate(node.ops)]
        return [ast.Compare(node.left, ops, node.comparators) for ops in others]
    if isinstance(node, ast.BoolOp):
        return [ast.BoolOp(OTHER[type(node.op)](), node.values), *node.values]
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        return [ast.BinOp(node.left, OTHER[type(node.op)](), node.right)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [node.operand]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.Constant):
        return constants(node.value)
    if isinstance(node, ast.If):
        return [ast.If(ast.Constant(value), node.body, node.orelse, lineno=node.lineno) for value in (True, False)]
    if isinstance(node, ast.Raise | ast.AugAssign | ast.Delete):
        return [ast.Pass(lineno=node.lineno)]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return [ast.Pass(lineno=node.lineno)]
    return []


def constants(value: Any) -> list[ast.AST]:
    """Other constants; texts for people, which have blanks in them, stay."""
    if isinstance(value, bool):
        return [ast.Constant(not value)]
    if isinstance(value, int):
        return [ast.Constant(value + 1), ast.Constant(value - 1)]
    if isinstance(value, str) and value.isidentifier():
        return [ast.Constant(f"{value}_")]
    return []


def tried(mutant: Mutant) -> Outcome:
    """What a check says of a mutant: the laws, and where they find nothing the model."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(mutant.source)
        file.flush()
        try:
            with started(mutant.api, "--source", file.name) as url:
                for part in QUICK:
                    result = checked(mutant.api, url, parts=(part,), seconds=60)
                    if result.code != CONFORMS:
                        break
        except RuntimeError as error:
            return Outcome(mutant, None, "", str(error).strip().rpartition("\n")[2])
        first = result.findings[0] if result.findings else None
        return Outcome(mutant, result.code, part, first.fingerprint if first else result.trouble)


def reason(mutant: Mutant, reasons: Reasons) -> str:
    """Why a mutant survives, where a table says so."""
    return next((why for had, has, why in reasons if is_that(mutant, had, has)), "")


def is_that(mutant: Mutant, had: str, has: str) -> bool:
    """Whether a mutant has `has` in one place where `had` was, and is the same otherwise; `…` is any change of a
    statement in which `had` stands."""
    before, after = mutant.before, mutant.after
    starts = [found.start() for found in re.finditer(re.escape(had), before)]
    return bool(starts) and (has == "…" or any(before[:at] + has + before[at + len(had) :] == after for at in starts))


def page(outcomes: list[Outcome], seed: int) -> str:
    """The page of docs/: figures, and each survivor with its reason."""
    lines = [
        "# Mutants of the plain servers", "",
        "<!-- made by `make mutants` -->", "",
        "Operators, constants, conditions and statements of tests/plain/pulse.py and leads.py, changed one at a time",
        f"where seed {seed} says, each checked with `--write --allow-destructive`, laws and model only.",
        "",
        "`unusable`: it didn't start, or was so broken that the check said so (exit code 2) instead of naming a",
        "finding; these don't count. `out of reach`: they do differ, but in nothing that documents and readings say,",
        "or where a check with these keys and in a minute can't look. The share is of those that aren't equivalent,",
        "those out of reach among them. The model is asked where the laws find nothing.",
        "",
        "| server | mutants | unusable | killed | by the model | equivalent | out of reach | missed "
        "| killed of the not equivalent |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for api in ("pulse", "leads"):
        mine = [one for one in outcomes if one.mutant.api == api]
        dead = sum(one.code in (None, COULD_NOT_CHECK) for one in mine)
        killed = sum(one.code == FOUND for one in mine)
        modelled = sum(one.code == FOUND and one.part == "model" for one in mine)
        alive = [one for one in mine if one.code == CONFORMS]
        same = sum(bool(reason(one.mutant, EQUIVALENT)) for one in alive)
        unseen = sum(bool(reason(one.mutant, UNSEEN)) and not reason(one.mutant, EQUIVALENT) for one in alive)
        share = 100 * killed / max(1, len(mine) - dead - same)
        lines.append(
            f"| {api} | {len(mine)} | {dead} | {killed} | {modelled} | {same} | {unseen} "
            f"| {len(alive) - same - unseen} | {share:.0f} % |"
        )
    lines += ["", "## Survivors", "", "| server | line | before | after | why |", "|---|---|---|---|---|"]
    for one in outcomes:
        if one.code == CONFORMS:
            why = reason(one.mutant, EQUIVALENT)
            unseen = reason(one.mutant, UNSEEN)
            why = f"equivalent: {why}" if why else f"out of reach: {unseen}" if unseen else "**missed**"
            before, after = difference(one.mutant.before, one.mutant.after)
            lines.append(f"| {one.mutant.api} | {one.mutant.line} | `{before}` | `{after}` | {why} |")
    return "\n".join(lines) + "\n"


def difference(before: str, after: str) -> tuple[str, str]:
    """Two lines, without what is alike at their ends beyond some words."""
    start = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, start - 40)
    texts = [text[start : start + 100].replace("|", "\\|").replace("\n", " ") for text in (before, after)]
    return texts[0], texts[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.plain.mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=150, help="of each server")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--api", choices=["pulse", "leads"], help="one server; the page isn't written then")
    arguments = parser.parse_args()
    chosen = []
    for api in [arguments.api] if arguments.api else ["pulse", "leads"]:
        every = mutants(api)
        chosen += random.Random(arguments.seed).sample(every, min(arguments.count, len(every)))
    outcomes = []
    with Pool(arguments.jobs) as pool:
        for one in pool.imap(tried, chosen):
            outcomes.append(one)
            if one.code != FOUND:
                before, after = difference(one.mutant.before, one.mutant.after)
                told = one.mutant.api, one.mutant.line, one.code, before, after, one.finding[:60]
                print(*told, sep=" | ", flush=True)
    text = page(outcomes, arguments.seed)
    print(*text.splitlines()[text.splitlines().index("## Survivors") - 5 :], sep="\n")
    if not arguments.api:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
