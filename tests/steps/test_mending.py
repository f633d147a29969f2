"""What is made up of a record to fit an answer is the record's, in whichever answer it stands and at which place."""

from __future__ import annotations

from mockserver import service
from mockserver.spec.document import parse
from mockserver.steps.mending import compile_mend
from mockserver.steps.samples import compile_sampler

DOCUMENT = b"""
openapi: 3.1.0
info: {title: Deals, version: '1'}
paths: {}
components:
  schemas:
    Deal:
      type: object
      properties: {id: {type: integer}, owner: {$ref: '#/components/schemas/User'}}
    User: {type: object, required: [name], properties: {id: {type: integer}, name: {type: string, minLength: 8}}}
    Deals: {type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Deal'}}}}
"""


def test_a_record_is_mended_alike_in_a_list_in_a_part_of_it_and_by_itself() -> None:
    api = service.load([service.ApiSource("deals", parse("deals.yaml", lambda _: DOCUMENT))]).apis["deals"]
    schemas = api.around.schemas
    sampler = compile_sampler(schemas, 1, "en_US")

    def mended(name: str, value: object) -> object:
        return compile_mend(schemas.at(f"/components/schemas/{name}", "response"), schemas, sampler)(value, name)

    deals = [{"id": number, "owner": {"id": number % 3}} for number in range(6)]
    whole = mended("Deals", {"data": deals})
    assert isinstance(whole, dict)
    assert mended("Deals", {"data": deals[4:]}) == {"data": whole["data"][4:]}
    assert [mended("Deal", one) for one in deals] == whole["data"]
    assert [one["owner"] for one in whole["data"][:3]] == [one["owner"] for one in whole["data"][3:]]
