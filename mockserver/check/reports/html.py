"""The result as one page of HTML that needs nothing else: to be opened, forwarded, printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from importlib import resources

from mockserver.check.findings import CONFORMS, FOUND, INTERRUPTED, SEVERITIES, Coverage, Finding, Result
from mockserver.check.reports.verdicts import Case, cases, facts, moment, shown, verdict
from mockserver.check.running import laws_by_part

# What runs in the page, should anybody ever get a script into it: nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
UNPRINTED = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127], "�")  # controls that HTML doesn't allow
SAYS = laws_by_part()
WIDEST = 40  # operations beside each other in the matrix


def text(result: Result) -> str:
    """The report."""
    return "\n".join(_page(result)) + "\n"


def _page(result: Result) -> Iterator[str]:
    style = resources.files("mockserver.check.reports").joinpath("style.css").read_text("utf-8")
    title = f"{result.title} {result.version}: {verdict(result)}"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield f"<title>{_text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>"
    yield from _top(result)
    yield from _findings(result)
    yield from _accepted(result)
    tried = [*cases(result)]
    yield from _operations(result)
    yield from _laws(tried)
    yield from _matrix(result)
    yield from _parts(result)
    yield from _left_over(result)
    yield from _repeat(result)
    yield "</main>\n</body>\n</html>"


def _text(value: str) -> str:
    """A text in which nothing is markup."""
    return escape(value.translate(UNPRINTED).encode("utf-8", "replace").decode())


def _tone(result: Result) -> str:
    """The colour of a result: that of its gravest finding."""
    if result.findings:
        return result.findings[0].severity
    return {CONFORMS: "good"}.get(result.code, "neutral" if result.code in (FOUND, INTERRUPTED) else "major")


def _top(result: Result) -> Iterator[str]:
    yield f'<section class="verdict {_tone(result)}">'
    yield f'<h1>{_text(result.title)} {_text(result.version)}: <span class="word">{verdict(result)}</span></h1>'
    if result.trouble:
        yield f"<p>{_text(result.trouble)}</p>"
    if result.findings:
        counts = Counter(one.severity for one in result.findings)
        badges = [f'<span class="badge {one}">{counts[one]} {one}</span>' for one in SEVERITIES if counts[one]]
        touched = len({one.operation for one in result.findings})
        yield f"<p>{' '.join(badges)} on {touched} operation{'' if touched == 1 else 's'}</p>"
    called = sum(1 for one in result.coverage if one.statuses)
    laws = {law for one in result.coverage for law in one.laws}
    facts = {
        "Server": f"<code>{_text(result.url)}</code>",
        "Document": f"<code>{_text(result.document)}</code>",
        "Checked": f"{moment(result.started)}, {result.seconds:.1f} s",
        "Covered": f"{called} of {len(result.coverage)} operations, {len(laws)} laws, {result.calls} calls",
        "Seed": str(result.seed),
    }
    yield '<dl class="facts">'
    yield from (f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    yield "</dl>\n</section>"


def _findings(result: Result) -> Iterator[str]:
    if not result.findings:
        return
    yield "<h2>Findings</h2>"
    for number, one in enumerate(result.findings, 1):
        yield from _finding(number, one, result)


def _finding(number: int, finding: Finding, result: Result) -> Iterator[str]:
    yield f'<article class="finding {finding.severity}" id="finding-{number}">\n<header>'
    yield f'<h3>{number}. <code>{_text(finding.operation)}</code></h3> <span class="badge">{finding.severity}</span>'
    yield f'<span class="soft">{_text(finding.part)}/{_text(finding.law)}</span></header>'
    yield f"<p>{_text(finding.says)}</p>"
    yield '<dl class="facts">'
    for name, value in facts(finding).items():
        shown_as = f"<code>{_text(value)}</code>" if name in ("seen", "document") else _text(value)
        yield f"<dt>{name.capitalize()}</dt><dd>{shown_as}</dd>"
    yield "</dl>"
    if calls := shown(finding, result):
        yield f"<details open><summary>Show it</summary><pre>{_text(calls)}</pre></details>"
    if answer := _last_answer(finding):
        yield f"<details><summary>The last answer</summary><pre>{_text(answer)}</pre></details>"
    yield "</article>"


def _last_answer(finding: Finding, longest: int = 4_000) -> str:
    if not finding.exchanges:
        return ""
    last = finding.exchanges[-1]
    if last.error:
        return last.error
    headers = "\n".join(f"{name}: {value}" for name, value in last.answer_headers)
    body = last.answer.decode("utf-8", "replace")
    return f"{last.status}\n{headers}\n\n{body[:longest]}{'…' if len(body) > longest else ''}".rstrip()


def _accepted(result: Result) -> Iterator[str]:
    if result.accepted:
        rows = [(f"<code>{_text(one.fingerprint)}</code>", _text(one.seen), _text(why)) for one, why in result.accepted]
        yield from _table("Accepted by the baseline", ("finding", "seen", "why it is accepted"), rows)
    if result.baseline:
        yield f"<h2>About the baseline</h2>\n<ul>{''.join(f'<li>{_text(one)}</li>' for one in result.baseline)}</ul>"


def _operations(result: Result) -> Iterator[str]:
    rows = []
    for one in result.coverage:
        broken = sum(1 for _, times in one.laws.values() if times)
        told = f'<span class="badge critical">{broken} broken</span>' if broken else ""
        name = f"<code>{one.method} {_text(one.path)}</code><br><span class='soft'>{_text(one.operation)}</span>"
        calls = str(sum(one.statuses.values()))
        rows.append((name, calls, "".join(_statuses(one)), f"{len(one.laws) - broken} kept {told}"))
    if rows:
        yield from _table("Coverage by operation", ("operation", "calls", "answers (dashed: never seen)", "laws"), rows)


def _statuses(one: Coverage) -> Iterator[str]:
    """The answers that came, and those that the document names and that never came."""
    for status, count in sorted(one.statuses.items()):
        yield f'<span class="status seen">{"no answer" if status == "0" else status}: {count}</span>'
    for status in one.documented:
        pattern = status.upper().rstrip("X")
        seen = any(each.startswith(pattern) for each in one.statuses)
        if not seen and status != "default":
            yield f'<span class="status unseen">{_text(status)}</span>'


def _laws(tried: Iterable[Case]) -> Iterator[str]:
    held: Counter[str] = Counter()
    broken: dict[str, list[str]] = {}
    for case in tried:
        name = f"{case.part}/{case.law}"
        held[name] += not (case.findings or case.accepted)
        if case.findings:
            broken.setdefault(name, []).append(case.operation)
    rows = []
    for name in sorted(held, key=lambda one: (one not in broken, one)):
        told = ", ".join(f"<code>{_text(one)}</code>" for one in broken.get(name, ()))
        part, _, law = name.partition("/")
        says = f"<code>{_text(name)}</code><br><span class='soft'>{_text(SAYS.get(part, {}).get(law, ''))}</span>"
        rows.append((says, str(held[name]), told))
    if rows:
        yield from _table("Coverage by law", ("law", "operations that keep it", "broken by"), rows)


def _matrix(result: Result) -> Iterator[str]:
    """Every law against every operation: ● kept, ✕ broken, a gap where it says nothing."""
    operations = result.coverage[:WIDEST]
    laws = sorted({law for one in operations for law in one.laws})
    if not laws:
        return
    more = len(result.coverage) - len(operations)
    yield "<h2>Law by operation</h2>\n<details>\n<summary>● kept, ✕ broken, empty: the law says nothing of it</summary>"
    yield '<div class="scroll"><table class="matrix">\n<thead><tr><td></td>'
    yield "".join(f'<th scope="col">{_text(one.operation)}</th>' for one in operations) + "</tr></thead>\n<tbody>"
    for law in laws:
        cells = "".join(_cell(one.laws.get(law)) for one in operations)
        yield f'<tr><th scope="row">{_text(law)}</th>{cells}</tr>'
    yield "</tbody></table></div>"
    if more > 0:
        yield f'<p class="soft">and {more} operations more</p>'
    yield "</details>"


def _cell(count: tuple[int, int] | None) -> str:
    if count is None:
        return "<td></td>"
    held, broken = count
    if broken:
        return f'<td class="broken" title="broken {broken} times, kept {held} times">✕</td>'
    return f'<td class="held" title="kept {held} times">●</td>'


def _parts(result: Result) -> Iterator[str]:
    ran = [(_text(part), f"{seconds:.1f} s") for part, seconds in result.parts.items()]
    if ran:
        yield from _table("Parts that ran", ("part", "took"), ran)
    left_out = [(_text(what), _text(reason)) for what, reason in result.skipped]
    if left_out:
        yield from _table("Not checked", ("what", "why"), left_out)


def _left_over(result: Result) -> Iterator[str]:
    rows = [
        (_text(one.resource), f"<code>{_text(one.key)}</code>", _text(one.operation), _text(one.why))
        for one in result.left_over
    ]
    if rows:
        yield from _table("Left over on the server", ("resource", "key", "made by", "why it is still there"), rows)


def _repeat(result: Result) -> Iterator[str]:
    if result.command:
        yield f"<h2>Repeat it</h2>\n<pre>{_text(result.command)}</pre>"
        yield '<p class="soft">The same seed makes the same calls on a server with the same data. '
        yield "Keys stand as variables; no secret is in this page.</p>"


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f'<h2>{title}</h2>\n<div class="scroll"><table>\n<thead><tr>'
    yield "".join(f'<th scope="col">{one}</th>' for one in heads) + "</tr></thead>\n<tbody>"
    yield from (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    yield "</tbody></table></div>"
