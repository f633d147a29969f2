"""The first records of every bundled API are as its own document says, the named ones and the generated ones."""

from functools import cache
from itertools import islice

import pytest

from mockserver import service, sources
from mockserver.service import Service

APIS = sorted(sources.bundled())
ENOUGH = 200  # records of each resource


@cache
def loaded(api: str, fixtures: bool = True) -> Service:
    document = sources.document(str(sources.bundled()[api]))
    return service.load([service.ApiSource(api, document, sources.fixtures_of(api) if fixtures else {})])


@pytest.mark.parametrize("fixtures", [True, False], ids=["with its fixtures", "without fixtures"])
@pytest.mark.parametrize("api", APIS)
def test_first_records_are_valid(api: str, fixtures: bool) -> None:
    served = loaded(api, fixtures).apis[api]
    for name, resource in served.around.resources.items():
        schema = served.around.schemas.at(resource.schema.removeprefix("#"))
        for record in islice(served.tables[f"{api}/{name}"].records(), ENOUGH):
            assert schema.violations(dict(record)) == [], (name, record)


@pytest.mark.parametrize("api", APIS)
def test_references_lead_somewhere(api: str) -> None:
    served = loaded(api).apis[api]
    for name, resource in served.around.resources.items():
        for record in islice(served.tables[f"{api}/{name}"].records(), ENOUGH):
            for field, words in resource.references.items():
                if words.get("pattern") or words.get("by") or record.get(field) is None:
                    continue
                keys = record[field] if isinstance(record[field], list) else [record[field]]
                for key in keys:
                    assert served.tables[f"{api}/{words['resource']}"].get(key) is not None, (name, field, key)


def test_a_named_record_is_completed_only_where_it_must_be() -> None:
    """Lead 157 is given by its account and time alone; user `usr_01HX8PRM` in full."""
    leads, users = loaded("pulse-leads").apis["pulse-leads"].tables, loaded("pulse").apis["pulse"].tables
    given = {
        one["id"]: one for api, resource in (("pulse", "users"), ("pulse-leads", "leads"))
        for one in sources.fixtures_of(api)["records"][resource]["named"]
    }  # fmt: skip
    assert users["pulse/users"].get("usr_01HX8PRM") == given["usr_01HX8PRM"]
    lead = leads["pulse-leads/leads"].get(157)
    assert given[157].items() < lead.items()
    assert lead["updatedAt"] > lead["createdAt"]
    assert lead["firstName"]
