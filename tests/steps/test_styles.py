"""Parameters in every style; the first tables are those of the OpenAPI specification (3.1.1, section 4.8.12.6)."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Api, parameter, query_of

STRING = {"type": "string"}
COLORS = {"type": "array", "items": STRING}
RGB = {"type": "object", "properties": {name: {"type": "integer"} for name in "RGB"}}

BLUE, LIST, MIX = "blue", ["blue", "black", "brown"], {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("style", "explode", "schema", "raw", "value"),
    [
        ("matrix", False, STRING, ";color", ""),
        ("matrix", False, STRING, ";color=blue", BLUE),
        ("matrix", False, COLORS, ";color=blue,black,brown", LIST),
        ("matrix", False, RGB, ";color=R,100,G,200,B,150", MIX),
        ("matrix", True, STRING, ";color", ""),
        ("matrix", True, STRING, ";color=blue", BLUE),
        ("matrix", True, COLORS, ";color=blue;color=black;color=brown", LIST),
        ("matrix", True, RGB, ";R=100;G=200;B=150", MIX),
        ("label", False, STRING, ".", ""),
        ("label", False, STRING, ".blue", BLUE),
        ("label", False, COLORS, ".blue,black,brown", LIST),
        ("label", False, RGB, ".R,100,G,200,B,150", MIX),
        ("label", True, STRING, ".", ""),
        ("label", True, STRING, ".blue", BLUE),
        ("label", True, COLORS, ".blue.black.brown", LIST),
        ("label", True, RGB, ".R=100.G=200.B=150", MIX),
        ("simple", False, STRING, "", ""),
        ("simple", False, STRING, "blue", BLUE),
        ("simple", False, COLORS, "blue,black,brown", LIST),
        ("simple", False, RGB, "R,100,G,200,B,150", MIX),
        ("simple", True, STRING, "", ""),
        ("simple", True, STRING, "blue", BLUE),
        ("simple", True, COLORS, "blue,black,brown", LIST),
        ("simple", True, RGB, "R=100,G=200,B=150", MIX),
        # as 3.0 and 3.1.0 print it, against RFC 6570
        ("label", False, COLORS, ".blue.black.brown", LIST),
        ("label", False, RGB, ".R.100.G.200.B.150", MIX),
        # as clients that encode every reserved character send it
        ("simple", False, COLORS, "blue%2Cblack%2cbrown", LIST),
        ("simple", False, COLORS, "a%2Cb,c", ["a,b", "c"]),
    ],
)
def test_path_styles(style: str, explode: bool, schema: Any, raw: str, value: Any) -> None:
    api = Api(parameter("color", "path", schema, style=style, explode=explode), path="/{color}")
    assert api.send(segments={"color": raw}).path == {"color": value}


@pytest.mark.parametrize(
    ("style", "explode", "schema", "query", "value"),
    [
        ("form", False, STRING, "color=blue", BLUE),
        ("form", False, COLORS, "color=blue,black,brown", LIST),
        ("form", False, RGB, "color=R,100,G,200,B,150", MIX),
        ("form", True, STRING, "color=blue", BLUE),
        ("form", True, COLORS, "color=blue&color=black&color=brown", LIST),
        ("form", True, RGB, "R=100&G=200&B=150", MIX),
        ("spaceDelimited", False, COLORS, "color=blue%20black%20brown", LIST),
        ("spaceDelimited", False, RGB, "color=R%20100%20G%20200%20B%20150", MIX),
        ("pipeDelimited", False, COLORS, "color=blue%7Cblack%7Cbrown", LIST),
        ("pipeDelimited", False, RGB, "color=R%7C100%7CG%7C200%7CB%7C150", MIX),
        ("deepObject", True, RGB, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150", MIX),
        # as 3.0 prints them, and as clients send them
        ("pipeDelimited", False, COLORS, "color=blue|black|brown", LIST),
        ("spaceDelimited", False, COLORS, "color=blue+black+brown", LIST),
        ("spaceDelimited", True, COLORS, "color=blue&color=black&color=brown", LIST),
        ("deepObject", True, RGB, "color[R]=100&color[G]=200&color[B]=150", MIX),
        ("form", False, COLORS, "color=blue%2Cblack%2Cbrown", LIST),
        ("form", False, COLORS, "color=blue,black&color=brown", LIST),
    ],
)
def test_query_styles(style: str, explode: bool, schema: Any, query: str, value: Any) -> None:
    assert query_of(schema, query, style=style, explode=explode).value == value


@pytest.mark.parametrize(
    ("explode", "schema", "text", "value"),
    [
        (False, STRING, "blue", BLUE),
        (False, COLORS, "blue,black,brown", LIST),
        (False, COLORS, "blue, black, brown", LIST),  # as two header lines are joined
        (False, RGB, "R,100,G,200,B,150", MIX),
        (True, RGB, "R=100,G=200,B=150", MIX),
        (False, STRING, "100%25", "100%25"),  # headers are not percent-encoded
    ],
)
def test_header_styles(explode: bool, schema: Any, text: str, value: Any) -> None:
    api = Api(parameter("X-Color", "header", schema, explode=explode))
    assert api.send(X_Color=text).header == {"X-Color": value}


@pytest.mark.parametrize(
    ("explode", "schema", "cookies", "value"),
    [
        (True, STRING, "color=blue", BLUE),
        (True, STRING, 'a=1; color="blue"; b=2', BLUE),
        (True, STRING, "color=50%25", "50%"),
        (False, COLORS, "color=blue,black,brown", LIST),
        (False, RGB, "color=R,100,G,200,B,150", MIX),
        (True, COLORS, "color=blue&color=black&color=brown", LIST),
        (True, RGB, "R=100&G=200&B=150", MIX),
        (True, COLORS, "color=blue; color=black; color=brown", LIST),
        (True, {"type": "integer"}, "color=7", 7),
    ],
)
def test_cookie_styles(explode: bool, schema: Any, cookies: str, value: Any) -> None:
    api = Api(parameter("color", "cookie", schema, explode=explode))
    assert api.send(cookie=cookies).cookie == {"color": value}


@pytest.mark.parametrize(
    ("explode", "schema", "cookies", "value"),
    [
        (True, STRING, "color=50%25", "50%25"),
        (True, COLORS, "color=blue; color=black; color=brown", LIST),
        (True, {"type": "array", "items": STRING}, "color=a&color=b", ["a&color=b"]),
        (True, RGB, "R=100; G=200; B=150", MIX),
        (False, COLORS, "color=blue,black,brown", LIST),
    ],
)
def test_the_style_cookie_of_3_2(explode: bool, schema: Any, cookies: str, value: Any) -> None:
    api = Api(parameter("color", "cookie", schema, style="cookie", explode=explode))
    assert api.send(cookie=cookies).cookie == {"color": value}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ("integer", "20", 20),
        ("integer", "-7", -7),
        ("integer", "0", 0),
        ("integer", "9223372036854775807", 9223372036854775807),
        ("integer", "18446744073709551615", 18446744073709551615),
        (["integer", "number"], "1" + 30 * "0", 1e30),  # as a JSON body would have it
        ("number", "1.5", 1.5),
        ("number", "-1e3", -1000.0),
        ("number", "7", 7),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("boolean", "False", False),
        ("boolean", "TRUE", True),
        ("string", "007", "007"),
        ("string", "true", "true"),
        (["integer", "null"], "null", None),
        (["string", "null"], "null", "null"),
        (["integer", "string"], "7", 7),
        (["integer", "string"], "007", "007"),
        (["integer", "string"], 5000 * "9", 5000 * "9"),
        (["boolean", "integer"], "1", 1),
        (["boolean", "integer"], "true", True),
    ],
)
def test_types(schema: Any, text: str, value: Any) -> None:
    got = query_of({"type": schema}, f"color={text}").value
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"enum": [1, "two", True, None]}, "1", 1),
        ({"enum": [1, "two", True, None]}, "two", "two"),
        ({"enum": [1, "two", True, None]}, "true", True),
        ({"enum": [1, "two", True, None]}, "null", None),
        ({"enum": ["1", "2"]}, "1", "1"),
        ({"const": 7}, "7", 7),
        ({"anyOf": [{"type": "integer", "maximum": 10}, STRING]}, "7", 7),
        ({"anyOf": [{"type": "integer", "maximum": 10}, STRING]}, "20", "20"),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, "7", 7),
        ({"$ref": "#/components/schemas/Size"}, "7", 7),
        ({}, "7", "7"),
        ({"anyOf": [STRING, COLORS]}, "a", "a"),
        ({"anyOf": [STRING, COLORS]}, "a&color=b", ["a", "b"]),
    ],
)
def test_types_through_combinations(schema: Any, text: str, value: Any) -> None:
    api = Api(parameter("color", "query", schema), components={"Size": {"type": "integer"}})
    got = api.send(f"color={text}").query["color"]
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    "text", ["%2B5", "%205", "5%20", "+5", "1_000", "%D9%A3", "1.0", "1e3", "0x1F", "007", "", "abc"]
)
def test_what_is_no_integer(text: str) -> None:
    assert query_of({"type": "integer"}, f"color={text}").said == ["color must be an integer"]


@pytest.mark.parametrize("text", ["NaN", "inf", "-Infinity", ".5", "5.", "1,5", "٣"])
def test_what_is_no_number(text: str) -> None:
    assert len(query_of({"type": "number"}, f"color={text}").said) == 1


@pytest.mark.parametrize(("type", "text"), [("integer", 5000 * "9"), ("number", "1e999"), ("number", "-1e999")])
def test_numbers_beyond_a_double(type: str, text: str) -> None:
    assert query_of({"type": type}, f"color={text}").said == ["color is a number too large to be read"]


@pytest.mark.parametrize("text", ["1", "0", "yes", "on", ""])
def test_what_is_no_boolean(text: str) -> None:
    assert query_of({"type": "boolean"}, f"color={text}").said == ["color must be a boolean"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a+b", "a b"),
        ("a%2Bb", "a+b"),
        ("a%20b", "a b"),
        ("%C3%A9", "é"),
        ("\xc3\xa9", "é"),  # raw UTF-8, as a server hands it over
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("%2500", "%00"),
        ("a=b", "a=b"),
        ("%00", "\0"),
    ],
)
def test_percent_decoding(text: str, value: str) -> None:
    assert query_of(STRING, f"color={text}").value == value


def test_a_plus_is_a_space_in_the_query_only() -> None:
    api = Api(parameter("color", "path", STRING), path="/{color}")
    assert api.send(segments={"color": "a+b%2F"}).path == {"color": "a+b/"}


@pytest.mark.parametrize("text", ["%FF", "%C3", "%ED%A0%80", "%C0%80", "\xff"])
def test_what_is_not_utf_8(text: str) -> None:
    assert query_of(STRING, f"color={text}").said == ["color is not valid UTF-8"]


NESTED = {"type": "object", "additionalProperties": True, "properties": {"n": {"type": "integer"}, "l": COLORS}}


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("f[a][b]=1", {"a": {"b": "1"}}),
        ("f[n]=1&f[a]=2", {"n": 1, "a": "2"}),
        ("f[l][]=a&f[l][]=b", {"l": ["a", "b"]}),
        ("f[l][1]=b&f[l][0]=a", {"l": ["a", "b"]}),
        ("f[l]=a&f[l]=b", {"l": ["a", "b"]}),
        ("f[l]=a", {"l": ["a"]}),
        ("f%5Ba%5D%5Bb%5D=1", {"a": {"b": "1"}}),
        ("f[value_gt]=5&f[a%20b]=c", {"value_gt": "5", "a b": "c"}),
    ],
)
def test_brackets_build_objects(query: str, value: Any) -> None:
    assert query_of(NESTED, query, "f", style="deepObject").value == value
    assert query_of(NESTED, query, "f", style="form", explode=False).value == value  # what the vendor forgot to say


@pytest.mark.parametrize("query", ["k[]=a&k[]=b", "k%5B%5D=a&k%5B%5D=b", "k[0]=a&k[1]=b", "k[5]=a&k[10]=b", "k=a&k=b"])
def test_brackets_build_lists(query: str) -> None:
    assert query_of(COLORS, query, "k").value == ["a", "b"]


def test_an_object_may_come_as_json() -> None:
    assert query_of(NESTED, 'f={"n":1}', "f", style="deepObject").value == {"n": 1}


def test_brackets_build_lists_of_objects() -> None:
    schema = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    assert query_of(schema, "k[0][n]=1&k[1][n]=2", "k").value == [{"n": 1}, {"n": 2}]
    assert query_of(schema, "k[][n]=1&k[][x]=a&k[][n]=2", "k").value == [{"n": 1, "x": "a"}, {"n": 2}]


def test_a_declared_name_may_have_brackets() -> None:
    assert query_of(COLORS, "expand%5B%5D=a&expand[]=b", "expand[]").value == ["a", "b"]
    assert query_of({"type": "integer"}, "page[size]=5", "page[size]").value == 5


def test_a_value_or_an_object() -> None:
    schema = {"anyOf": [{"type": "object", "properties": {"gt": {"type": "integer"}}}, {"type": "integer"}]}
    assert query_of(schema, "created=5", "created", style="deepObject").value == 5
    assert query_of(schema, "created[gt]=5", "created", style="deepObject").value == {"gt": 5}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("f[n]=x", ["f[n] must be an integer"]),
        ("f[n]=1&f[n]=2", ["f[n] must be given once"]),
        ("f[a]=1&f[a][b]=2", ["f[a] is given both as a value and as an object"]),
        ("f[a][b]=1&f[a]=2", ["f[a] is given both as a value and as an object"]),
        ("f=1&f[a]=2", ["f must be an object", "f is given both as a value and in brackets"]),
        ("f" + 21 * "[a]" + "=1", ["f is nested more than 20 levels deep"]),
        ("f[a]=%FF", ["f is not valid UTF-8"]),
    ],
)
def test_wrong_brackets(query: str, said: list[str]) -> None:
    assert query_of(NESTED, query, "f", style="deepObject").said == said


@pytest.mark.parametrize("query", ["f[a=1", "f]a[=1", "f[a]b=1", "[a]=1", "f[[a]]=1"])
def test_what_only_looks_like_brackets_is_another_name(query: str) -> None:
    got = query_of(NESTED, query, "f", style="deepObject")
    assert (got.value, got.said) == (None, [])


def test_an_exploded_object_takes_its_own_names() -> None:
    api = Api(
        parameter("rgb", "query", RGB | {"additionalProperties": False}),
        parameter("R", "query", STRING),
        parameter("limit", "query", {"type": "integer"}),
    )
    got = api.send("G=2&R=red&limit=5&x=1")
    assert got.query == {"rgb": {"G": 2}, "R": "red", "limit": 5}


def test_an_open_exploded_object_takes_what_is_left() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert query_of(schema, "a=1&b=2", "any").value == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("schema", "media_type", "text", "value"),
    [
        (RGB, "application/json", '{"R":1}', {"R": 1}),
        (RGB, "application/json", "%7B%22R%22%3A1%7D", {"R": 1}),
        (COLORS, "application/vnd.x+json", '["a"]', ["a"]),
        (STRING, "text/plain", "{}", "{}"),
    ],
)
def test_content_parameters(schema: Any, media_type: str, text: str, value: Any) -> None:
    assert query_of(schema, f"color={text}", media_type=media_type).value == value


FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.mark.parametrize(
    ("media_type", "query", "value"),
    [
        (FORM, "R=100&G=200", {"R": 100, "G": 200}),
        (FORM, "x%5By%5D=a+b", {"x": {"y": "a b"}}),
        (JSON, "%7B%22R%22%3A1%7D", {"R": 1}),
    ],
)
def test_a_query_that_is_one_value(media_type: str, query: str, value: Any) -> None:
    api = Api(parameter("q", "querystring", RGB, media_type=media_type, required=True))
    assert api.send(query).query == {"q": value}
    assert api.send().said == ["q is required"]
    assert api.send("R=x" if media_type == FORM else "%7B%22R%22%3A%22x%22%7D").said == ["q.R must be an integer"]


def test_wrong_content_parameters() -> None:
    assert query_of(RGB, 'color={"R":"x"}', media_type="application/json").said == ["color.R must be an integer"]
    assert query_of(RGB, "color={", media_type="application/json").said[0].startswith("color is not valid JSON")


def test_a_repeated_parameter_that_is_no_list() -> None:
    assert query_of({"type": "integer"}, "color=1&color=2").said == ["color must be given once"]


@pytest.mark.parametrize(
    ("style", "raw", "said"),
    [
        ("label", "blue", "color must begin with a dot, such as .blue"),
        ("matrix", "blue", "color must be written as ;color=value"),
        ("matrix", ";colour=blue", "color must be written as ;color=value"),
    ],
)
def test_wrong_beginnings(style: str, raw: str, said: str) -> None:
    api = Api(parameter("color", "path", STRING, style=style), path="/{color}")
    assert api.send(segments={"color": raw}).said == [said]


@pytest.mark.parametrize(
    ("explode", "raw", "said"),
    [
        (False, "R,1,G", "color must be written as names and values in turn"),
        (True, "R=1,G", "color must be written as name=value pairs"),
    ],
)
def test_wrong_objects(explode: bool, raw: str, said: str) -> None:
    api = Api(parameter("color", "path", RGB, explode=explode), path="/{color}")
    assert api.send(segments={"color": raw}).said == [said]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (COLORS, None),
        (COLORS | {"minItems": 1}, [""]),
        (STRING, None),
        ({"type": ["integer", "null"]}, None),
    ],
)
def test_an_empty_optional_parameter_counts_as_not_given(schema: Any, value: Any) -> None:
    got = query_of(schema, "color=")
    assert (got.value, got.said) == (value, [])


def test_an_empty_required_parameter_is_a_text() -> None:
    assert query_of(STRING, "color=", required=True).value == ""


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer"}, "must be an integer"),
        ({"type": "string", "minLength": 1}, "must not be empty"),
        ({"enum": ["a", "b"]}, "must be one of a or b"),
        ({"type": "string", "format": "date"}, "must be a valid date, such as 2024-01-31"),
    ],
)
def test_an_empty_parameter_that_its_schema_forbids(schema: Any, said: str) -> None:
    assert query_of(schema, "color=").said == [f"color {said}"]


def test_allow_empty_value() -> None:
    assert query_of({"type": "boolean"}, "color", allow_empty=True).value is True
    got = query_of({"type": "integer"}, "color=", allow_empty=True)
    assert (got.value, got.said) == (None, [])
