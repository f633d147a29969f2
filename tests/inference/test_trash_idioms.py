"""Deleted records that come back, and the collections that show them."""

from asked import Api
from terse import document

TRASH = """
    GET /contacts -> {contacts: [Contact]}
    POST /contacts <{name: str, email: str}> -> 201 Contact
    GET /contacts/{id:int} -> Contact
    DELETE /contacts/{id:int} -> 204
    PUT /contacts/{id:int}/restore -> Contact
    GET /deleted_contacts -> {deleted_contacts: [{id: int, name: str}], count: int}
    GET /deleted_contacts/{id:int} -> Contact
    DELETE /deleted_contacts/{id:int} -> 204
    PUT /deleted_contacts/{id:int}/restore -> 204
    GET /deals -> [Deal]
    GET /deals/{id} -> Deal
    DELETE /deals/{id} -> 204
    GET /deals/trash -> [Deal]
    POST /deals/{id}/undelete -> 204
    GET /notes -> [Note]
    GET /notes/{id} -> Note
    GET /deleted_notes -> [Note]

    Contact = {-id!: int, name: str, email: str (Must be unique), deleted: bool}
    Deal = {id: str, title: str}
    Note = {id: str, text: str}
"""


def test_what_was_deleted_comes_back() -> None:
    api = Api(document(TRASH))
    _, made = api("POST /contacts", {"name": "Ann", "email": "ann@acme.example"})
    own = made["id"]
    assert api("GET /deleted_contacts") == (200, {"deleted_contacts": [], "count": 0})
    assert api(f"PUT /contacts/{own}/restore")[1] == made, "nothing to restore"
    assert api(f"DELETE /contacts/{own}")[0] == 204
    assert api(f"GET /contacts/{own}")[0] == 404
    assert api("GET /deleted_contacts") == (200, {"deleted_contacts": [{"id": own, "name": "Ann"}], "count": 1})
    assert api(f"GET /deleted_contacts/{own}") == (200, made)
    assert api(f"PUT /deleted_contacts/{own}/restore")[0] == 204
    assert api(f"GET /contacts/{own}")[1].items() >= {"name": "Ann", "email": "ann@acme.example"}.items()
    assert own in [one["id"] for one in api("GET /contacts")[1]["contacts"]]
    assert api("GET /deleted_contacts")[1]["count"] == 0
    assert api("PUT /contacts/987654321/restore")[0] == 404


def test_what_was_deleted_for_good_stays_away() -> None:
    api = Api(document(TRASH))
    first = api("GET /contacts")[1]["contacts"][0]
    assert api(f"DELETE /contacts/{first['id']}")[0] == 204
    assert api(f"DELETE /deleted_contacts/{first['id']}")[0] == 204
    assert api(f"PUT /contacts/{first['id']}/restore")[0] == 404


def test_a_value_that_is_taken_by_now_keeps_a_record_away() -> None:
    api = Api(document(TRASH))
    _, made = api("POST /contacts", {"name": "Ann", "email": "ann@acme.example"})
    api(f"DELETE /contacts/{made['id']}")
    assert api("POST /contacts", {"name": "Eve", "email": "ann@acme.example"})[0] == 201
    assert api(f"PUT /contacts/{made['id']}/restore")[0] == 409


def test_a_trash_of_a_collection() -> None:
    api = Api(document(TRASH))
    deal = api("GET /deals")[1][0]
    assert api(f"DELETE /deals/{deal['id']}")[0] == 204
    assert api("GET /deals/trash") == (200, [deal])
    assert api(f"POST /deals/{deal['id']}/undelete")[0] == 204
    assert api(f"GET /deals/{deal['id']}") == (200, deal)


def test_where_nothing_is_deleted_there_is_no_trash() -> None:
    assert not Api(document(TRASH)).words("GET /deleted_notes").get("trash")
