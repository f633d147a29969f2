"""How the plain servers read and write what has a form: email addresses (RFC 5321), times (RFC 3339), numbers."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime, timedelta

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*|\"(?:[ !#-\[\]-~]|\\[ -~])*\"")
LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def is_email(text: str) -> bool:
    """Whether a text is an email address: `a.b+c@acme.com`, `"a b"@acme.com`, `a@[127.0.0.1]`."""
    local, at, domain = text.rpartition("@")
    if not at or not LOCAL.fullmatch(local) or len(local) > 64:
        return False
    if domain.startswith("[") and domain.endswith("]"):
        return _is_address(domain[1:-1])
    return len(domain) <= 253 and all(LABEL.fullmatch(label) for label in domain.split("."))


def _is_address(text: str) -> bool:
    try:
        if text[:5].upper() == "IPV6:":
            return bool(ipaddress.IPv6Address(text[5:]))
        return bool(ipaddress.IPv4Address(text))
    except ValueError:
        return False


def read_time(text: str) -> datetime | None:
    """The moment that an RFC 3339 date-time names, in UTC; None for any other text."""
    found = DATE_TIME.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, sign, offset_hours, offset_minutes = found.groups()[6:]
    if int(offset_hours or 0) > 23 or int(offset_minutes or 0) > 59:
        return None
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0)) * (-1 if sign == "-" else 1)
    microsecond = int((fraction or "0")[:6].ljust(6, "0"))
    leap = second == 60
    try:  # the year 0 exists in RFC 3339; it was a leap year, like 400
        moment = datetime(year or 400, month, day, hour, minute, 59 if leap else second, microsecond, UTC)
    except ValueError:
        return None
    try:
        moment = (EARLIEST if year == 0 else moment) - offset
        if leap and (moment.hour, moment.minute) != (23, 59):
            return None
        return moment + timedelta(seconds=1) if leap else moment
    except OverflowError:  # beyond what a datetime can tell
        return EARLIEST if year < 2 else LATEST


def seconds(moment: datetime) -> str:
    """`2024-03-01T12:00:00Z`"""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def milliseconds(moment: datetime) -> str:
    """`2024-03-01T12:00:00.000Z`"""
    return f"{seconds(moment)[:-1]}.{moment.microsecond // 1000:03d}Z"


def read_integer(text: str) -> int | None:
    """The number that a text says in decimal digits: `7`, `-7`; None for any other text and for absurd ones."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,30}", text) else None
