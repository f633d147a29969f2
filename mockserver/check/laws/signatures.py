"""The law of signatures: who receives a webhook can tell who sent it."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.check import signatures
from mockserver.check.contract import Contract
from mockserver.check.laws.bench import Bench
from mockserver.check.laws.law import Breach, Law, Unfit
from mockserver.check.laws.webhooks import await_webhooks, declared, listening
from mockserver.check.listener import Delivery
from mockserver.spec.errors import SpecError

NAME = "events-signed"


def events_signed(bench: Bench, subject: None) -> Iterator[Breach]:
    """Every delivery of a known event has the signature that the document, or a secret that was given, promises."""
    listener, options = listening(bench), bench.checking.options
    known = declared(bench)
    await_webhooks(bench, listener, lambda: bool(listener.received))
    tried, blamed = 0, set[str]()
    for planned, event in known:
        for delivery in [one for one in list(listener.received) if event.is_in(one)]:
            verdict = _judged(bench, event.name, delivery)
            tried += verdict is not None
            if verdict and verdict[0] and event.name not in blamed:
                blamed.add(event.name)
                yield Breach(planned, f"a webhook {event.name} with {verdict[0]}", verdict[1], (), verdict[2])
    if not tried:
        raise Unfit("nothing says how webhooks are signed")
    if options.webhook_secret is None:
        bench.checking.tally.skip(f"laws/{NAME}", "signatures are there; to verify them, give --webhook-secret-env")


def _judged(bench: Bench, event: str, delivery: Delivery) -> tuple[str, str, str] | None:
    """What was expected, what was seen, and where the document says so; None where nothing is promised."""
    contract, secret = bench.checking.contract, bench.checking.options.webhook_secret
    words = contract.given.get("events") or {}
    expected, seen, pointer, tried = "", "", "", False
    if words.get("headers"):
        tried, pointer = True, "/x-mock/events/headers"
        try:
            expected, seen = signatures.vendors(words, delivery, event, listening(bench).url, secret)
        except ValueError as error:  # a body that is no text, or what is signed isn't told
            expected, seen = "a signature that can be verified", str(error)
    declared_at = _declared(contract, event)
    if not expected and (declared_at or (secret and signatures.SIGNATURE in delivery.headers)):
        tried, pointer = True, declared_at
        expected, seen = signatures.standard(delivery, secret)
    return (expected, seen, pointer) if tried else None


def _declared(contract: Contract, event: str) -> str:
    """Where the document asks for Standard Webhooks: a header parameter of the webhook; empty where it doesn't."""
    try:
        method = contract.served.api.webhooks.get(event, ("post",))[0]
        parameters = contract.served.api.operation(event, method).parameters
    except SpecError:
        return ""
    named = (one for one in parameters if one.location == "header" and one.name.lower() == signatures.SIGNATURE)
    return next((one.pointer for one in named), "")


LAWS = (
    Law(NAME, "api", "A webhook is signed as documented.", events_signed, writes=True, listens=True),
)  # fmt: skip
