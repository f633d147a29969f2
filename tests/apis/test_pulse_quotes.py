"""Every sentence of Pulse's reference and every row of its readings is quoted by a test, so that none goes untested."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ELSEWHERE = {  # advice to the reader, about nothing that a server does
    "Keep your API key out of version control.",
    "Use environment variables or a secrets manager to inject it at runtime.",
    "We've been alerted.",
    "Version: 2.1 · REST",  # of the document: tests/documents
}
HEADINGS = re.compile(
    r"Skip to content|Pulse API Reference|Authentication|Rate limits|Errors|Error codes|Users|Messages|.* users?|"
    r".* a message|List threads|\w+ parameters|Example request|Response \d{3} .*|\w+ /v2/\S+|"
    r"Tier Requests per minute|Code Status Description|Parameter Type Required Description"
)


def sentences(text: str) -> Iterator[str]:
    """What the reference says in words: sentences and rows of tables, without headings, commands and JSON."""
    prose = re.sub(r"^[{\[].*?^[}\]]$|^curl .*?(?=\n\n)", "", text, flags=re.MULTILINE | re.DOTALL)
    for line in filter(None, map(str.strip, prose.splitlines())):
        if not HEADINGS.fullmatch(line):
            yield from re.split(r"(?<=[.!])\s+(?=[A-Z])", line)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def quotes() -> str:
    """What the tests of Pulse say."""
    files = {*HERE.glob("test_pulse_*.py")} - {*HERE.glob("test_pulse_leads*.py"), Path(__file__).resolve()}
    return flat(" ".join(one.read_text(encoding="utf-8") for one in sorted(files)))


def test_every_sentence(quotes: str, shared: Path) -> None:
    text = next((shared / "documents").glob("001_*.txt")).read_text(encoding="utf-8")
    found = list(dict.fromkeys(sentences(text)))
    assert len(found) > 60
    assert [one for one in found if flat(one) not in quotes and one not in ELSEWHERE] == []


def test_every_reading(quotes: str, shared: Path) -> None:
    text = (shared / "documents" / "READINGS.md").read_text(encoding="utf-8")
    section = text.partition("\n## pulse\n")[2].partition("\n## ")[0]
    gaps = [line.strip("|").split("|")[0].strip() for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(gaps) == 13
    assert [one for one in gaps if flat(one) not in quotes] == []
