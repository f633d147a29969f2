"""x-mock and fixtures, held to their vocabularies."""

import pytest
import yaml
from parsed import document

from mockserver.spec.errors import Position, SpecError
from mockserver.spec.vocabulary import check, check_fixtures, vocabulary

WORDS = vocabulary(
    yaml.safe_load(
        """
        $defs:
          root: {type: object, additionalProperties: false, properties: {times: {enum: [seconds, milliseconds]}}}
          operation:
            type: object
            additionalProperties: false
            properties:
              resource: {type: string, description: The resource it works on.}
              status: {type: integer, description: The status of success.}
              page: {$ref: '#/$defs/page'}
              problems: {type: object, propertyNames: {enum: [conflict, not-found]}}
              after: {type: string, format: duration, description: How long.}
          page:
            type: object
            additionalProperties: false
            required: [style]
            properties: {style: {enum: [cursor, offset]}, size: {type: string}}
        """
    )
)
FIXTURES = vocabulary({"type": "object", "additionalProperties": False, "properties": {"keys": {"type": "object"}}})


@pytest.mark.parametrize(
    ("given", "place", "message"),
    [
        ("{resorce: users}", "/resorce", "unknown word 'resorce' (did you mean 'resource'?)"),
        ("{page: {style: cursor, sise: a}}", "/page/sise", "unknown word 'sise' (did you mean 'size'?)"),
        ("{page: {style: cursr}}", "/page/style", "\"cursr\" is not known here (did you mean 'cursor'?)"),
        ("{page: {}}", "/page", "the word 'style' is missing"),
        ("{status: '200'}", "/status", '"200" should be a whole number. The status of success.'),
        ("{problems: {not-fund: {}}}", "/problems/not-fund", "unknown word 'not-fund' (did you mean 'not-found'?)"),
        ("{after: 2s}", "/after", '"2s" should be a duration. How long.'),
        ("[a]", "", '["a"] should be a mapping'),
    ],
)
def test_a_mistake_in_an_operation(given: str, place: str, message: str) -> None:
    found = document(f"paths:\n  /a:\n    get:\n      x-mock: {given}\n", "3.1")
    with pytest.raises(SpecError) as error:
        check(found, lambda: WORDS)
    assert str(error.value) == f"api.yaml:6 at /paths/~1a/get/x-mock{place}: {message}"


def test_a_mistake_at_the_root() -> None:
    with pytest.raises(SpecError, match=r'^api.yaml:5 at /x-mock/times: "second" is not known .*\'seconds\''):
        check(document("paths: {}\nx-mock:\n  times: second\n", "3.1"), lambda: WORDS)


def test_an_unknown_word_is_told_before_others() -> None:
    found = document("paths: {/a: {get: {x-mock: {status: x, resorce: y}}}}", "3.1")
    with pytest.raises(SpecError, match="resorce"):
        check(found, lambda: WORDS)


def test_what_is_right_passes() -> None:
    check(document("x-mock: {times: seconds}\npaths: {/a: {get: {x-mock: {status: 200}}}}", "3.1"), lambda: WORDS)


def test_x_mock_has_its_places() -> None:
    found = document("paths:\n  /a:\n    x-mock: {}\n    get: {}\n", "3.1")
    with pytest.raises(SpecError, match=r"^api.yaml:5 at /paths/~1a/x-mock: x-mock stands at the root"):
        check(found, lambda: WORDS)


def test_the_vocabulary_is_not_read_for_a_document_without_x_mock() -> None:
    check(document("paths: {/a: {get: {}}}", "3.1"), lambda: pytest.fail("read"))


def test_fixtures() -> None:
    check_fixtures({"keys": {}}, lambda at: Position("seed.yaml", at), FIXTURES)
    with pytest.raises(SpecError, match=r"^seed.yaml at /key: unknown word 'key' \(did you mean 'keys'\?\)"):
        check_fixtures({"key": {}}, lambda at: Position("seed.yaml", at), FIXTURES)
