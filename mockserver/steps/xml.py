"""XML bodies: simple ones as objects of their schema, all others as the text they are (OpenAPI 3.1, section 4.8.26)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from mockserver.spec.model import Json
from mockserver.spec.schema import Schemas
from mockserver.steps.casts import Tree, cast_of
from mockserver.steps.texts import Unreadable, decoded

MAX_ELEMENTS = 10_000
MAX_DEPTH = 50
NO_XML: Mapping[str, Json] = {}


def xml_reader(node: Json, schemas: Schemas) -> Callable[[bytes, Mapping[str, str]], Json]:
    """Reads an XML body: where the schema wants an object or array, elements and attributes become its properties, by
    their names (`xml: {name, wrapped}` followed); where it wants a text, or nothing, the text as it is.
    """
    kinds = schemas.kinds(node)
    structured = "object" in kinds and "string" not in kinds
    cast = cast_of(node, schemas)

    def read(octets: bytes, parameters: Mapping[str, str]) -> Json:
        tree = parse(octets)
        if structured:
            return cast(renamed(tree, node, schemas) if isinstance(tree, dict) else {})
        try:
            return decoded(octets, parameters.get("charset", "utf-8"))
        except Unreadable:  # its own declaration names its encoding
            return octets.decode("latin-1")

    return read


def parse(octets: bytes) -> Tree:
    """The root element's tree: attributes and children by name, repeated ones as a list, a leaf as its text.

    Entities are never expanded: a document type is refused. Raises Unreadable.
    """
    stack: list[tuple[dict[str, Tree], list[str]]] = [({}, [])]
    count = 0

    def refuse(*_: object) -> None:
        raise Unreadable("holds a document type declaration, which is not taken")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS or len(stack) > MAX_DEPTH:
            raise Unreadable("has too many elements")
        stack.append((dict(attributes), []))

    def end(name: str) -> None:
        children, texts = stack.pop()
        tree: Tree = children or "".join(texts).strip()
        name = name.rpartition(":")[2]
        above = stack[-1][0]
        if name not in above:
            above[name] = tree
        elif isinstance(there := above[name], list):
            there.append(tree)
        else:
            above[name] = [there, tree]

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: stack[-1][1].append(text)
    try:
        parser.Parse(octets, True)
    except ExpatError as wrong:
        raise Unreadable(f"is not valid XML: {wrong}") from None
    except (LookupError, ValueError):
        raise Unreadable("is not valid XML: its encoding is not known") from None
    return next(iter(stack[0][0].values()), "")


def renamed(tree: Tree, node: Json, schemas: Schemas) -> Tree:
    """A tree with the properties' names for the elements' names, and wrapped lists taken out of their wrapping."""
    if isinstance(tree, list):
        items = schemas.items(node) or {}
        return [renamed(one, items, schemas) for one in tree]
    if not isinstance(tree, dict):
        return tree
    properties = schemas.properties(node)
    names = {str(xml_of(schema, schemas).get("name", name)): name for name, schema in properties.items()}
    result: dict[str, Tree] = {}
    for element, value in tree.items():
        name = names[element] if element in names else str(element)
        schema = properties.get(name, {})
        result[name] = renamed(unwrapped(value, schema, schemas), schema, schemas)
    return result


def unwrapped(value: Tree, schema: Json, schemas: Schemas) -> Tree:
    """The items of a wrapped list (`<tags><tag>a</tag></tags>`); anything else as it is."""
    if "array" not in schemas.kinds(schema) or not isinstance(value, dict):
        return value
    wrapped = len(value) == 1 and (xml_of(schema, schemas).get("wrapped") or "object" not in schemas.kinds(schema))
    items = schemas.items(schema) or {}
    inner = next(iter(value.values()))
    if wrapped and (xml_of(schema, schemas).get("wrapped") or next(iter(value)) not in schemas.properties(items)):
        return inner if isinstance(inner, list) else [inner]
    return [value]


def xml_of(schema: Json, schemas: Schemas) -> Mapping[str, Json]:
    """The XML Object of a schema."""
    return next((part["xml"] for part in schemas.parts(schema) if isinstance(part.get("xml"), dict)), NO_XML)
