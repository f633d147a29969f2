"""What two schemas say together."""

import pytest

from mockserver.world.merging import CHOICES, Unsatisfiable, flat, merged, same


def plain(node: object) -> object:
    return node


def test_all_of_is_joined() -> None:
    joined = flat({"type": "object", "allOf": [{"required": ["a"]}, {"required": ["b"], "minProperties": 2}]}, plain)
    assert joined == {"type": ["object"], "required": ["a", "b"], "minProperties": 2}


def test_the_tighter_bound_holds() -> None:
    assert merged({"minimum": 1, "maximum": 9}, {"minimum": 3, "maximum": 20}) == {"minimum": 3, "maximum": 9}
    assert merged({"multipleOf": 4}, {"multipleOf": 6}) == {"multipleOf": 12}
    assert merged({"multipleOf": 0.5}, {"multipleOf": 0.2}) == {"multipleOf": 1}
    assert merged({"type": ["number", "null"]}, {"type": ["integer"]}) == {"type": ["integer"]}


def test_a_closed_part_forbids_what_only_the_other_names() -> None:
    joined = merged({"properties": {"a": {}}, "additionalProperties": False}, {"properties": {"b": {}}})
    assert joined["properties"] == {"a": True, "b": False}


def test_a_ref_may_have_words_beside_it() -> None:
    targets = {"$ref": {"type": "string", "maxLength": 9}}
    joined = flat({"$ref": "#/x", "maxLength": 5}, lambda node: targets["$ref"] if "$ref" in node else node)
    assert joined == {"type": ["string"], "maxLength": 5}


def test_choices_are_listed_each_to_be_made() -> None:
    assert len(flat({"oneOf": [{}, {}], "anyOf": [{}], "if": {}, "dependentSchemas": {"a": {}}}, plain)[CHOICES]) == 4


@pytest.mark.parametrize(
    "node", [False, {"allOf": [{"type": "string"}, {"type": "null"}]}, {"allOf": [{"const": 1}, {"const": True}]}]
)
def test_parts_that_exclude_each_other_are_told(node: object) -> None:
    with pytest.raises(Unsatisfiable):
        flat(node, plain)


def test_equality_is_that_of_json_schema() -> None:
    assert same(1, 1.0)
    assert not same(1, True)
    assert same({"a": [1]}, {"a": [1.0]})
    assert not same([0], [False])
