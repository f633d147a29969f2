"""Webhooks over real sockets: who is told, how it is signed, when it is tried again, and where nothing ever goes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from receiving import Receiver, receiver
from serving import Served, run, start
from standardwebhooks import Webhook

KEY = {"Authorization": "Bearer test-key"}
CONTACT = {"first_name": "Ada", "last_name": "Webb", "phone": "+12145550119"}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with start("salespulse", "--no-rate-limits") as served:
        yield served


@pytest.fixture
def sales(server: Served) -> Served:
    server.reset()
    return server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def ask(served: Served, method: str, path: str, body: Any = None) -> httpx.Response:
    return served.client.request(method, f"{served.url}/_mock/{path}", json=body)


def subscribed(served: Served, to: Receiver, **more: Any) -> dict[str, Any]:
    answer = ask(served, "POST", "webhooks", {"url": to.url, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def fire(served: Served, event: str = "call.missed", **data: Any) -> dict[str, Any]:
    answer = ask(served, "POST", "events", {"event": event, "data": data})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def settled(served: Served) -> list[dict[str, Any]]:
    """The deliveries, newest first, when none is under way."""
    return list(served.control("deliveries", settled="true")["deliveries"])


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_call_of_the_api_is_told_as_its_document_says(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook)
    made = sales.client.post(f"{sales.url}/api/v1/contacts", json=CONTACT, headers=KEY)
    assert made.status_code == 201, made.text
    (delivery,) = settled(sales)
    ((path, headers, body),) = hook.got
    assert (path, headers["content-type"]) == ("/hook", "application/json")
    payload = json.loads(body)
    assert payload["event"] == "contact.created"
    assert payload["data"]["phone"] == CONTACT["phone"]
    assert delivery["state"] == "delivered"
    assert json.loads(delivery["body"]) == payload


def test_it_is_signed_as_standard_webhooks_says(sales: Served, hook: Receiver) -> None:
    secret = subscribed(sales, hook)["secret"]
    fire(sales)
    settled(sales)
    ((_, headers, body),) = hook.got
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify(body + b" ", headers)


def test_a_text_of_ones_own_signs_too_and_an_empty_one_doesnt(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook, secret="s3cret", events=["call.missed"])
    subscribed(sales, hook, secret="", events=["sms.received"])
    fire(sales)
    settled(sales)
    fire(sales, "sms.received")
    settled(sales)
    (_, signed, body), (_, plain, _) = hook.got
    over = f"{signed['webhook-id']}.{signed['webhook-timestamp']}.".encode() + body
    digest = hmac.digest(b"s3cret", over, "sha256")
    assert signed["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert "webhook-signature" not in plain


def test_secrets_are_shown_once(sales: Served, hook: Receiver) -> None:
    secret = subscribed(sales, hook)["secret"]
    assert secret not in ask(sales, "GET", "webhooks").text


def test_only_the_events_that_are_wanted(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook, events=["sms.received"])
    fire(sales, "call.missed")
    fire(sales, "sms.received")
    settled(sales)
    assert hook.events == ["sms.received"]


def test_no_webhook_no_delivery(sales: Served, hook: Receiver) -> None:
    name = subscribed(sales, hook)["id"]
    assert ask(sales, "DELETE", f"webhooks/{name}").json() == {"webhooks": []}
    assert refused(ask(sales, "DELETE", f"webhooks/{name}")) == (404, "unknown_webhook")
    fire(sales)
    assert settled(sales) == []


class TestRetries:
    def test_by_the_worlds_clock(self, sales: Served, hook: Receiver) -> None:
        ask(sales, "POST", "clock", {"freeze": "2026-06-01T12:00:00Z"})
        subscribed(sales, hook, retry={"first": "PT10S", "factor": 2, "jitter": 0})
        hook.answers = [500, 503]
        fire(sales)
        (waiting,) = settled(sales)
        assert (waiting["state"], waiting["due"]) == ("waiting", "2026-06-01T12:00:10.000Z")
        sales.advance("PT9.999S")
        settled(sales)
        assert len(hook.got) == 1
        sales.advance("PT0.001S")
        (waiting,) = settled(sales)
        assert (len(hook.got), waiting["due"]) == (2, "2026-06-01T12:00:30.000Z")
        sales.advance("PT20S")
        (done,) = settled(sales)
        assert (done["state"], [one["status"] for one in done["attempts"]]) == ("delivered", [500, 503, 200])
        assert {headers["webhook-id"] for _, headers, _ in hook.got} == {done["message"]}

    def test_jitter_spreads_the_waits_the_same_way_each_time(self, sales: Served, hook: Receiver) -> None:
        def waits() -> list[str]:
            sales.reset()
            ask(sales, "POST", "clock", {"freeze": "2026-06-01T12:00:00Z"})
            subscribed(sales, hook, retry={"first": "PT100S", "jitter": 0.5})
            hook.answers = [500, 500, 500]
            for _ in range(3):
                fire(sales)
            return [one["due"] for one in settled(sales)]

        first = waits()
        assert len(set(first)) == 3
        assert all("2026-06-01T12:00:50" <= due <= "2026-06-01T12:02:31" for due in first)
        assert waits() == first

    def test_the_receiver_may_ask_for_more_time(self, sales: Served, hook: Receiver) -> None:
        ask(sales, "POST", "clock", {"freeze": "2026-06-01T12:00:00Z"})
        subscribed(sales, hook)
        hook.answers = [(429, {"Retry-After": "600"})]
        fire(sales)
        assert settled(sales)[0]["due"] == "2026-06-01T12:10:00.000Z"

    def test_given_up_is_a_dead_letter_until_sent_by_hand(self, sales: Served, hook: Receiver) -> None:
        subscribed(sales, hook, retry={"attempts": 2, "first": "PT1S"})
        hook.answers = [500, 500]
        fire(sales)
        settled(sales)
        sales.advance("PT1M")
        (dead,) = settled(sales)
        assert (dead["state"], dead["reason"], dead["due"]) == ("dead", "given up after 2 attempts", None)
        assert sales.control("deliveries", state="dead")["total"] == 1
        again = ask(sales, "POST", f"deliveries/{dead['id']}/redeliver", {})
        assert again.status_code == 200, again.text
        assert settled(sales)[0]["state"] == "delivered"
        assert len(hook.got) == 3
        assert refused(ask(sales, "POST", "deliveries/99/redeliver", {})) == (404, "unknown_delivery")

    def test_nobody_there(self, sales: Served, hook: Receiver) -> None:
        answer = ask(sales, "POST", "webhooks", {"url": "http://127.0.0.1:1/nobody"})
        assert answer.status_code == 200
        fire(sales)
        (delivery,) = settled(sales)
        (attempt,) = delivery["attempts"]
        assert (attempt["status"], delivery["state"]) == (None, "waiting")
        assert "refused" in attempt["error"].lower()

    def test_gone_ends_the_subscription(self, sales: Served, hook: Receiver) -> None:
        subscribed(sales, hook)
        hook.answers = [410]
        fire(sales)
        assert settled(sales)[0]["state"] == "dead"
        assert [one["active"] for one in sales.control("webhooks")["webhooks"]] == [False]
        fire(sales)
        settled(sales)
        assert len(hook.got) == 1

    def test_a_redirect_is_not_followed(self, sales: Served, hook: Receiver) -> None:
        subscribed(sales, hook)
        hook.answers = [(302, {"Location": hook.url + "/elsewhere"})]
        fire(sales)
        (delivery,) = settled(sales)
        assert ([path for path, _, _ in hook.got], delivery["attempts"][0]["status"]) == (["/hook"], 302)


def test_in_order_one_waits_for_the_other(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook, ordered=True, retry={"first": "PT10S", "jitter": 0})
    hook.answers = [500]
    fire(sales, "call.missed")
    fire(sales, "sms.received")
    settled(sales)
    assert hook.events == ["call.missed"]
    sales.advance("PT10S")
    settled(sales)
    assert hook.events == ["call.missed", "call.missed", "sms.received"]


def test_without_order_the_second_overtakes(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook, retry={"first": "PT10S", "jitter": 0})
    hook.answers = [500]
    fire(sales, "call.missed")
    settled(sales)
    fire(sales, "sms.received")
    settled(sales)
    sales.advance("PT10S")
    settled(sales)
    assert hook.events == ["call.missed", "sms.received", "call.missed"]


def test_duplicates_on_demand(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook, duplicates=1)
    fire(sales)
    (delivery,) = settled(sales)
    assert (delivery["state"], len(delivery["attempts"])) == ("delivered", 2)
    assert len({headers["webhook-id"] for _, headers, _ in hook.got}) == 1


def test_a_receiver_that_hangs_holds_up_nobody(sales: Served, hook: Receiver) -> None:
    subscribed(sales, hook)
    hook.gate.clear()  # no delivery is answered from here on
    made = [sales.client.post(f"{sales.url}/api/v1/contacts", json=CONTACT, headers=KEY) for _ in range(3)]
    assert made[0].status_code == 201
    assert sales.control("deliveries", state="waiting")["total"] >= 1
    hook.gate.set()
    assert {one["state"] for one in settled(sales)} == {"delivered"}


def test_each_world_tells_its_own(sales: Served, hook: Receiver) -> None:
    body = {"url": hook.url}
    sales.client.post(f"{sales.url}/_world/a/_mock/webhooks", json=body)
    fire(sales)
    sales.client.post(f"{sales.url}/_world/a/_mock/events", json={"event": "sms.received"})
    sales.client.get(f"{sales.url}/_world/a/_mock/deliveries?settled=true")
    assert hook.events == ["sms.received"]


class TestTargets:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/hook",
            "http://169.254.169.254/latest/meta-data",
            "http://[fd00:ec2::254]/",
            "http://[::ffff:169.254.169.254]/",
            "http://10.0.0.1/",
            "http://0.0.0.0:8000/",
            "http://224.0.0.1/",
            "http://localhost.example.com/",
            "http://user:secret@127.0.0.1/",
            "http://127.0.0.1:99999/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "//127.0.0.1/",
            "127.0.0.1:8000",
            "http://",
            "http://127.0.0.1/\r\nX: y",
            "http://127.0.0.1/ä",
            "",
        ],
    )
    def test_nothing_goes_there(self, sales: Served, url: str) -> None:
        assert refused(ask(sales, "POST", "webhooks", {"url": url})) == (400, "target_not_allowed")

    @pytest.mark.parametrize("url", ["http://localhost:9/x", "http://[::1]:9/", "http://127.9.9.9:9/", "https://localhost/"])
    def test_this_machine_is_a_target(self, sales: Served, url: str) -> None:
        assert ask(sales, "POST", "webhooks", {"url": url}).status_code == 200

    def test_others_when_the_user_allows_them(self, hook: Receiver) -> None:
        allowed = ("--allow-webhook-host", "*.Example.test", "--allow-webhook-host", "10.1.2.3")
        with start("salespulse", *allowed) as served:
            for url in ("http://crm.example.test/hook", "http://10.1.2.3/"):
                assert ask(served, "POST", "webhooks", {"url": url}).status_code == 200
            for url in ("http://example.test/", "http://10.1.2.4/", "http://badexample.test/"):
                assert refused(ask(served, "POST", "webhooks", {"url": url})) == (400, "target_not_allowed")
            link_local = ask(served, "POST", "webhooks", {"url": "http://169.254.1.1/"})
            assert refused(link_local) == (400, "target_not_allowed")

    def test_a_callback_that_leads_elsewhere_is_a_dead_letter(self, tmp_path: Path) -> None:
        with start(str(calling_back(tmp_path))) as served:
            served.client.post(f"{served.url}/jobs", json={"name": "Export", "notify": "http://192.0.2.1/x"})
            (delivery,) = settled(served)
            assert (delivery["state"], delivery["reason"]) == ("dead", "192.0.2.1 is not this machine.")

    def test_of_the_command_line(self) -> None:
        done = run("serve", "salespulse", "--port", "0", "--webhook", "http://example.com/hook")
        assert done.returncode == 2
        assert "--allow-webhook-host example.com" in done.stderr


class TestOutsideEvents:
    def test_each_event_of_the_documents_can_be_fired(self, everything: Served) -> None:
        fired = []
        for name in ("salespulse", "myra"):
            document = everything_documents()[name]
            for event in document["webhooks"]:
                answer = ask(everything, "POST", "events", {"api": name, "event": event})
                assert answer.status_code == 200, answer.text
                content = document["webhooks"][event]["post"]["requestBody"]["content"]
                schema = {**content["application/json"]["schema"], "components": document["components"]}
                Draft202012Validator(schema).validate(answer.json()["payload"])
                fired.append(event)
        assert {"call.missed", "sms.received", "callpulse.call_received", "contact.created"} <= set(fired)

    def test_what_is_said_is_kept_and_the_rest_is_of_a_record_that_exists(self, sales: Served) -> None:
        payload = fire(sales, "sms.received", message="Call me back")["payload"]
        assert payload["data"]["message"] == "Call me back"
        contact = sales.client.get(f"{sales.url}/api/v1/contacts/{payload['data']['contact_id']}", headers=KEY)
        assert contact.status_code == 200

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"event": "call.mised"}, "unknown_event"),
            ({"event": "call.missed", "api": "sales"}, "unknown_api"),
            ({"event": "call.missed", "data": {"direction": 7}}, "bad_event"),
            ({"event": "call.missed", "data": []}, "bad_body"),
            ({"data": {}}, "bad_body"),
            ({"event": "call.missed", "payload": {}}, "bad_body"),
        ],
    )
    def test_what_is_no_event(self, sales: Served, body: Any, code: str) -> None:
        assert refused(ask(sales, "POST", "events", body)) == (400, code)
        assert sales.control("events")["total"] == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"events": ["call.mised"]}, "unknown_event"),
        ({"api": "sales"}, "unknown_api"),
        ({"events": []}, "bad_body"),
        ({"duplicates": 2}, "bad_body"),
        ({"retry": {"first": "soon"}}, "bad_duration"),
        ({"retries": 3}, "bad_body"),
    ],
)
def test_what_is_no_webhook(sales: Served, more: Any, code: str) -> None:
    answer = ask(sales, "POST", "webhooks", {"url": "http://127.0.0.1:1/", **more})
    assert refused(answer) == (400, code)


def everything_documents() -> dict[str, Any]:
    import yaml

    root = Path(__file__).resolve().parents[2]
    return {name: yaml.safe_load((root / f"openapi/{name}.yaml").read_text()) for name in ("salespulse", "myra")}


def calling_back(folder: Path) -> Path:
    """A document with a callback, a webhook that nobody has annotated, and signatures in the vendor's own form."""
    written = folder / "jobs.json"
    job = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "notify": {"type": "string"}},
    }
    finished = {
        "type": "object",
        "required": ["job", "name", "state"],
        "properties": {"job": {"type": "string"}, "name": {"type": "string"}, "state": {"const": "done"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Jobs", "version": "1"},
        "x-mock": {
            "events": {
                "sign": {"over": "{timestamp}.{body}", "algorithm": "sha512"},
                "headers": {"X-Jobs-Signature": "t={timestamp},v1={signature}", "X-Jobs-Event": "{event}"},
            }
        },
        "paths": {
            "/jobs": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
                    "responses": {"201": {"description": "made", "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}}},
                    "callbacks": {
                        "finished": {
                            "{$request.body#/notify}?job={$response.body#/id}": {
                                "put": {"requestBody": {"content": {"application/json": {"schema": finished}}},
                                        "responses": {"200": {"description": "ok"}}}
                            }
                        }
                    },
                },
                "get": {"responses": {"200": {"description": "all", "content": {"application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Job"}}}}}}},
            }
        },
        "webhooks": {
            "job.created": {
                "post": {"requestBody": {"content": {"application/json": {"schema": {
                    "type": "object",
                    "required": ["event", "data"],
                    "properties": {"event": {"const": "job.created"}, "data": {"$ref": "#/components/schemas/Job"}},
                }}}}, "responses": {"200": {"description": "ok"}}}
            }
        },
        "components": {"schemas": {"Job": {**job, "required": ["name"]}}},
    }  # fmt: skip
    written.write_text(json.dumps(document))
    return written


def test_a_document_that_nobody_annotated_calls_back_and_tells(tmp_path: Path, hook: Receiver) -> None:
    with start(str(calling_back(tmp_path)), "--webhook", hook.url) as served:
        made = served.client.post(f"{served.url}/jobs", json={"name": "Import", "notify": hook.url})
        assert made.status_code == 201, made.text
        assert {one["state"] for one in settled(served)} == {"delivered"}
        told = {path: (headers, json.loads(body)) for path, headers, body in hook.got}
        headers, payload = told["/hook"]
        assert payload == {"event": "job.created", "data": made.json()}
        assert headers["x-jobs-event"] == "job.created"
        called_back = told[f"/hook?job={made.json()['id']}"][1]
        assert (called_back["name"], called_back["state"]) == ("Import", "done")


def test_a_signature_in_the_vendors_own_form(tmp_path: Path, hook: Receiver) -> None:
    with start(str(calling_back(tmp_path))) as served:
        subscribed(served, hook, secret="s3cret")
        served.client.post(f"{served.url}/jobs", json={"name": "Import"})
        settled(served)
        ((_, headers, body),) = hook.got
        stamp, signature = headers["x-jobs-signature"].removeprefix("t=").split(",v1=")
        assert signature == hmac.new(b"s3cret", stamp.encode() + b"." + body, hashlib.sha512).hexdigest()


def test_from_the_start_by_fixtures(tmp_path: Path, hook: Receiver) -> None:
    fixtures = tmp_path / "fixtures.yaml"
    fixtures.write_text(f"webhooks:\n  - {{url: '{hook.url}', events: [call.missed]}}\n")
    with start("salespulse", "--fixtures", str(fixtures)) as served:
        fire(served)
        fire(served, "sms.received")
        settled(served)
        assert hook.events == ["call.missed"]
        served.reset()
        assert len(served.control("webhooks")["webhooks"]) == 1
