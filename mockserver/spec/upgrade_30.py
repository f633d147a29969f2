"""The schemas of OpenAPI 3.0 (and of Swagger 2.0) in the words of 3.1.

One function per keyword: each changes a schema in place and says, for a document that should know better, what it did.
(OpenAPI 3.0.3, section 4.7.24; 3.1.1, section 4.8.24; "Migrating from OpenAPI 3.0 to 3.1.0", openapis.org.)
"""

from __future__ import annotations

from mockserver.spec.model import Json

WORDS = frozenset(
    {"nullable", "x-nullable", "example", "exclusiveMinimum", "exclusiveMaximum", "format", "discriminator"}
)
FORMATS = {"byte": ("contentEncoding", "base64"), "binary": ("contentMediaType", "application/octet-stream")}
FILE = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
JOINING = ("$ref", "allOf", "oneOf", "anyOf", "not", "discriminator")  # keywords that a null must get past
BESIDE_REF = frozenset(
    {"$ref", "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly",
     "externalDocs", "nullable", "x-nullable"}
)  # fmt: skip


def only_reference(node: dict[str, Json]) -> None:
    """Leaves out what 3.0 ignores beside a `$ref` (section 4.7.23); what only describes stays, and so does
    `nullable`."""
    for keyword in node.keys() - BESIDE_REF:
        if not keyword.startswith("x-"):
            del node[keyword]


def nullable(node: dict[str, Json], keyword: str) -> str | None:
    """`nullable: true` admits null past `type`, `enum`, and past what `$ref` or allOf, oneOf, anyOf join to the schema.

    The latter move into `anyOf: [them, {type: null}]`; everything else stays where pointers may lead to it.
    """
    said = node.pop(keyword)
    if str(said).lower() != "true":
        return None
    kind = node.get("type")
    if isinstance(kind, str) and kind != "null":
        node["type"] = [kind, "null"]
    elif isinstance(kind, list) and "null" not in kind:
        node["type"] = [*kind, "null"]
    if isinstance(node.get("enum"), list) and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    joining = {word: node.pop(word) for word in JOINING if word in node}
    if joining.keys() - {"discriminator"}:
        node["anyOf"] = [joining, {"type": "null"}]
    else:
        node.update(joining)
    return f"{keyword} is a word of OpenAPI 3.0; read as: or null"


def example(node: dict[str, Json], keyword: str) -> str | None:
    """`example: 5` is `examples: [5]`."""
    value = node.pop(keyword)
    more = node.get("examples")
    node["examples"] = [value, *(more if isinstance(more, list) else more.values() if isinstance(more, dict) else ())]
    return None


def examples(node: dict[str, Json], keyword: str) -> str | None:
    """`examples` by name, as media types have them, become a list, as schemas have them."""
    said = node.pop(keyword)
    if isinstance(said, dict):
        node[keyword] = [one["value"] if isinstance(one, dict) and "value" in one else one for one in said.values()]
    elif said is not None:
        node[keyword] = [said]
    return "the examples of a schema are a list; read as one"


def exclusive(node: dict[str, Json], keyword: str) -> str | None:
    """`exclusiveMinimum: true` with `minimum: 5` is `exclusiveMinimum: 5`."""
    bound = "minimum" if keyword == "exclusiveMinimum" else "maximum"
    said = node.pop(keyword)
    if said and isinstance(node.get(bound), int | float):
        node[keyword] = node.pop(bound)
    return f"{keyword}: true or false is of OpenAPI 3.0; it is a number since"


def content_format(node: dict[str, Json], keyword: str) -> str | None:
    """`format: byte` and `binary` get the words of 3.1 beside them (section 4.8.14.2); the format stays, as an
    annotation."""
    word, value = FORMATS[node[keyword]]
    node.setdefault(word, value)
    return None


def discriminator(node: dict[str, Json], keyword: str) -> str | None:
    """`discriminator: petType` of Swagger 2.0 is `{propertyName: petType}`."""
    said = node.pop(keyword)
    if isinstance(said, str):
        node[keyword] = {"propertyName": said}
        return None
    return "a discriminator needs a propertyName; it is left out"
