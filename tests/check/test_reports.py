"""Reports of a check: as their readers want them, and without anything that is secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from mockserver import sources
from mockserver.check.findings import Result
from mockserver.check.options import Options
from mockserver.check.reports.writing import FORMATS, write
from mockserver.check.running import check
from mockserver.service import ApiSource
from tests.check.hostile import DOCUMENT, HEADER, SECRET, hostile
from tests.serving import run


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    path = tmp_path_factory.mktemp("document") / "widgets.json"
    path.write_text(json.dumps(DOCUMENT))
    headers = (("X-Tenant", HEADER),)
    with hostile() as url:
        options = Options(url, keys={"key": SECRET}, headers=headers, write=True, only=("laws",))
        yield check(ApiSource("widgets", sources.document(str(path))), options)


def written(result: Result, name: str) -> str:
    return FORMATS[name].text(result)


def test_there_is_something_to_report(result: Result) -> None:
    assert result.code == 1
    assert {"createWidget", "listWidgets"} <= {one.operation for one in result.findings}


@pytest.mark.parametrize("name", FORMATS)
def test_no_secret_is_in_any_report(result: Result, name: str) -> None:
    text = written(result, name)

    assert "listWidgets" in text
    basic = base64.b64encode(f"{SECRET}:".encode()).decode()
    shown = [form for form in (SECRET, HEADER, quote(SECRET, safe=""), basic) if form in text]
    assert shown == []


@pytest.mark.parametrize("name", FORMATS)
def test_each_is_written_where_it_was_asked_for_and_is_utf_8(result: Result, name: str, tmp_path: Path) -> None:
    (path,) = write(result, [(name, str(tmp_path / "below" / "report"))])

    assert path.read_bytes().decode()


def test_junit_has_a_case_for_each_law_of_each_operation(result: Result) -> None:
    suites = ElementTree.fromstring(written(result, "junit"))

    cases = suites.findall("testsuite/testcase")
    assert int(suites.get("tests", "")) == len(cases)
    failed = {one.get("name") for one in cases if one.find("failure") is not None}
    assert failed == {f"{one.law} {one.operation}".strip() for one in result.findings}
    assert int(suites.get("failures", "")) == len(failed)
    assert "curl" in (suites.findtext("testsuite/testcase/failure") or "")
    kept = {one.get("name") for one in cases if len(one) == 0}
    assert "answers listWidgets" in kept


def test_json_tells_everything(result: Result) -> None:
    told = json.loads(written(result, "json"))

    assert (told["format"], told["code"], told["calls"]) == ("mockserver-check/1", 1, result.calls)
    assert [one["fingerprint"] for one in told["findings"]] == [one.fingerprint for one in result.findings]
    first = told["findings"][0]
    assert first["exchanges"][0]["request"]["method"]
    assert first["script"].startswith("curl")
    assert {one["operation"] for one in told["coverage"]} == {"listWidgets", "createWidget"}


def test_har_is_har_1_2(result: Result) -> None:
    log = json.loads(written(result, "har"))["log"]

    assert log["version"] == "1.2"
    assert {"name", "version"} <= log["creator"].keys()
    assert len(log["entries"]) == result.calls
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= entry.keys()
        assert entry["time"] == sum(entry["timings"][name] for name in ("send", "wait", "receive"))
        sent, got = entry["request"], entry["response"]
        both = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        assert both | {"method", "url", "queryString"} <= sent.keys()
        assert both | {"status", "statusText", "content", "redirectURL"} <= got.keys()
        assert {"size", "mimeType"} <= got["content"].keys()
        assert sent["url"].startswith("http://127.0.0.1")


class Page(HTMLParser):
    """What a page holds that could load or run something, and how its elements nest."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.loads: list[Any] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name for name, _ in attrs}
        if tag in ("script", "link", "img", "iframe") or named & {"src", "href", "onload", "onclick"}:
            self.loads.append((tag, attrs))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_one_page_that_needs_nothing_and_runs_nothing(result: Result) -> None:
    text = written(result, "html")

    page = Page()
    page.feed(text)
    assert (page.loads, page.open) == ([], [])
    assert "url(" not in text
    assert "@import" not in text
    assert "<script" not in text
    for one in result.findings:
        assert one.says in page.text
    assert result.command in page.text
    assert "curl -s" in page.text


def test_markdown_shows_no_markup_of_the_server(result: Result) -> None:
    text = written(result, "markdown")

    outside = text.split("```")[::2]
    assert not any("<script" in part.replace("\\<", "") for part in outside)
    assert f"# Widgets \\<&\\> \\`Co\\` 1: {len(result.findings)} findings" in text


def test_the_command_writes_them(tmp_path: Path) -> None:
    done = run(
        "check", "--against-mock", "--api", "pulse", "--only", "needs-a-key", "--report", "junit", "--report",
        "html=out/page.html", cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mockserver-check.xml").is_file()
    assert "Pulse API 2.1: conforms" in text_of(tmp_path / "out" / "page.html")


def text_of(path: Path) -> str:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page.text


@pytest.mark.parametrize(("word", "hint"), [("htlm", "did you mean 'html'"), ("html=", "mockserver-check.html")])
def test_an_unknown_report_says_what_would_be_right(word: str, hint: str) -> None:
    done = run("check", "--against-mock", "--api", "pulse", "--report", word)

    assert (done.returncode, hint in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
