"""Overlays: changes to a document that one doesn't own."""

from textwrap import dedent

import pytest
from parsed import HEAD

from mockserver.spec.document import Document, parse
from mockserver.spec.errors import SpecError

DOCUMENT = HEAD["3.1"] + dedent(
    """
    tags: [{name: a}, {name: b}, {name: c}]
    paths:
      /users:
        get: {summary: old, responses: {200: {description: d}}}
        delete: {deprecated: true}
      /users/{id}:
        get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}]}
    """
)


def overlaid(actions: str, head: str = "overlay: 1.0.0\ninfo: {title: O, version: '1'}\n") -> Document:
    files = {"api.yaml": DOCUMENT, "over.yaml": head + "actions:\n" + dedent(actions)}
    return parse("api.yaml", lambda uri: files[uri].encode(), overlays=("over.yaml",))


def test_update_merges_objects() -> None:
    found = overlaid("- {target: '$.paths[\"/users\"].get', update: {summary: new, x-mock: {does: list}}}")
    assert found.at("/paths/~1users/get") == {
        "summary": "new", "responses": {"200": {"description": "d"}}, "x-mock": {"does": "list"},
    }  # fmt: skip
    assert found.notes == ()


def test_update_of_the_root() -> None:
    assert overlaid("- {target: $, update: {x-mock: {times: seconds}}}").at("/x-mock") == {"times": "seconds"}


def test_update_joins_lists() -> None:
    assert overlaid("- {target: $, update: {tags: [{name: d}]}}").at("/tags/3") == {"name": "d"}


def test_update_of_a_list_appends() -> None:
    assert overlaid("- {target: $.tags, update: {name: d}}").at("/tags/3") == {"name": "d"}


def test_remove() -> None:
    assert "delete" not in overlaid("- {target: '$.paths[\"/users\"].delete', remove: true}").at("/paths/~1users")


def test_remove_from_a_list() -> None:
    found = overlaid("- {target: \"$.tags[?@.name != 'b']\", remove: true}")
    assert found.at("/tags") == [{"name": "b"}]


def test_a_target_may_match_many() -> None:
    found = overlaid("- {target: $.paths.*.get, update: {x-here: 1}}")
    assert [found.at(f"/paths/{path}/get/x-here") for path in ("~1users", "~1users~1{id}")] == [1, 1]


def test_updates_are_not_shared() -> None:
    found = overlaid("- {target: $.paths.*.get, update: {x-here: {a: 1}}}")
    first, second = (found.at(f"/paths/{path}/get/x-here") for path in ("~1users", "~1users~1{id}"))
    assert first is not second


def test_actions_come_in_order() -> None:
    found = overlaid("- {target: $.info, update: {title: A}}\n- {target: \"$[?@.title == 'A']\", update: {title: B}}")
    assert found.at("/info/title") == "B"


def test_copy_of_1_1() -> None:
    found = overlaid("- target: $.paths['/users'].delete\n  copy: $.paths['/users'].get\n", "overlay: 1.1.0\n")
    assert found.at("/paths/~1users/delete/summary") == "old"


def test_what_is_removed_and_made_anew_is_as_written() -> None:
    found = overlaid("- {target: $.tags, remove: true}\n- {target: $, update: {tags: []}}")
    assert found.at("/tags") == []


def test_a_target_that_matches_nothing_is_noted() -> None:
    found = overlaid("- {target: '$.paths[\"/user\"].get', update: {}}")
    assert [(note.harm, note.message) for note in found.notes] == [
        ("unused", "over.yaml:4 at /actions/0/target: the target $.paths[\"/user\"].get matches nothing "
                   "(did you mean '/users'?)")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ("- {target: '$.paths[', update: {}}", "over.yaml:4 at /actions/0/target: no JSONPath"),
        ("- {target: $, updat: {}}", r"at /actions/0/updat: unknown word 'updat' \(did you mean 'update'\?\)"),
        ("- {target: $}", "at /actions/0: an action needs update or remove"),
        ("- {update: {}}", "at /actions/0: an action needs a target"),
        ("- []", "at /actions/0: an action needs a target"),
    ],
)
def test_mistakes(actions: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        overlaid(actions)


def test_what_is_no_overlay() -> None:
    with pytest.raises(SpecError, match="no overlay"):
        overlaid("- {target: $, update: {}}", "openapi: 3.1.0\n")
    with pytest.raises(SpecError, match=r"over.yaml:1 .*Overlay 2.0.0 can't be read"):
        overlaid("- {target: $, update: {}}", "overlay: 2.0.0\n")


def test_a_line_in_what_an_overlay_wrote_is_the_overlays() -> None:
    found = overlaid("- target: $.paths['/users'].get\n  update:\n    x-mock:\n      does: list\n")
    written = found.position("/paths/~1users/get/x-mock/does")
    assert (written.file, written.line) == ("over.yaml", 7)
    assert found.position("/paths/~1users/get/summary").file == "api.yaml"
