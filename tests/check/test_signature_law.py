"""`check --webhook-secret`: a webhook is signed as the document says, in a vendor's form or by Standard Webhooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import sources
from mockserver.check.findings import Result
from mockserver.check.listener import Delivery
from mockserver.check.options import Options
from mockserver.check.running import check
from mockserver.check.signatures import standard, vendors
from mockserver.service import ApiSource
from mockserver.world import signing
from tests.check.test_webhook_laws import DOCUMENT, LISTEN, listener
from tests.serving import start

SECRET = "whsec_c2lnbmVkIGJ5IHRoaXMgc2VjcmV0"
VENDORS = """
x-mock:
  events:
    sign: {over: "{timestamp}.{body}", algorithm: sha512}
    headers: {X-Notes-Signature: "t={timestamp},v1={signature}", X-Notes-Event: "{event}"}
"""
ASKED = '    post:\n      parameters: [{name: Webhook-Signature, in: header, required: true, schema: {type: string}}]\n'


def checked(folder: Path, document: str, signed_with: str, secret: str | None, held_to: str = "") -> Result:
    """A check of the mock of a document, which signs with one secret, by one who knows another, or none."""
    served, held = folder / "notes.yaml", folder / "held.yaml"
    served.write_text(document, encoding="utf-8")
    held.write_text(held_to or document, encoding="utf-8")
    with start(str(served)) as mock:
        receiver = listener()
        mock.control("webhooks", {"url": receiver.url, "secret": signed_with})
        options = Options(
            mock.url, only=("events-sent", "events-signed"), write=True, listen=LISTEN, webhook_secret=secret
        )
        return check(ApiSource("notes", sources.document(str(held))), options, listener=receiver)


def told(result: Result) -> list[str]:
    return [f"{one.operation}: {one.expected} | {one.seen}" for one in result.findings if one.law == "events-signed"]


def not_verified(result: Result) -> bool:
    return any(one.what == "laws/events-signed" and "--webhook-secret-env" in one.reason for one in result.skipped)


@pytest.mark.parametrize("addition", [VENDORS, ""])
def test_with_the_secret_they_are_verified(tmp_path: Path, addition: str) -> None:
    result = checked(tmp_path, DOCUMENT + addition, SECRET, SECRET)

    assert (told(result), not_verified(result)) == ([], False)
    assert any("laws/events-signed" in one.laws for one in result.coverage) or result.code == 0


@pytest.mark.parametrize(("addition", "named"), [(VENDORS, "X-Notes-Signature"), ("", "webhook-signature")])
def test_what_another_secret_signed_is_a_finding(tmp_path: Path, addition: str, named: str) -> None:
    result = checked(tmp_path, DOCUMENT + addition, "another", SECRET)

    (one,) = told(result)
    assert one.startswith(f"createNote: a webhook note.created with {named}")
    assert "signed with the secret" in one
    assert SECRET not in repr(result)


def test_without_the_secret_the_form_is_looked_at(tmp_path: Path) -> None:
    good = checked(tmp_path, DOCUMENT + VENDORS, SECRET, None)
    other = checked(tmp_path, DOCUMENT + VENDORS, SECRET, None, DOCUMENT + VENDORS.replace("X-Notes-S", "X-Acme-S"))

    assert (told(good), not_verified(good)) == ([], True)
    (one,) = told(other)
    assert one.endswith("| no header X-Acme-Signature")


def test_a_document_that_says_nothing_promises_nothing(tmp_path: Path) -> None:
    result = checked(tmp_path, DOCUMENT, "", None)

    assert (told(result), not_verified(result)) == ([], False)


def test_a_document_that_asks_for_standard_webhooks_gets_them(tmp_path: Path) -> None:
    before, hook, after = DOCUMENT.partition("  note.created:\n    post:\n")
    asking = before + "  note.created:\n" + ASKED + after
    assert hook

    unsigned = checked(tmp_path, asking, "", None)
    signed = checked(tmp_path, asking, SECRET, SECRET)

    assert told(unsigned) == ["createNote: a webhook note.created with the header webhook-signature | no such header"]
    assert told(signed) == []


WORDS = {
    "sign": {"over": "{method}{url}{milliseconds}{body}", "encoding": "base64", "algorithm": "sha1"},
    "headers": {"X-Sign": "{signature}", "X-At": "{milliseconds}"},
}  # fmt: skip
URL = "https://hooks.example.com/in"


def delivered(headers: dict[str, str], body: bytes = b"{}") -> Delivery:
    return Delivery(0, "POST", "/in", {name.lower(): value for name, value in headers.items()}, body, 0.0)


def test_a_vendors_form_in_base64_over_the_url_and_milliseconds() -> None:
    headers = signing.vendor_headers(WORDS, "m1", 1_700_000_000_123, b"{}", "s3cret", URL, "made")

    assert vendors(WORDS, delivered(headers), "made", URL, "s3cret") == ("", "")
    assert vendors(WORDS, delivered(headers, b"{ }"), "made", URL, "s3cret")[0] != ""
    assert vendors(WORDS, delivered(headers), "made", "https://other.example.com", "s3cret")[0] != ""
    with pytest.raises(ValueError, match="no header tells the milliseconds"):
        vendors({**WORDS, "headers": {"X-Sign": "{signature}"}}, delivered(headers), "made", URL, "s3cret")


def test_one_of_several_signatures_is_enough() -> None:
    headers = signing.headers("m1", 1_700_000_000_000, b"{}", SECRET)
    rotated = {**headers, "webhook-signature": f"v1a,zzzz v1,AAAA {headers['webhook-signature']}"}

    assert standard(delivered(rotated), SECRET) == ("", "")
    assert standard(delivered({**headers, "webhook-id": "m2"}), SECRET)[0] == "webhook-signature signed with the secret"
