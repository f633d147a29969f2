"""Credentials as a document describes them (OpenAPI 3.1, 4.8.27 to 4.8.30): schemes, keys, scopes, token endpoints."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from drive import NOW, Driver
from inline import ask, header, json, served
from verdicts import is_details

from mockserver import sources
from mockserver.spec.errors import SpecError

ONE = """
paths:
  /me:
    get: {{security: {security}, responses: {{'200': {{description: Me.}}}}}}
components:
  securitySchemes:
    bearer: {{type: http, scheme: bearer}}
    basic: {{type: http, scheme: basic}}
    other: {{type: http, scheme: Token}}
    key: {{type: apiKey, in: header, name: X-Api-Key}}
    authorization: {{type: apiKey, in: header, name: Authorization}}
    query: {{type: apiKey, in: query, name: api_key}}
    cookie: {{type: apiKey, in: cookie, name: session}}
    oauth: {{type: oauth2, flows: {{}}}}
    openid: {{type: openIdConnect, openIdConnectUrl: 'https://x.example/.well-known/openid-configuration'}}
    certificate: {{type: mutualTLS}}
"""
BASIC = "Basic " + base64.b64encode(b"ann:secret").decode()
BAD_BASIC = "Basic " + base64.b64encode(b"invalid:secret").decode()


def me(security: str, **options: object) -> Driver:
    return served(ONE.format(security=security), **options)


def status(driver: Driver, query: str = "", **headers: str) -> int:
    return ask(driver, f"GET /me{query}", **headers).status


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        ("bearer", {"authorization": "Bearer abc"}, {"authorization": "Bearer invalid-abc"}),
        ("bearer", {"authorization": "bearer abc"}, {"authorization": "Bearer "}),
        ("bearer", {"authorization": "Bearer abc"}, {"authorization": BASIC}),
        ("basic", {"authorization": BASIC}, {"authorization": BAD_BASIC}),
        ("basic", {"authorization": BASIC}, {"authorization": "Basic ann:secret"}),
        ("other", {"authorization": "Token abc"}, {"authorization": "Bearer abc"}),
        ("key", {"x_api_key": "abc"}, {"x_api_key": "invalid"}),
        ("key", {"x_api_key": "abc"}, {"x_api_key": ""}),
        ("authorization", {"authorization": "abc"}, {"authorization": "invalid"}),
        ("authorization", {"authorization": "Bearer abc"}, {"authorization": "Bearer invalid"}),
        ("cookie", {"cookie": "a=b; session=abc"}, {"cookie": "a=b"}),
        ("oauth", {"authorization": "Bearer abc"}, {"authorization": "abc"}),
        ("openid", {"authorization": "Bearer abc"}, {}),
    ],
)
def test_any_token_is_taken_but_for_one_that_begins_with_invalid(
    scheme: str, good: dict[str, str], bad: dict[str, str]
) -> None:
    api = me(f"[{{{scheme}: []}}]")

    assert status(api, **good) == 200
    assert status(api, **bad) == 401
    assert status(api) == 401


def test_a_key_in_the_query() -> None:
    api = me("[{query: []}]")

    assert (status(api, "?api_key=a"), status(api, "?api_key="), status(api, "?api_key=invalid")) == (200, 401, 401)


def test_a_client_certificate_is_for_whoever_ends_the_tls_connection() -> None:
    assert status(me("[{certificate: []}]")) == 200
    assert status(me("[{certificate: [], bearer: []}]")) == 401


def test_a_refusal_says_how_to_authenticate() -> None:
    answer = ask(me("[{basic: []}]"), "GET /me")

    assert header(answer, "WWW-Authenticate") == 'Basic realm="mock"'
    assert is_details(answer)


@pytest.mark.parametrize(
    ("security", "sent", "detail", "challenge"),
    [
        ("{key: []}", {}, "an API key in the header X-Api-Key is required", "ApiKey"),
        ("{query: []}", {}, "an API key in the query parameter api_key is required", "ApiKey"),
        ("{basic: []}", {}, "a user name and password in the header Authorization (Basic …) is required", "Basic"),
        ("{bearer: []}", {}, "a bearer token in the header Authorization (Bearer …) is required", "Bearer"),
        ("{oauth: []}", {}, "an OAuth 2.0 access token in the header Authorization (Bearer …) is required", "Bearer"),
        ("{key: []}", {"x_api_key": "invalid"}, "the API key in the header X-Api-Key is not valid", "ApiKey"),
        ("{bearer: []}", {"authorization": "Bearer invalid"}, "the bearer token is not valid", "Bearer"),
        ("{basic: []}", {"authorization": "Basic aW52YWxpZDp4"}, "the user name and password are not valid", "Basic"),
        ("{basic: []}", {"authorization": "Bearer abc"},
         "a user name and password in the header Authorization (Basic …) is required", "Basic"),
        ("{key: []}, {bearer: []}", {},
         "an API key in the header X-Api-Key or a bearer token in the header Authorization (Bearer …) is required",
         "ApiKey Bearer"),
        ("{key: [], bearer: []}", {"x_api_key": "a"},
         "an API key in the header X-Api-Key and a bearer token in the header Authorization (Bearer …) are required",
         "ApiKey Bearer"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_asked_for(security: str, sent: dict[str, str], detail: str, challenge: str) -> None:
    answer = ask(me(f"[{security}]"), "GET /me", **sent)

    assert (answer.status, json(answer)["detail"]) == (401, detail)
    assert header(answer, "WWW-Authenticate") == ", ".join(f'{word} realm="mock"' for word in challenge.split())


def test_all_schemes_of_one_requirement_must_hold() -> None:
    api = me("[{key: [], bearer: []}]")

    assert status(api, x_api_key="a") == 401
    assert status(api, authorization="Bearer a") == 401
    assert status(api, x_api_key="a", authorization="Bearer a") == 200


def test_one_of_several_requirements_must_hold() -> None:
    api = me("[{key: []}, {basic: []}]")

    assert status(api, x_api_key="a") == 200
    assert status(api, authorization=BASIC) == 200
    assert status(api, authorization="Bearer a") == 401


def test_an_empty_requirement_lets_anybody_in() -> None:
    assert status(me("[{key: []}, {}]")) == 200
    assert status(me("[]")) == 200


KEYS = {
    "k-read": {"scopes": ["read"]},
    "k-both": {"scopes": ["read", "write"]},
    "k-all": {},
    "k-old": {"expires": "2020-01-01T00:00:00Z"},
}


def test_with_keys_no_other_token_is_taken() -> None:
    api = me("[{bearer: []}]", fixtures={"keys": KEYS})

    assert status(api, authorization="Bearer k-all") == 200
    assert status(api, authorization="Bearer anything") == 401
    assert status(api, authorization="Bearer k-old") == 401


def test_a_keys_list_says_its_scopes() -> None:
    api = me("[{oauth: [read, write]}]", fixtures={"keys": KEYS})

    assert status(api, authorization="Bearer k-both") == 200
    assert status(api, authorization="Bearer k-all") == 200
    refused = ask(api, "GET /me", authorization="Bearer k-read")
    assert refused.status == 403
    assert "write" in json(refused)["detail"]


def test_scopes_count_for_the_requirement_that_is_met() -> None:
    api = me("[{oauth: [write]}, {key: []}]", fixtures={"keys": KEYS})

    assert status(api, authorization="Bearer k-read") == 403
    assert status(api, x_api_key="k-read") == 200
    assert status(api, x_api_key="k-read", authorization="Bearer k-read") == 200


def test_an_overlay_may_bring_keys() -> None:
    api = served(ONE.format(security="[{bearer: []}]") + "x-mock: {access: {keys: {mine: {name: Me}}}}")

    assert (status(api, authorization="Bearer mine"), status(api, authorization="Bearer x")) == (200, 401)


@pytest.mark.parametrize(
    "text",
    ["keys: {mine: {scopes: [read]}}", "mine: {scopes: [read]}", '{"mine": {"scopes": ["read"]}}'],
    ids=["fixtures", "plain", "json"],
)
def test_a_file_of_keys(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.yaml").write_text(text)

    assert sources.keys(str(tmp_path / "keys.yaml")) == {"mine": {"scopes": ["read"]}}


@pytest.mark.parametrize("text", ["- mine", "mine:"])
def test_a_key_may_be_nothing_but_its_secret(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.yaml").write_text(text)

    assert sources.keys(str(tmp_path / "keys.yaml")) == {"mine": {}}


def test_a_mistake_in_a_file_of_keys_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "keys.yaml").write_text("mine:\n  scops: [read]\n")

    with pytest.raises(SpecError, match=r"keys.yaml:2.*unknown word 'scops' \(did you mean 'scopes'\?\)"):
        sources.keys(str(tmp_path / "keys.yaml"))


OAUTH = """
servers: [{url: 'https://api.example.com/v1'}]
paths:
  /oauth/token:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties: {grant_type: {type: string}, scope: {type: string}, username: {type: string}}
      responses:
        '200':
          description: A token.
          content:
            application/json:
              schema:
                type: object
                required: [access_token, token_type]
                properties:
                  access_token: {type: string}
                  token_type: {type: string}
                  expires_in: {type: integer}
                  refresh_token: {type: string}
                  scope: {type: string}
        '400':
          description: None.
          content:
            application/json:
              schema:
                type: object
                required: [error]
                properties:
                  error: {enum: [invalid_request, invalid_client, invalid_grant, unsupported_grant_type]}
                  error_description: {type: string}
  /things:
    get: {security: [{oauth: [read]}], responses: {'200': {description: Things.}}}
security: [{oauth: []}]
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: TOKEN_URL, scopes: {read: Read, write: Write}}}
"""
FORM = "application/x-www-form-urlencoded"


def oauth(url: str = "https://api.example.com/v1/oauth/token", **options: object) -> Driver:
    return served(OAUTH.replace("TOKEN_URL", url), **options)


def token(api: Driver, form: str, now: int = NOW, **headers: str) -> dict[str, object]:
    answer = ask(api, "POST /v1/oauth/token", form.encode(), now, content_type=FORM, **headers)
    assert answer.status == 200, answer.body
    route = ("/oauth/token", "post")
    assert api.judge.faults(api.operation(route), answer) == []
    return json(answer)


def things(api: Driver, told: dict[str, object], now: int = NOW) -> int:
    return ask(api, "GET /v1/things", None, now, authorization=f"Bearer {told['access_token']}").status


@pytest.mark.parametrize(
    "url", ["https://api.example.com/v1/oauth/token", "/v1/oauth/token", "/oauth/token", "oauth/token/"]
)
def test_a_token_endpoint_gives_out_tokens_that_are_accepted(url: str) -> None:
    api = oauth(url)

    told = token(api, "grant_type=client_credentials&client_id=me&scope=read")

    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, "read")
    assert things(api, told) == 200


@pytest.mark.parametrize(
    "form", ["grant_type=password&username=ann&password=x", "grant_type=refresh_token&refresh_token=abc",
             "grant_type=authorization_code&code=abc", "grant_type=client_credentials"],
)  # fmt: skip
def test_grants(form: str) -> None:
    api = oauth()

    assert things(api, token(api, form)) == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("grant_type=magic", "unsupported_grant_type"),
        ("grant_type=password&username=invalid", "invalid_grant"),
        ("grant_type=refresh_token&refresh_token=invalid", "invalid_grant"),
    ],
)
def test_refusals_are_in_the_words_of_oauth(form: str, error: str) -> None:
    answer = ask(oauth(), "POST /v1/oauth/token", form.encode(), content_type=FORM)

    assert (answer.status, json(answer)["error"]) == (400, error)


def test_the_same_requests_give_the_same_tokens() -> None:
    assert token(oauth(), "grant_type=client_credentials") == token(oauth(), "grant_type=client_credentials")


def test_a_token_ends_and_is_refreshed() -> None:
    api, later = oauth(), NOW + 3_600_000

    told = token(api, "grant_type=client_credentials&scope=read")
    assert (things(api, told, later - 1), things(api, told, later)) == (200, 401)
    again = token(api, f"grant_type=refresh_token&refresh_token={told['refresh_token']}", later)
    assert again["scope"] == "read"
    assert things(api, again, later) == 200


def test_a_token_does_what_it_was_given_for() -> None:
    api = oauth()

    assert things(api, token(api, "grant_type=client_credentials&scope=write")) == 403
    assert things(api, {"access_token": token(api, "grant_type=client_credentials")["refresh_token"]}) == 401


def test_a_token_that_is_made_up_is_refused() -> None:
    api = oauth()

    told = str(token(api, "grant_type=client_credentials")["access_token"])
    assert things(api, {"access_token": told[:-1] + ("0" if told[-1] != "0" else "1")}) == 401
    assert things(api, {"access_token": "mock-token.e30.x"}) == 401


def test_with_keys_a_client_must_be_one_of_them() -> None:
    api = oauth(fixtures={"keys": KEYS})

    told = token(api, "grant_type=client_credentials&client_id=app&client_secret=k-read")
    assert told["scope"] == "read"
    assert things(api, told) == 200
    basic = "Basic " + base64.b64encode(b"k-both:x").decode()
    assert things(api, token(api, "grant_type=client_credentials&scope=read", authorization=basic)) == 200
    unknown = ask(api, "POST /v1/oauth/token", b"grant_type=client_credentials&client_id=x", content_type=FORM)
    assert unknown.status == 401


def test_explain_says_what_a_token_endpoint_does() -> None:
    words = oauth().service.explain("api")["operations"]["post /oauth/token"]["x-mock"]

    assert words["does"] == {"value": "issue-token", "from": "guessed"}
