"""Records that are attached to others, that others name, or that are listed under one segment more."""

import pytest
from asked import Api
from terse import document

LINKS = """
    GET /contacts -> [Contact]
    POST /contacts <{name: str}> -> 201 Contact
    GET /contacts/{id} -> Contact
    GET /contacts/{id}/groups -> [Group]
    PUT /contacts/{id}/groups/{group_id} -> 204
    DELETE /contacts/{id}/groups/{group_id} -> 204
    PUT /contacts/{id}/labels/{label_id} -> 204
    DELETE /contacts/{id}/labels/{label_id} -> 204
    GET /contacts/{id}/labels -> [Label]
    GET /groups -> [Group]
    POST /groups <{title: str}> -> 201 Group
    GET /groups/{id} -> Group
    GET /groups/{id}/contacts -> [Contact]
    GET /labels -> [Label]
    GET /labels/{id} -> Label
    GET /contacts/{id}/company -> Company
    GET /companies -> [Company]
    GET /companies/{id} -> Company
    GET /contacts/{id}/owner -> {phone: str}

    Contact = {id: str, name: str, label_ids: [str], company_id: str}
    Group = {id: str, title: str}
    Label = {id: str, text: str}
    Company = {id: str, domain: str}
"""


@pytest.fixture(scope="module")
def links() -> Api:
    return Api(document(LINKS))


def test_a_path_that_names_two_items_attaches_one_to_the_other(links: Api) -> None:
    contact = links("POST /contacts", {"name": "Ann"})[1]["id"]
    group = links("POST /groups", {"title": "VIP"})[1]
    assert links(f"GET /contacts/{contact}/groups") == (200, [])
    assert links(f"PUT /contacts/{contact}/groups/{group['id']}")[0] == 204
    assert links(f"GET /contacts/{contact}/groups") == (200, [group])
    assert [one["id"] for one in links(f"GET /groups/{group['id']}/contacts")[1]] == [contact]
    assert links(f"DELETE /contacts/{contact}/groups/{group['id']}")[0] == 204
    assert links(f"GET /contacts/{contact}/groups") == (200, [])


@pytest.mark.parametrize("below", ["groups", "labels"])
def test_what_is_not_there_is_not_attached(links: Api, below: str) -> None:
    contact = links("POST /contacts", {"name": "Ann"})[1]["id"]
    there = links(f"GET /{below}")[1][0]["id"]
    assert links(f"PUT /contacts/{contact}/{below}/nobody")[0] == 404
    assert links(f"PUT /contacts/nobody/{below}/{there}")[0] == 404
    assert links(f"GET /contacts/{contact}/{below}") == (200, [])


def test_first_records_are_attached_to_some(links: Api) -> None:
    contacts = [one["id"] for one in links("GET /contacts")[1]]
    lists = [[one["id"] for one in links(f"GET /contacts/{contact}/groups")[1]] for contact in contacts]
    assert {bool(one) for one in lists} == {True, False}
    contact, group = next((contact, one[0]) for contact, one in zip(contacts, lists, strict=True) if one)
    assert contact in [one["id"] for one in links(f"GET /groups/{group}/contacts")[1]]


def test_the_one_that_an_item_names_is_shown_below_it(links: Api) -> None:
    contact = next(one for one in links("GET /contacts")[1] if "company_id" in one)
    assert links(f"GET /contacts/{contact['id']}/company") == links(f"GET /companies/{contact['company_id']}")
    assert links("GET /contacts/nobody/company")[0] == 404
    assert links.words("GET /contacts/{id}/owner")["does"] == "sample"


VIEWS = """
    GET /contacts/filters -> {filters: [{id: int, name: str}]}
    GET /contacts/view/{view_id:int}?page:int&per_page:int -> {contacts: [Contact], meta: {total: int}}
    POST /contacts <{contact: ContactIn}> -> 201 {contact: Contact}
    GET /contacts/{id:int} -> {contact: Contact}
    DELETE /contacts/{id:int} -> 204
    GET /contacts/search/{query} -> {contacts: [Contact]}
    GET /contacts/autocomplete?name -> [{id: int, name: str}]
    GET /contacts/lookup?q -> {contacts: [Contact]}
    GET /search/{query} -> [Contact]
    GET /contacts/{id:int}/view/{view_id:int} -> {rows: [{day: str}]}

    Contact = {-id!: int, name: str, email: str}
    ContactIn = {name: str, email: str}
"""


def test_lists_under_one_segment_more() -> None:
    api = Api(document(VIEWS))
    status, made = api("POST /contacts", {"contact": {"name": "Zaphod Quux", "email": "z@acme.example"}})
    own = made["contact"]
    assert status == 201
    views = api("GET /contacts/filters")[1]["filters"]
    seen = api(f"GET /contacts/view/{views[0]['id']}?per_page=100")[1]
    assert (own in seen["contacts"], seen["meta"]["total"]) == (True, 51)
    assert api("GET /contacts/search/quux")[1] == {"contacts": [own]}
    assert api("GET /contacts/lookup?q=quux")[1] == {"contacts": [own]}
    assert api("GET /contacts/autocomplete?name=Zaph") == (200, [{"id": own["id"], "name": "Zaphod Quux"}])
    assert api("GET /search/quux") == (200, [own])
    assert api.words("GET /contacts/{id}/view/{view_id}")["does"] == "sample"


ODD_LINKS = """
    GET /tags -> {tags: [Tag]}
    GET /tags/{id} -> Tag
    GET /tags/{tag_id}/subscribers -> {subscribers: [Subscriber]}
    POST /tags/{tag_id}/subscribers <{email_address!: str}> -> 201 {subscriber: Subscriber}
    POST /tags/{tag_id}/subscribers/{id} -> 201 {subscriber: Subscriber}
    DELETE /tags/{tag_id}/subscribers/{id} -> 204
    GET /subscribers?after&per_page:int&note_id -> {subscribers: [Subscriber], page: Page}
    POST /subscribers <{email_address!: str}> -> 201 {subscriber: Subscriber}
    DELETE /subscribers <{ids!: [str]}> -> 204
    GET /subscribers/{id} -> {subscriber: Subscriber}
    GET /accounts -> [Account]
    GET /accounts/{id} -> Account
    GET /accounts/{id}/links/subscribers -> [Subscriber]
    POST /accounts/{id}/links/subscribers/{subscriber_id} -> {record: Account}
    GET /campaigns -> [Campaign]
    GET /campaigns/{id} -> Campaign
    GET /campaigns/{campaign_id}/leads -> [Lead]
    POST /campaigns/{campaign_id}/leads/{email} <{name: str}> -> Lead
    PATCH /campaigns/{campaign_id}/leads/{email} <{name: str}> -> Lead
    DELETE /campaigns/{campaign_id}/leads/{email} -> 204
    GET /leads/{email} -> Lead

    Tag = {id: str, label: str}
    Page = {end_cursor: str, has_next_page: bool}
    Subscriber = {id: str, email_address: str, note_ids: [str]}
    Account = {id: str, title: str, revenue: num}
    Campaign = {id: str, title: str}
    Lead = {_id: str, email: str, name: str, campaign_id: str}
"""


@pytest.fixture(scope="module")
def odd() -> Api:
    return Api(document(ODD_LINKS))


def test_a_record_is_attached_by_another_property_than_its_key(odd: Api) -> None:
    made = odd("POST /subscribers", {"email_address": "ann@acme.example"})[1]["subscriber"]
    tag = odd("GET /tags")[1]["tags"][0]["id"]
    assert odd(f"POST /tags/{tag}/subscribers", {"email_address": "ann@acme.example"}) == (201, {"subscriber": made})
    assert made in odd(f"GET /tags/{tag}/subscribers")[1]["subscribers"]
    assert odd(f"DELETE /tags/{tag}/subscribers/{made['id']}")[0] == 204
    assert made not in odd(f"GET /tags/{tag}/subscribers")[1]["subscribers"]
    assert odd(f"POST /tags/{tag}/subscribers/{made['id']}")[0] == 201
    assert made in odd(f"GET /tags/{tag}/subscribers")[1]["subscribers"]
    assert odd(f"POST /tags/{tag}/subscribers", {"email_address": "nobody@acme.example"})[0] == 404


def test_an_answer_that_shows_the_item_above_says_nothing_of_what_is_attached(odd: Api) -> None:
    assert odd.words("POST /accounts/{id}/links/subscribers/{subscriber_id}")["does"] == "sample"


def test_records_are_deleted_by_keys_in_a_body_and_found_by_one_of_several(odd: Api) -> None:
    some = [one for one in odd("GET /subscribers?per_page=3")[1]["subscribers"] if one.get("note_ids")]
    found = odd(f"GET /subscribers?note_id={some[0]['note_ids'][0]}")[1]["subscribers"]
    assert some[0] in found
    assert all(some[0]["note_ids"][0] in one["note_ids"] for one in found)
    assert odd("DELETE /subscribers", {"ids": [one["id"] for one in some]})[0] == 204
    assert all(odd(f"GET /subscribers/{one['id']}")[0] == 404 for one in some)


def test_a_cursor_that_ends_a_page_begins_the_next(odd: Api) -> None:
    first = odd("GET /subscribers?per_page=3")[1]
    second = odd(f"GET /subscribers?per_page=3&after={first['page']['end_cursor']}")[1]
    assert len({one["id"] for page in (first, second) for one in page["subscribers"]}) == 6


def test_a_post_to_the_path_of_a_record_makes_it(odd: Api) -> None:
    campaign = odd("GET /campaigns")[1][0]["id"]
    path = f"/campaigns/{campaign}/leads/ann@acme.example"
    status, made = odd(f"POST {path}", {"name": "Ann"})
    assert (status, made["email"], made["name"]) == (200, "ann@acme.example", "Ann")
    assert made in odd(f"GET /campaigns/{campaign}/leads")[1]
    assert odd("GET /leads/ann@acme.example") == (200, made)
    assert odd(f"PATCH {path}", {"name": "Eve"}) == (200, {**made, "name": "Eve"})
    assert odd(f"DELETE {path}")[0] == 204
    assert odd("GET /leads/ann@acme.example")[0] == 404
