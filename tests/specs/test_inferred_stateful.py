"""schemathesis' stateful phase stays clean on documents whose resources are inferred, served without an annotation.

It follows the documents' links, and those that it infers itself from paths, bodies and `Location`: what was made, read
and deleted in one sequence must hang together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from schemathesis_runs import KEYS, checked
from serving import start
from vendors import DOCUMENTS

from mockserver import sources
from mockserver.spec import operations

HEADERS = {**KEYS, "Intercom-Version": "2.13", "x-api-token": "test-key"}
EXAMPLES = 10  # sequences of calls
SECONDS = 100  # for one document; far above the 3 to 6 that it takes
# Refusals that a document leaves undeclared are problem details (RFC 9457): it says nothing, so neither is wrong.
EXCUSED = [("UndefinedStatusCode", ".*", "", r"\A(4[0-9][0-9]) application/problem\+json")]
# Left out are checks that need keys of known rights (`ignored_auth`: without fixtures nearly every key is accepted).
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "use_after_free", "ensure_resource_availability",
)  # fmt: skip

JSON_API = """
openapi: 3.1.0
info: {title: Contacts in the manner of JSON:API, version: '1'}
paths:
  /contacts:
    get:
      operationId: listContacts
      parameters:
      - {name: 'page[number]', in: query, schema: {type: integer, minimum: 1, maximum: 1000}}
      - {name: 'page[size]', in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      responses:
        '200': &many
          description: Some
          content:
            application/vnd.api+json:
              schema:
                type: object
                required: [data]
                properties: {data: {type: array, items: {$ref: '#/components/schemas/Contact'}}}
    post:
      operationId: createContact
      requestBody: &sent
        required: true
        content:
          application/vnd.api+json:
            schema:
              type: object
              required: [data]
              properties: {data: {$ref: '#/components/schemas/ContactSent'}}
      responses:
        '201': &one
          description: One
          content:
            application/vnd.api+json:
              schema:
                type: object
                required: [data]
                properties: {data: {$ref: '#/components/schemas/Contact'}}
        '422': &refused {description: Refused}
  /contacts/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, pattern: '^[0-9]{1,9}$'}}]
    get: {operationId: readContact, responses: {'200': *one, '404': &missing {description: Missing}}}
    patch: {operationId: changeContact, requestBody: *sent, responses: {'200': *one, '404': *missing, '422': *refused}}
    delete: {operationId: deleteContact, responses: {'204': {description: Gone}, '404': *missing}}
components:
  schemas:
    ContactSent:
      type: object
      required: [type, attributes]
      properties:
        type: {const: contacts}
        attributes: &attributes
          type: object
          required: [name]
          properties: {name: {type: string, minLength: 1, maxLength: 80}, phone: {type: [string, 'null']}}
    Contact:
      type: object
      required: [id, type, attributes]
      properties: {id: {type: string}, type: {const: contacts}, attributes: *attributes}
"""
ENVELOPED = """
openapi: 3.0.3
info: {title: Deals of contacts in envelopes that are named like the record, version: '1'}
paths:
  /contacts:
    get:
      operationId: listContacts
      parameters:
      - {name: page, in: query, schema: {type: integer, minimum: 1, maximum: 1000}}
      - {name: per_page, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      responses:
        '200':
          description: Some
          content:
            application/json:
              schema:
                type: object
                required: [contacts, meta]
                properties:
                  contacts: {type: array, items: {$ref: '#/components/schemas/Contact'}}
                  meta: {type: object, required: [total], properties: {total: {type: integer}}}
    post:
      operationId: createContact
      requestBody: &sent
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [contact]
              properties: {contact: {$ref: '#/components/schemas/ContactSent'}}
      responses:
        '201': &contact
          description: One
          content:
            application/json:
              schema:
                type: object
                required: [contact]
                properties: {contact: {$ref: '#/components/schemas/Contact'}}
        '400': &refused {description: Refused}
  /contacts/{contact_id}:
    parameters: &key [{name: contact_id, in: path, required: true, schema: {type: integer, minimum: 1}}]
    get: {operationId: readContact, responses: {'200': *contact, '404': &missing {description: Missing}}}
    put:
      operationId: updateContact
      requestBody: *sent
      responses: {'200': *contact, '400': *refused, '404': *missing}
    delete:
      operationId: deleteContact
      responses:
        '200':
          description: Gone
          content:
            application/json:
              schema: {type: object, required: [deleted], properties: {deleted: {type: boolean}}}
        '404': *missing
  /contacts/{contact_id}/deals:
    parameters: *key
    get:
      operationId: listDeals
      responses:
        '200':
          description: Some
          content:
            application/json:
              schema:
                type: object
                required: [deals]
                properties: {deals: {type: array, items: {$ref: '#/components/schemas/Deal'}}}
        '404': *missing
    post:
      operationId: createDeal
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [deal]
              properties: {deal: {$ref: '#/components/schemas/DealSent'}}
      responses:
        '201':
          description: One
          content:
            application/json:
              schema:
                type: object
                required: [deal]
                properties: {deal: {$ref: '#/components/schemas/Deal'}}
        '400': *refused
        '404': *missing
components:
  schemas:
    ContactSent:
      type: object
      required: [name]
      properties: {name: {type: string, minLength: 1}, vip: {type: boolean}}
    Contact:
      type: object
      required: [id, name]
      properties:
        id: {type: integer}
        name: {type: string}
        vip: {type: boolean}
        created_at: {type: string, format: date-time}
    DealSent: {type: object, required: [title], properties: {title: {type: string}, amount: {type: number, minimum: 0}}}
    Deal:
      type: object
      required: [id, title, contact_id]
      properties: {id: {type: integer}, title: {type: string}, amount: {type: number}, contact_id: {type: integer}}
"""
OWN = {"json-api": JSON_API, "enveloped": ENVELOPED}
PATHS = {path.stem: path for path in DOCUMENTS}
WHOLE = ("train-travel", "petstore-expanded-3.0", "link-3.0")
CUTS = {  # of documents that are too large to be walked: the paths that begin so
    "intercom": ("/contacts", "/tags"),
    "pipedrive-v1": ("/leads", "/callLogs"),
}


def cut(path: Path, starts: tuple[str, ...]) -> dict[str, Any]:
    """A document with only some of its paths: each collection, and its items."""
    content: dict[str, Any] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    kept = [one for one in content["paths"] if one in starts or (one.count("/") == 2 and one.endswith("}")
            and one.rpartition("/")[0] in starts)]  # fmt: skip
    content["paths"] = {one: content["paths"][one] for one in kept}
    return content


def written(name: str, folder: Path) -> Path:
    """The document of a name, as a file."""
    if name in WHOLE:
        return PATHS[name]
    path = folder / f"{name}.{'yaml' if name in OWN else 'json'}"
    path.write_text(OWN[name] if name in OWN else json.dumps(cut(PATHS[name], CUTS[name])))
    return path


def walked(path: Path, folder: Path) -> dict[str, Any]:
    """What schemathesis' stateful phase reports of a document that is served."""
    base = operations.read(sources.document(str(path)), "api").base_paths[0]
    with start(str(path), "--no-rate-limits") as served:
        served.control("clock", {"freeze": "2026-01-01T00:00:00Z"})  # what it makes up depends on what it has seen
        found = checked(
            path, served.url + base, folder, "--phases", "stateful", "--checks", ",".join(CHECKS),
            "--suppress-health-check", "all", examples=EXAMPLES, excused=EXCUSED, headers=HEADERS, seconds=SECONDS,
        )  # fmt: skip
        return {**found, "asked": served.control("requests", limit=10_000)["requests"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*OWN, *WHOLE, *CUTS])
def test_what_is_made_read_and_deleted_hangs_together(name: str, tmp_path: Path) -> None:
    if name not in OWN and name not in PATHS:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    found = walked(written(name, tmp_path), tmp_path)
    assert found.get("failures") == [], found["printed"]
    assert found["errors"] == [], found["printed"]
    assert found["complete"], found["printed"]
    assert found["phases"]["stateful"]["status"] == "success", found["printed"]
    kept = {one["request"]["method"] for one in found["asked"] if one["response"]["status"] < 300}
    assert kept >= ({"GET", "POST"} if name != "link-3.0" else {"GET"}), "nothing was made, or what was made not read"
