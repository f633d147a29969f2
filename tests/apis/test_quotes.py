"""Every sentence of four vendors' texts and every row of their readings is quoted by a test, so that none goes
untested.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NUMBERS = {"myra": "000", "salespulse": "002", "pulse-leads": "003", "contacts-rest": "004"}
GLUED = re.compile(  # where the vendors' pages lost a line break
    r"(?=(?:GET|POST|PATCH|DELETE) /)|(?<=\.)(?=cursor:)|(?<=[a-z])(?=(?!Pulse)[A-Z][a-z]* )"
    r"|(?<=\w)(?=\d{3}[A-Z])|(?<=1})"
    r"|(?<=[a-z])(?=(?:contact|call|sms|pipeline|callpulse)\.[a-z_]+A)|(?=// Example)"
    r"|(?<=v1)(?=All)|(?<=})(?=Error)|(?=Rate Limits)"
)
ELSEWHERE = {  # headings, the vendor's website, clients' code: nothing that a server does
    "myra": """
        The Myra REST API is a comprehensive, resource-oriented API designed to allow developers to build deep \
        integrations, custom mobile apps, or internal business intelligence tools.
        Authentication and Security
        Generating a Token
        Navigate to Settings → Developer → API Tokens.
        Click Generate New Token.
        Copy your token immediately.
        For security, we never show the full token again.
        Base URL and Versioning
        We use semantic versioning.
        Key Endpoints
        Contacts (/contacts)
        The backbone of your CRM data.
        Deals and Pipelines (/pipelines)
        Communications (/conversations)
        Pagination and Filtering
        Rate Limits
        To ensure platform stability, the API is subject to rate limiting:
        Error Handling
        Best Practices for Developers
        Handle 429s Gracefully:
        Use Webhooks over Polling:
        Minimize Scopes:
        Multi-Language Code Snippets
        Node.js (with fetch)
        const response = await fetch('https://app.pulsepost.ai/api/v1/contacts', {
        method: 'POST',
        headers: {
        'Authorization': 'Bearer ' + process.env.PP_TOKEN,
        'Content-Type': 'application/json'
        const data = await response.json();
        Python (with requests)
        import requests
        url = "https://app.pulsepost.ai/api/v1/contacts"
        headers = {"Authorization": "Bearer YOUR_TOKEN"}
        response = requests.post(url, json=payload, headers=headers)
    """,
    "salespulse": """
        API Reference
        The SalesPulse REST API lets you sync contacts, retrieve call logs, update pipeline stages, and trigger \
        automations from your own systems.
        Base URL
        Generate API keys under Settings → API Keys.
        Rate Limits
        Create a contact
        Error Codes
        500Server Error
        Configure webhooks under Settings → Webhooks.
        Contact support if this persists
        Need help with the API?
        Contact our developer support team or generate your API key in the dashboard.
    """,
    "pulse-leads": """
        CRM Leads
        The Leads API allows you to manage potential customers in your CRM system.
        Lead Data Structure
        Account Context
        Managing Leads
        Listing Leads
        Query Parameters
        Creating a Lead
        Getting a Lead by ID
        Updating a Lead
        Deleting a Lead
        Managing Lead Archives
        Archiving a Lead
        Unarchiving a Lead
        Response Format
        Best Practices
        Archiving vs.
        Deleting:
        Consistent Updates:
        Date Handling:
        For more details, see the API Reference documentation:
    """,
    "contacts-rest": """
        Rest API endpoints for contacts
        Creating Contacts
        Request Headers:
        Request Method:
        Request Example
        Response Example
        Response Body
        Reading Contacts
        Editing Contacts
        Deleting Contact
    """,
}


def sentences(text: str) -> Iterator[str]:
    """Lines and the sentences in them, from two words on."""
    for line in GLUED.sub("\n", text).splitlines():
        for found in re.split(r"(?<=[.!?])\s+(?=[A-Z])|(?<=:)\s+(?=[A-Z])|(?<=\.) - ", line.strip().lstrip("-#/ ")):
            if len(found.split()) > 1 and re.search("[a-z]{3}", found):
                yield found


def told(lines: str) -> list[str]:
    """The lines of a list."""
    return [one for line in lines.splitlines() if (one := " ".join(line.split()))]


def flat(text: str) -> str:
    """A text without white space and without what marks code: the vendors' pages lost much of both."""
    return re.sub(r"[\s`\\]|(?<=\s)-(?=\s)", "", text.replace("\u2019", "'"))


def quoted(api: str) -> str:
    """What the tests of an API say in their docstrings."""
    said = []
    for path in sorted(HERE.glob(f"test_{api.replace('-', '_')}*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said.append(ast.get_docstring(node) or "")
    return flat(" ".join(said))


@pytest.mark.parametrize("api", NUMBERS)
def test_every_sentence(api: str, shared: Path) -> None:
    text = next((shared / "documents").glob(f"{NUMBERS[api]}_*.txt")).read_text(encoding="utf-8")
    quotes, elsewhere = quoted(api), {flat(one) for one in told(ELSEWHERE[api])}
    found = list(dict.fromkeys(sentences(text)))
    assert len(found) > 25
    assert [one for one in found if flat(one) not in quotes and flat(one) not in elsewhere] == []
    assert [one for one in told(ELSEWHERE[api]) if flat(one) not in flat(text)] == []


@pytest.mark.parametrize(("api", "rows"), [("myra", 16), ("salespulse", 14), ("pulse-leads", 9), ("contacts-rest", 9)])
def test_every_reading(api: str, rows: int, shared: Path) -> None:
    text = (shared / "documents" / "READINGS.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {api}\n")[2].partition("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(cells) == rows
    quotes, named = quoted(api), [(gap.strip(), reading.strip()) for gap, reading, *_ in cells]
    assert [gap for gap, _ in named if flat(gap) not in quotes] == []
    assert [reading for gap, reading in named if flat(reading) not in quotes] == []
