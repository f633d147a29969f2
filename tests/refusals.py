"""What a refusal must be: this API's own error body."""

from __future__ import annotations

from functools import cache

import orjson
from asking import content, resolved

from mockserver.spec.schema import Schemas


def breaches(api: str, media_type: str, body: bytes) -> list[str]:
    """How an error body breaks the API's document; a media type that none of its errors has is a breach too."""
    schemas, known = error_schemas(api)
    if media_type not in known:
        return [f"no error of {api} is {media_type}"]
    return [one.message for one in schemas.at(known[media_type]).violations(orjson.loads(body))]


@cache
def error_schemas(api: str) -> tuple[Schemas, dict[str, str]]:
    """The schemas of an API's error bodies, by media type."""
    found = {}
    for name, response in content(api)["components"]["responses"].items():
        for media_type in resolved(api, response).get("content", {}):
            found.setdefault(media_type, f"/components/responses/{name}/content/{media_type.replace('/', '~1')}/schema")
    return Schemas(content(api)), found
