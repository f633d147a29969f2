"""Whether a webhook is signed: in the vendor's form, as x-mock's `events` writes it, and by Standard Webhooks 1.0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.check.listener import Delivery
from mockserver.world import signing, times

SIGNATURE, ID, STAMP = "webhook-signature", "webhook-id", "webhook-timestamp"  # Standard Webhooks, "Webhook metadata"
DIGITS = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}  # bytes of a signature


def vendors(words: Mapping[str, Any], delivery: Delivery, event: str, url: str, secret: str | None) -> tuple[str, str]:
    """The first header that isn't as `events.headers` writes it: what it should be and what it is, or ("", "").

    Without a secret a signature need only look like one. Raises ValueError where what is signed can't be known.
    """
    templates: Mapping[str, str] = words.get("headers") or {}
    sign: Mapping[str, str] = words.get("sign") or {}
    known = {"event": event, "method": delivery.method}
    for name, template in templates.items():
        value = delivery.headers.get(name.lower())
        found = re.fullmatch(_pattern(template, sign, event, delivery.method), value) if value is not None else None
        if found is None:
            return f"{name}: {template}", f"{name}: {value}" if value is not None else f"no header {name}"
        known |= {one: text for one, text in found.groupdict().items() if one != "signature"}
    if not secret or not any("{signature}" in template for template in templates.values()):
        return "", ""
    made = _made(words, delivery, known, event, url, secret)
    for name, template in templates.items():
        if "{signature}" in template and not _alike(made[name], delivery.headers[name.lower()], sign):
            return f"{name}: {template}, signed with the secret", f"{name}: {delivery.headers[name.lower()]}"
    return "", ""


def _pattern(template: str, sign: Mapping[str, str], event: str, method: str) -> str:
    """A header's template as a regular expression; of a value that comes twice the first is taken."""
    size = DIGITS[sign.get("algorithm", "sha256")]
    is_base64 = sign.get("encoding") == "base64"
    of = {
        "signature": rf"[\w+/]{{{-(-size * 4 // 3)}}}=*" if is_base64 else rf"[0-9a-fA-F]{{{2 * size}}}",
        "timestamp": r"\d+", "milliseconds": r"\d+", "id": r"[^\s,;]+", "url": r"\S+", "event": re.escape(event),
        "method": re.escape(method),
    }  # fmt: skip
    parts, seen = re.split(r"\{(\w+)\}", template), set[str]()
    found = ""
    for number, part in enumerate(parts):
        if number % 2 == 0 or part not in of:
            found += re.escape(part if number % 2 == 0 else f"{{{part}}}")
        else:
            found += f"(?:{of[part]})" if part in seen else f"(?P<{part}>{of[part]})"
            seen.add(part)
    return found


def _made(
    words: Mapping[str, Any], delivery: Delivery, known: Mapping[str, str], event: str, url: str, secret: str
) -> dict[str, str]:  # fmt: skip
    """The headers as the mock would make them, at the time and with the id that the delivery tells."""
    over = (words.get("sign") or {}).get("over", "{body}")
    stamp = known.get("timestamp") or delivery.headers.get(STAMP, "")
    moment = int(known["milliseconds"]) if "milliseconds" in known else int(stamp) * times.SECOND if stamp else None
    message = known.get("id") or delivery.headers.get(ID)
    lacks = [
        name for name, value in (("id", message), ("timestamp", moment), ("milliseconds", known.get("milliseconds")))
        if f"{{{name}}}" in over and value is None
    ]  # fmt: skip
    if lacks:
        raise ValueError(f"no header tells the {lacks[0]} that is signed")
    at = moment if moment is not None else 0
    return signing.vendor_headers(words, message or "", at, delivery.body, secret, known.get("url", url), event)


def _alike(one: str, two: str, sign: Mapping[str, str]) -> bool:
    """Whether two headers are the same; digits of hex have no case."""
    return one == two if sign.get("encoding") == "base64" else one.lower() == two.lower()


def standard(delivery: Delivery, secret: str | None) -> tuple[str, str]:
    """What of Standard Webhooks a delivery doesn't keep ("Signature scheme"), and what it has, or ("", "")."""
    missing = next((name for name in (ID, STAMP, SIGNATURE) if not delivery.headers.get(name)), "")
    if missing:
        return f"the header {missing}", "no such header"
    stamp, given = delivery.headers[STAMP], delivery.headers[SIGNATURE]
    if not (stamp.isascii() and stamp.isdigit()):
        return f"{STAMP} in seconds since 1970", stamp
    signatures = [one for one in given.split() if one.startswith("v1,")]
    if not signatures:
        return f"{SIGNATURE} with a v1 signature", given
    if not secret:
        return "", ""
    made = signing.headers(delivery.headers[ID], int(stamp) * times.SECOND, delivery.body, secret)
    return ("", "") if made[SIGNATURE] in signatures else (f"{SIGNATURE} signed with the secret", given)
