"""JUnit XML, as continuous integration reads it: a suite for each part, a test case for each law of each operation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as etree

from mockserver.check.findings import CONFORMS, FOUND, Finding, Result
from mockserver.check.reports.verdicts import Case, cases, facts, moment, shown

UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # for XML 1.0


def text(result: Result) -> str:
    """The report."""
    suites = etree.Element("testsuites", name="mockserver check")
    by_part = groupby(sorted(cases(result), key=lambda one: one.part), key=lambda one: one.part)
    for part, ones in by_part:
        _suite(suites, result, part, [_case(one, result) for one in ones], result.parts.get(part, 0.0))
    left_out = [_left_out(one.what, one.reason) for one in result.skipped]
    if left_out:
        _suite(suites, result, "skipped", left_out, 0.0)
    if result.trouble or result.code not in (CONFORMS, FOUND):
        _suite(suites, result, "check", [_trouble(result)], 0.0)
    for name in ("tests", "failures", "errors", "skipped"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    suites.set("time", f"{result.seconds:.3f}")
    etree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{etree.tostring(suites, encoding="unicode")}\n'


def _suite(suites: etree.Element, result: Result, part: str, ones: list[etree.Element], seconds: float) -> None:
    suite = etree.SubElement(
        suites, "testsuite", name=f"{result.api} {part}", tests=str(len(ones)),
        failures=str(sum(one.find("failure") is not None for one in ones)),
        errors=str(sum(one.find("error") is not None for one in ones)),
        skipped=str(sum(one.find("skipped") is not None for one in ones)),
        time=f"{seconds:.3f}", timestamp=moment(result.started).rstrip("Z"),
    )  # fmt: skip
    properties = etree.SubElement(suite, "properties")
    facts = {"url": result.url, "document": result.document, "seed": str(result.seed), "command": result.command}
    for name, value in facts.items():
        etree.SubElement(properties, "property", name=name, value=_fit(value))
    suite.extend(ones)


def _case(case: Case, result: Result) -> etree.Element:
    name = f"{case.law} {case.operation}".strip()
    element = etree.Element("testcase", classname=f"{result.api}.{case.part}", name=_fit(name), time="0")
    if case.findings:
        first = case.findings[0]
        message = f"{first.says} Expected {first.expected}; seen: {first.seen}"
        failure = etree.SubElement(element, "failure", type=first.severity, message=_fit(message))
        failure.text = _fit("\n\n".join("\n".join(_lines(one, result)) for one in case.findings))
    elif case.accepted:
        etree.SubElement(element, "skipped", message=_fit(f"accepted: {case.accepted[0][1]}"))
    return element


def _lines(finding: Finding, result: Result) -> Iterator[str]:
    yield finding.says
    yield from (f"{name}: {value}" for name, value in facts(finding).items())
    if calls := shown(finding, result):
        yield "show it:"
        yield calls


def _left_out(what: str, reason: str) -> etree.Element:
    element = etree.Element("testcase", classname="skipped", name=_fit(what), time="0")
    etree.SubElement(element, "skipped", message=_fit(reason))
    return element


def _trouble(result: Result) -> etree.Element:
    element = etree.Element("testcase", classname=f"{result.api}.check", name="the server can be checked", time="0")
    etree.SubElement(element, "error", message=_fit(result.trouble or "interrupted"))
    return element


def _fit(value: str) -> str:
    """A text without what XML can't hold, which is shown escaped."""
    return UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
