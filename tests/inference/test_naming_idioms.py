"""Which record is meant: the caller's own, one that is named by another property than its key, one that may be new."""

import pytest
from asked import Api
from terse import document

PEOPLE = """
    GET /users -> {users: [User]}
    POST /users <{user: {name: str, email: email}}> -> 201 {user: User}
    GET /users/{id:int} -> {user: User}
    DELETE /users/{id:int} -> 204
    GET /users/me -> {user: User}
    PUT /users/me <{user: {name: str}}> -> {user: User}
    GET /current_user -> User
    GET /whoami -> {kind: str, data: [User]}
    GET /account/me -> {plan: str, seats: int}
    GET /plans -> [Plan]
    GET /plans/{id} -> Plan
    GET /plans/current -> Plan
    GET /plans/mine -> [Plan]

    User = {-id!: int, name: str, email: email}
    Plan = {id: str, title: str}
"""


def test_the_caller_is_one_of_the_users_and_stays_so() -> None:
    api = Api(document(PEOPLE))
    status, me = api("GET /users/me")
    own = me["user"]
    assert status == 200
    assert own in api("GET /users")[1]["users"]
    assert api("POST /users", {"user": {"name": "New"}})[0] == 201
    assert api("GET /users/me") == (200, me)
    assert api("GET /current_user") == (200, own)
    assert api("GET /whoami")[1]["data"] == [own]
    assert api("PUT /users/me", {"user": {"name": "Ann"}})[1]["user"] == {**own, "name": "Ann"}
    assert api(f"GET /users/{own['id']}")[1]["user"]["name"] == "Ann"
    assert api.words("GET /account/me")["does"] == "sample", "no user"
    assert {api.words(f"GET /plans/{one}")["does"] for one in ("current", "mine")} == {"sample"}, "no people"
    api(f"DELETE /users/{own['id']}")
    assert api("GET /users/me")[1]["user"]["id"] != own["id"]


NAMED = """
    GET /tags -> [Tag]
    POST /tags <Tag> -> 201 Tag
    GET /tags/{name} -> Tag
    PUT /tags/{name} <{color: str}> -> Tag
    DELETE /tags/{name} -> 204
    GET /companies -> [Company]
    POST /companies <{domain: str, name: str}> -> 201 Company
    GET /companies/{domain} -> Company
    PATCH /companies/{domain} <{name: str}> -> Company
    DELETE /companies/{domain} -> 204
    GET /subscribers -> {subscribers: [Subscriber]}
    POST /subscribers <{email!: email, name: str}> -> 201 Subscriber
    GET /subscribers/{id_or_email} -> Subscriber
    DELETE /subscribers/{id_or_email} -> 204
    GET /subscribers/by-email/{address} -> Subscriber
    PATCH /subscribers/external_id/{value} <{name: str}> -> Subscriber # Upsert a subscriber by external id
    DELETE /subscribers/external_id/{value} -> 204
    GET /boards/{boardKey} -> Board
    POST /boards <{title: str}> -> Board

    Tag = {name!: str, color: str}
    Company = {-id: str, domain: str, name: str}
    Subscriber = {-id: str, email: email, name: str, external_id: str}
    Board = {boardKey: str, title: str}
"""


@pytest.fixture(scope="module")
def named() -> Api:
    return Api(document(NAMED))


def test_a_record_without_a_key_is_named_by_what_the_client_calls_it(named: Api) -> None:
    assert named("POST /tags", {"name": "vip", "color": "red"}) == (201, {"name": "vip", "color": "red"})
    assert named("POST /tags", {"name": "vip"})[0] == 409
    assert named("GET /tags/vip") == (200, {"name": "vip", "color": "red"})
    assert named("PUT /tags/vip", {"color": "blue"}) == (200, {"name": "vip", "color": "blue"})
    assert named("GET /tags")[1].count({"name": "vip", "color": "blue"}) == 1
    assert named("DELETE /tags/vip")[0] == 204
    assert named("GET /tags/vip")[0] == 404
    assert all(named(f"GET /tags/{one['name']}") == (200, one) for one in named("GET /tags")[1][:3])


def test_a_record_with_a_key_may_be_named_by_something_else(named: Api) -> None:
    _, made = named("POST /companies", {"domain": "acme.example", "name": "Acme"})
    assert made["domain"] == "acme.example"
    assert named("PATCH /companies/acme.example", {"name": "Acme Inc."})[1] == {**made, "name": "Acme Inc."}
    assert named("DELETE /companies/acme.example")[0] == 204
    assert named("GET /companies/acme.example")[0] == 404


def test_a_record_is_named_by_one_of_two_properties(named: Api) -> None:
    _, made = named("POST /subscribers", {"email": "ann@acme.example", "name": "Ann"})
    assert named(f"GET /subscribers/{made['id']}") == (200, made)
    assert named("GET /subscribers/ann@acme.example") == (200, made)
    assert named("GET /subscribers/by-email/ann@acme.example") == (200, made)
    assert named("DELETE /subscribers/ann@acme.example")[0] == 204
    assert named("GET /subscribers/by-email/ann@acme.example")[0] == 404


def test_a_path_that_says_by_what_it_names_a_record_may_make_it(named: Api) -> None:
    _, made = named("PATCH /subscribers/external_id/x7", {"name": "Ann"})
    assert (made["external_id"], made["name"]) == ("x7", "Ann")
    _, changed = named("PATCH /subscribers/external_id/x7", {"name": "Eve"})
    assert changed == {**made, "name": "Eve"}
    assert named("DELETE /subscribers/external_id/x7")[0] == 204
    assert named("DELETE /subscribers/external_id/x7")[0] == 404


def test_a_key_that_the_server_gives_is_a_key(named: Api) -> None:
    _, made = named("POST /boards", {"title": "Deals"})
    assert named.words("GET /boards/{boardKey}")["key"] == "$request.path.boardKey"
    assert named(f"GET /boards/{made['boardKey']}") == (200, made)


UPSERTS = """
    GET /contacts?email -> {contacts: [Contact]}
    POST /contacts <{contact: ContactIn}> -> 201 {contact: Contact}
    GET /contacts/{id:int} -> {contact: Contact}
    POST /contacts/upsert <{unique_identifier!: {emails: str}, contact: ContactIn}> -> {contact: Contact}
    PUT /contacts <{contact: ContactIn}> -> {contact: Contact} # Create or update a contact
    POST /contact/sync <{contact: ContactIn}> -> 201 {contact: Contact}
    POST /leads <{leads!: [Lead]}> -> {leads: [Lead]} # Create or update leads
    GET /leads -> {leads: [Lead]}
    GET /leads/{id} -> Lead
    PUT /lists/{list_id}/members/{member_hash} <{email!: str, name: str}> -> Member # Add or update a member
    GET /lists/{list_id}/members/{member_hash} -> Member
    GET /lists/{list_id}/members -> {members: [Member]}
    GET /lists -> {lists: [{id: str, name: str}]}
    GET /lists/{list_id} -> {id: str, name: str}
    PUT /notes <{text: str}> -> Note # Create or update a note
    GET /notes -> [Note]
    GET /notes/{id} -> Note

    PUT /people <{person: PersonIn}> -> {person: Person} # Create or update a person
    GET /people/{id} -> {person: Person}
    GET /people -> {people: [Person]}
    PUT /seats <{emails: [str], note: str}> -> Seat # Create or update a seat
    GET /seats/{id} -> Seat
    GET /seats -> [Seat]

    Person = {id: str, name: str, addresses: [{kind: str}], email_addresses: [{email: str, kind: str}]}
    PersonIn = {name: str, email_addresses: [{email: str, kind: str}]}
    Seat = {id: str, emails: [str], note: str}
    Contact = {-id!: int, name: str, email: str, external_id: str}
    ContactIn = {name: str, email: str, external_id: str}
    Lead = {id: str, name: str, email: str}
    Member = {id: str, email: str, name: str, list_id: str}
    Note = {id: str, text: str}
"""


@pytest.fixture(scope="module")
def upserts() -> Api:
    return Api(document(UPSERTS))


@pytest.mark.parametrize(
    ("line", "beside"),
    [
        ("POST /contacts/upsert", {"unique_identifier": {"emails": "ann@acme.example"}}),
        ("PUT /contacts", {}),
        ("POST /contact/sync", {}),
    ],
)
def test_a_record_is_made_or_changed(line: str, beside: dict[str, object]) -> None:
    api = Api(document(UPSERTS))
    sent = {"name": "Ann", "external_id": "x1", **({} if beside else {"email": "ann@acme.example"})}
    status, made = api(line, {**beside, "contact": sent})
    assert status in (200, 201)
    own = made["contact"]
    assert (own["name"], own["email"]) == ("Ann", "ann@acme.example")
    assert api(f"GET /contacts/{own['id']}")[1] == made
    changed = {**({} if beside else {"email": "ann@acme.example"}), "name": "Eve"}
    assert api(line, {**beside, "contact": changed})[1]["contact"] == {**own, "name": "Eve"}
    assert len(api("GET /contacts?email=ann@acme.example")[1]["contacts"]) == 1


def test_records_of_a_list_are_made_or_changed(upserts: Api) -> None:
    _, made = upserts("POST /leads", {"leads": [{"email": "a@acme.example", "name": "A"}]})
    (first,) = made["leads"]
    both = [{"email": "a@acme.example", "name": "AA"}, {"email": "b@acme.example", "name": "B"}]
    _, answer = upserts("POST /leads", {"leads": both})
    one, two = answer["leads"]
    assert (one, two["name"]) == ({**first, "name": "AA"}, "B")
    assert upserts(f"GET /leads/{two['id']}") == (200, two)


def test_a_put_to_an_item_that_is_not_there_makes_it_where_it_is_said_to(upserts: Api) -> None:
    above = upserts("GET /lists")[1]["lists"][0]["id"]
    _, made = upserts(f"PUT /lists/{above}/members/whatever", {"email": "ann@acme.example", "name": "Ann"})
    _, again = upserts(f"PUT /lists/{above}/members/whatever", {"email": "ann@acme.example", "name": "Eve"})
    assert again == {**made, "name": "Eve"}
    assert [one["name"] for one in upserts(f"GET /lists/{above}/members")[1]["members"]].count("Eve") == 1
    assert upserts("PUT /lists/nobody/members/whatever", {"email": "a@acme.example"})[0] == 404


def test_a_record_is_found_by_the_first_of_its_addresses(upserts: Api) -> None:
    addresses = [{"email": "ann@acme.example", "kind": "work"}]
    _, made = upserts("PUT /people", {"person": {"name": "Ann", "email_addresses": addresses}})
    _, again = upserts("PUT /people", {"person": {"name": "Eve", "email_addresses": addresses}})
    assert again["person"] == {**made["person"], "name": "Eve"}
    _, seat = upserts("PUT /seats", {"emails": ["a@acme.example", "b@acme.example"], "note": "x"})
    assert upserts("PUT /seats", {"emails": ["a@acme.example"]})[1]["id"] == seat["id"]


def test_where_nothing_tells_records_apart_nothing_is_changed(upserts: Api) -> None:
    assert upserts.words("PUT /notes")["does"] == "sample"
