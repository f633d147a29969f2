"""How vendors ask for pages, filters and an order: each habit is understood from names, types and headers alone."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from asked import Api

PARTS = """
components:
  schemas:
    Deal:
      type: object
      required: [id, title]
      properties:
        id: {type: string, readOnly: true}
        title: {type: string}
        stage: {type: string, enum: [new, won]}
        amount: {type: integer}
        due_on: {type: string, format: date}
        created: {type: integer, readOnly: true, description: Seconds since 1970}
"""


def document(
    parameters: str, answer: str = "{type: array, items: {$ref: '#/components/schemas/Deal'}}", headers: str = "{}"
) -> str:
    return f"""
paths:
  /deals:
    get:
      parameters: [{parameters}]
      responses:
        '200':
          description: Deals
          headers: {headers}
          content: {{application/json: {{schema: {answer}}}}}
    post:
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Deal'}}}}}}}}
      responses:
        '201': {{description: It, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Deal'}}}}}}}}
  /deals/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
    get:
      responses:
        '200': {{description: It, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Deal'}}}}}}}}
{PARTS}"""


def query(name: str, kind: str, more: str = "") -> str:
    return f"{{name: '{name}', in: query, schema: {{type: {kind}}}{more}}}"


def filled(*arguments: Any, **more: Any) -> tuple[Api, list[str]]:
    """A mock with five deals, and their keys from the newest on."""
    api = Api(document(*arguments, **more), records=0)
    keys = []
    for n in range(5):
        body = {
            "title": f"Deal {n}",
            "stage": "won" if n % 2 else "new",
            "amount": n * 10,
            "due_on": f"2030-01-0{n + 1}",
        }
        status, made = api("POST /deals", body)
        assert status == 201
        keys.append(made["id"])
    return api, keys[::-1]


def asked(api: Api, **parameters: str) -> Any:
    status, answer = api(f"GET /deals?{urlencode(parameters)}")
    assert status == 200, answer
    return answer


def numbers(records: list[dict[str, Any]]) -> list[int]:
    return [one["amount"] // 10 for one in records]


LIST = """{type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Deal'}},
  has_more: {type: boolean}}}"""
BY_KEY = ", ".join([query("limit", "integer"), query("starting_after", "string"), query("ending_before", "string")])


def test_a_cursor_that_no_answer_tells_is_the_last_key() -> None:
    api, keys = filled(BY_KEY, LIST)
    first = asked(api, limit="2")
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (keys[:2], True)
    second = asked(api, limit="2", starting_after=keys[1])
    assert ([one["id"] for one in second["data"]], second["has_more"]) == (keys[2:4], True)
    assert asked(api, limit="2", starting_after=keys[3]) == {
        "data": [api(f"GET /deals/{keys[4]}")[1]],
        "has_more": False,
    }
    before = asked(api, limit="2", ending_before=keys[3])
    assert ([one["id"] for one in before["data"]], before["has_more"]) == (keys[1:3], True)
    assert asked(api, limit="5", ending_before=keys[3])["has_more"] is False
    assert api("GET /deals?starting_after=nobody")[0] == 422


def test_all_generated_pages_by_key_are_walked_once() -> None:
    api, seen, more = Api(document(BY_KEY, LIST)), list[str](), True
    while more:
        page = asked(api, limit="7", **({"starting_after": seen[-1]} if seen else {}))
        seen, more = seen + [one["id"] for one in page["data"]], page["has_more"]
    assert len(seen) == len(set(seen)) == 50


NESTED = ", style: deepObject, explode: true"
PAGE_OBJECT = f"""{{name: page, in: query{NESTED}, schema: {{type: object, properties:
  {{number: {{type: integer}}, size: {{type: integer}}}}}}}}"""
LINKED = """{type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Deal'}},
  links: {type: object, properties: {next: {type: [string, 'null'], format: uri}}},
  meta: {type: object, properties: {total: {type: string},
    page: {type: object, properties: {number: {type: integer}}}}}}}"""


@pytest.mark.parametrize(
    "parameters",
    [f"{query('page[number]', 'integer')}, {query('page[size]', 'integer')}", PAGE_OBJECT],
    ids=["names", "object"],
)
def test_pages_in_brackets(parameters: str) -> None:
    api, keys = filled(parameters, LINKED)
    page = asked(api, **{"page[size]": "2", "page[number]": "2"})
    assert [one["id"] for one in page["data"]] == keys[2:4]
    assert page["meta"] == {"total": "5", "page": {"number": 2}}
    link = urlsplit(page["links"]["next"])
    assert dict(parse_qsl(link.query)) == {"page[size]": "2", "page[number]": "3"}
    _, last = api(f"GET {link.path}?{link.query}")
    assert ([one["id"] for one in last["data"]], last["links"]["next"]) == (keys[4:], None)


def test_headers_tell_of_pages() -> None:
    headers = "{X-Total-Count: {schema: {type: integer}}, X-Total-Pages: {schema: {type: integer}}, Link: {}}"
    api, _ = filled(f"{query('page', 'integer')}, {query('per_page', 'integer')}", headers=headers)
    told = api.headers("GET /deals?per_page=2&page=2")
    assert (told["X-Total-Count"], told["X-Total-Pages"]) == ("5", "3")
    assert '<http://mock.example/deals?per_page=2&page=3>; rel="next"' in told["Link"].split(", ")
    assert '<http://mock.example/deals?per_page=2&page=1>; rel="prev"' in told["Link"]
    assert 'rel="next"' not in api.headers("GET /deals?per_page=2&page=3")["Link"]


CREATED = f"""{{name: created, in: query{NESTED}, schema: {{anyOf: [{{type: integer}}, {{type: object, properties:
  {{gt: {{type: integer}}, gte: {{type: integer}}, lt: {{type: integer}}}}}}]}}}}"""


@pytest.mark.parametrize(
    ("parameter", "sent", "found"),
    [
        (query("filter[stage]", "string"), {"filter[stage]": "won"}, [3, 1]),
        (query("filter[amount][gte]", "integer"), {"filter[amount][gte]": "30"}, [4, 3]),
        (query("filters[title][contains]", "string"), {"filters[title][contains]": "DEAL 2"}, [2]),
        (query("min_amount", "integer"), {"min_amount": "30"}, [4, 3]),
        (query("amount__lt", "integer"), {"amount__lt": "10"}, [0]),
        (query("due_before", "string"), {"due_before": "2030-01-02"}, [1, 0]),
        (query("due_on.after", "string"), {"due_on.after": "2030-01-04"}, [4, 3]),
        (query("stages", "string"), {"stages": "won,lost"}, [3, 1]),
        (CREATED, {"created[gte]": "1780000002", "created[lt]": "1780000004"}, [3, 2]),
        (query("sort", "string"), {"sort": "stage,-amount"}, [4, 2, 0, 3, 1]),
        (query("sort", "string"), {"sort": "amount:desc"}, [4, 3, 2, 1, 0]),
        (query("sort", "string"), {"sort": "relevance"}, [4, 3, 2, 1, 0]),
        (f"{query('sort_by', 'string')}, {query('sort_order', 'string')}", {"sort_by": "amount"}, [0, 1, 2, 3, 4]),
        (f"{query('sort_by', 'string')}, {query('sort_order', 'string')}", {"sort_by": "amount", "sort_order": "desc"},
         [4, 3, 2, 1, 0]),
    ],
)  # fmt: skip
def test_what_a_parameter_asks_of_records(parameter: str, sent: dict[str, str], found: list[int]) -> None:
    api, _ = filled(parameter)
    assert numbers(asked(api, **sent)) == found


def test_several_by_key() -> None:
    api, keys = filled(query("ids", "string"))
    assert [one["id"] for one in asked(api, ids=f"{keys[3]},{keys[1]},nobody")] == [keys[1], keys[3]]
