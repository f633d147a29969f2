"""`explain`: what was understood, what says so, and an Overlay that overrules it."""

from pathlib import Path

import pytest
import yaml
from documents import NAMES, PATHS, load
from walking import in_process, walk

from mockserver import explanation, service, sources
from mockserver.spec.errors import SpecError

CRM = """
openapi: 3.1.0
info: {title: Small CRM, version: '1'}
paths:
  /contacts:
    get:
      operationId: listContacts
      responses:
        '200':
          description: Contacts
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Contact'}}
    post:
      operationId: addContact
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}}
      responses:
        '201':
          description: The contact
          content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}
  /contacts/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getContact
      responses:
        '200':
          description: The contact
          content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}
  /contacts/{id}/bless:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post: {operationId: bless, responses: {'204': {description: Blessed}}}
components:
  schemas:
    Contact:
      type: object
      required: [name]
      properties: {id: {type: string, readOnly: true}, name: {type: string}}
"""


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    file = tmp_path / "crm.yaml"
    file.write_text(CRM)
    return file


def understood(file: Path, *overlays: Path) -> service.ServedApi:
    document = sources.document(str(file), overlays=[str(one) for one in overlays])
    return service.load([service.ApiSource("crm", document, {})]).apis["crm"]


def test_the_table_says_what_each_operation_does_and_why(crm: Path) -> None:
    served = understood(crm)
    lines = explanation.page(served.api, served.understanding).splitlines()
    assert "3 of 4 operations keep state, of 1 resources; the others answer samples." in lines
    assert "`--overlay`" in lines[-1], "how to overrule it"
    rows = [line.split() for line in lines if "/contacts" in line]
    assert rows[0] == ["GET", "/contacts", "list", "contacts", "high", "lists", "Contact"]
    assert rows[3][2:4] == ["sample", "-"]
    assert " ".join(rows[3][4:]) == "nothing tells what `bless` does to one of the contacts"


def test_one_operation_with_its_resource(crm: Path) -> None:
    served = understood(crm)
    explained = explanation.explain(served.api, served.understanding, "get /contacts/{id}")
    assert explained["x-mock"]["key"] == {"value": "$request.path.id", "from": "guessed"}
    assert explained["resource"]["schema"]["value"] == "#/components/schemas/Contact"
    assert explained["at"] == "#/components/schemas/Contact"
    text = explanation.plan_page(explained)
    assert "security: none" in text
    assert "limits: none" in text


def test_an_unknown_operation_names_the_nearest(crm: Path) -> None:
    served = understood(crm)
    with pytest.raises(SpecError, match="did you mean 'getContact'"):
        explanation.explain(served.api, served.understanding, "getContacts")


def test_what_is_given_is_told_as_given(crm: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    target = "$.paths['/contacts/{id}/bless'].post"
    update = {"x-mock": {"does": "act", "resource": "contacts", "key": "$request.path.id", "set": {"blessed": True}}}
    actions = [{"target": target, "update": update}]
    overlay = {"overlay": "1.0.0", "info": {"title": "x", "version": "1"}, "actions": actions}
    mine.write_text(yaml.safe_dump(overlay))
    served = understood(crm, mine)
    explained = explanation.explain(served.api, served.understanding, "bless")
    assert (explained["confidence"], explained["evidence"]) == ("given", "its x-mock")


SMALL = ("petstore-expanded-3.0", "train-travel")


@pytest.mark.parametrize("name", NAMES)
def test_an_overlay_of_all_that_was_guessed_changes_nothing(name: str, tmp_path: Path) -> None:
    before = load(name).apis[name]
    file = tmp_path / "overlay.yaml"
    file.write_text(yaml.dump(explanation.overlay(before.api, before.understanding), Dumper=yaml.CSafeDumper))
    document = sources.document(str(PATHS[name]), overlays=[str(file)])
    again = service.load([service.ApiSource(name, document, {})], rate_limits=False)
    after = again.apis[name].understanding
    for route, said in before.understanding.operations.items():
        assert after.operations[route].words == said.words
    assert {one: said.words for one, said in after.resources.items()} == {
        one: said.words for one, said in before.understanding.resources.items()
    }
    if name in SMALL:  # the others, understood alike, live alike
        assert [one for one in walk(again.apis[name], in_process(again)) if one.wrong] == []
