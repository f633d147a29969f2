"""How a delivery is signed: Standard Webhooks 1.0, and headers in a vendor's own form beside it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any

from mockserver.world import dice, times

PREFIX = "whsec_"


def new_secret(seed: int, *labels: str | int) -> str:
    """A secret as Standard Webhooks writes it: 24 bytes in base64 behind `whsec_`."""
    return PREFIX + base64.b64encode(dice.number(seed, "secret", *labels, bits=192).to_bytes(24, "big")).decode()


def headers(message: str, at: int, body: bytes, secret: str) -> dict[str, str]:
    """The headers of Standard Webhooks ("Webhook metadata", "Signature scheme"); unsigned without a secret."""
    stamp = str(at // times.SECOND)
    found = {"webhook-id": message, "webhook-timestamp": stamp}
    if secret:
        signed = hmac.digest(_key(secret), f"{message}.{stamp}.".encode() + body, "sha256")
        found["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
    return found


def vendor_headers(
    words: Mapping[str, Any], message: str, at: int, body: bytes, secret: str, url: str, event: str
) -> dict[str, str]:
    """Headers as `events.headers` in x-mock writes them: `{signature}` is the HMAC over `events.sign.over`."""
    sign = words.get("sign") or {}
    known = {
        "id": message, "timestamp": str(at // times.SECOND), "milliseconds": str(at), "url": url, "event": event,
        "method": "POST",
    }  # fmt: skip
    over = _filled(sign.get("over", "{body}"), {**known, "body": body.decode()})
    signed = hmac.digest(_key(secret), over.encode(), sign.get("algorithm", "sha256"))
    known["signature"] = base64.b64encode(signed).decode() if sign.get("encoding") == "base64" else signed.hex()
    return {
        name: _filled(text, known)
        for name, text in (words.get("headers") or {}).items()
        if secret or "{signature}" not in text
    }


def _filled(text: str, known: Mapping[str, str]) -> str:
    """A text with `{name}` replaced, each once: what is put in isn't looked into."""
    parts = text.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, closed, rest = part.partition("}")
        filled.append(known[name] + rest if closed and name in known else "{" + part)
    return "".join(filled)


def _key(secret: str) -> bytes:
    """The bytes of a secret: what base64 behind `whsec_` says, or the text itself."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
