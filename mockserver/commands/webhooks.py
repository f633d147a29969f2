"""Commands of the outbox: who is told of what, what came of each delivery, and events from outside."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.commands.command import Mistake
from mockserver.service import Service
from mockserver.spec.errors import SpecError, nearest
from mockserver.spec.model import Json
from mockserver.world import times
from mockserver.world.outbox import EVERY, MAX_WEBHOOKS, Attempt, Delivery, Retry, Webhook
from mockserver.world.signing import new_secret
from mockserver.world.world import World


def subscribe(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"url", "events"?, "api"?, "secret"?, "ordered"?, "duplicates"?, "retry"?}`: from now on, events go there."""
    outbox = world.outbox
    if len(outbox.webhooks) >= MAX_WEBHOOKS:
        raise Mistake("too_many", f"There are {MAX_WEBHOOKS} webhooks already.", "Delete some first.")
    number = outbox.named + 1
    secret = new_secret(world.seed, world.name, number) if body.get("secret") is None else body["secret"]
    webhook = webhook_of(service, {**body, "secret": secret}, f"wh_{number}")
    world.outbox = outbox.subscribed(webhook)
    return {**shown_webhook(webhook), "secret": secret}


def webhook_of(service: Service, words: Json, name: str) -> Webhook:
    """A webhook as a user words it. Raises Mistake for an API or event that there isn't."""
    api = words.get("api") or ""
    if api and api not in service.apis:
        raise Mistake("unknown_api", f"There is no API {api!r} here{nearest(api, service.apis)}.", _known(service.apis))
    known = {event for name, served in service.apis.items() if api in ("", name) for event in served.api.webhooks}
    for event in words.get("events") or ():
        if event not in known and event != EVERY:
            message = f"No API here sends an event {event[:100]!r}{nearest(event[:100], known)}."
            raise Mistake("unknown_event", message, _known([*sorted(known), EVERY]))
    retry = words.get("retry") or {}
    spans = {name: _span(retry[name]) for name in ("first", "longest") if name in retry}
    others = {name: retry[name] for name in ("attempts", "factor", "jitter") if name in retry}
    return Webhook(
        name, words["url"], tuple(words.get("events") or (EVERY,)), api, words.get("secret") or "",
        bool(words.get("ordered")), words.get("duplicates") or 0, Retry(**others, **spans),
    )  # fmt: skip


def _known(names: Iterable[str]) -> str:
    return f"Known: {', '.join(names) or 'none'}."


def _span(text: str) -> int:
    try:
        return max(times.duration(text), 0)
    except ValueError:
        message = f"{text[:100]!r} is no ISO 8601 duration."
        raise Mistake("bad_duration", message, "Write PT5S, PT10M or P1D.") from None


def unsubscribe(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"id"}`: nothing goes there any more; what was on its way is dead."""
    _webhook(world, body["id"])
    world.outbox = world.outbox.unsubscribed(body["id"])
    return {"webhooks": [shown_webhook(one) for one in world.outbox.webhooks]}


def _webhook(world: World, name: str) -> Webhook:
    found = world.outbox.webhook(name)
    if found is None:
        known = [one.id for one in world.outbox.webhooks]
        raise Mistake("unknown_webhook", f"There is no webhook {name[:100]!r}{nearest(name, known)}.", _known(known))
    return found


def fire(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"api", "event", "data"?}`: an event from outside; what `data` leaves out is made up."""
    api, event = body.get("api") or "", body["event"]
    if not api and len(service.apis) == 1:
        (api,) = service.apis
    if api not in service.apis:
        unknown = f"There is no API {api[:100]!r} here{nearest(api, service.apis)}."
        raise Mistake("unknown_api", unknown if api else "Which API's event is it?", _known(service.apis))
    known = service.apis[api].api.webhooks
    if event not in known:
        message = f"{api} sends no event {event[:100]!r}{nearest(event[:100], known)}."
        raise Mistake("unknown_event", message, _known(sorted(known)))
    try:
        wrong = service.fire(world, api, event, body.get("data"), now)
    except SpecError as error:
        hint = "The document's schema needs mending."
        raise Mistake("not_served", f"The event can't be made: {error}", hint) from None
    if wrong:
        first = wrong[0]
        where = ".".join(map(str, first.path)) or "the payload"
        message = f"{where} {first.message}, says the schema of {event!r} in {api}'s document."
        hint = "Send data as that schema has it, or leave out what you don't mind."
        raise Mistake("bad_event", message[:1_000], hint)
    made = world.outbox.events[-1]
    at = times.text(made.at, "milliseconds")
    return {"id": made.number, "at": at, "api": api, "event": event, "payload": made.payload}


def attempted(service: Service, world: World, body: Json, now: int) -> Json:
    """What came of an attempt, as web.delivery tells it: `{"number", "attempt", "at", "status", "headers", "answer",
    "error", "wait"}`. One that the world knows nothing of (any more) changes nothing."""
    delivery = world.outbox.deliveries.get(body["number"])
    if delivery is not None and delivery.due is not None and len(delivery.attempts) == body["attempt"]:
        attempt = Attempt(body["at"], body["headers"], body["status"], body["answer"], body["error"])
        world.outbox = world.outbox.attempted(world.seed, delivery.number, attempt, body["wait"])
    return None


def refuse(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"number", "reason"}`: a delivery that must not go out, as web.delivery found."""
    delivery = world.outbox.deliveries.get(body["number"])
    if delivery is not None and delivery.due is not None:
        world.outbox = world.outbox.refused(delivery.number, body["reason"])
    return None


def redeliver(service: Service, world: World, body: Json, now: int) -> Json:
    """`{"number"}`: a delivery goes out once more, now."""
    delivery = world.outbox.deliveries.get(body["number"])
    if delivery is None:
        message = f"There is no delivery {body['number']}."
        raise Mistake("unknown_delivery", message, "GET /_mock/deliveries lists them.")
    world.outbox = world.outbox.again(delivery.number, world.clock.read(now))
    return shown_delivery(world.outbox.deliveries[delivery.number])


def shown_webhook(webhook: Webhook) -> dict[str, Json]:
    """A webhook as the control API shows it: without its secret."""
    retry = webhook.retry
    return {
        "id": webhook.id, "url": webhook.url, "events": list(webhook.events), "api": webhook.api or None,
        "signed": bool(webhook.secret), "ordered": webhook.ordered, "duplicates": webhook.duplicates,
        "retry": {
            "attempts": retry.attempts, "first": _seconds(retry.first), "factor": retry.factor,
            "longest": _seconds(retry.longest), "jitter": retry.jitter,
        },
        "active": webhook.active,
    }  # fmt: skip


def _seconds(milliseconds: int) -> str:
    return f"PT{milliseconds / times.SECOND:g}S"


def shown_delivery(delivery: Delivery) -> dict[str, Json]:
    """A delivery with its attempts as the control API shows it."""
    return {
        "id": delivery.number, "message": delivery.message, "webhook": delivery.webhook or None, "url": delivery.url,
        "method": delivery.method, "api": delivery.event.api, "event": delivery.event.name,
        "event_id": delivery.event.number, "state": delivery.state, "reason": delivery.reason or None,
        "due": None if delivery.due is None else times.text(delivery.due, "milliseconds"),
        "body": delivery.body.decode(),
        "attempts": [
            {
                "at": times.text(one.at, "milliseconds"), "headers": one.headers, "status": one.status or None,
                "answer": one.answer, "error": one.error or None,
            }
            for one in delivery.attempts
        ],
    }  # fmt: skip
