"""Documents made for measuring: so many operations, so many megabytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PADDING = "What this property means to whoever reads the document, at some length, as vendors' documents have it. "


def document(collections: int, padding: int = 0) -> dict[str, Any]:
    """An API of so many collections with four operations each; `padding` is in bytes, spread over the descriptions."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    text = (PADDING * (padding // collections // 10 // len(PADDING) + 1))[: padding // collections // 10]
    for number in range(collections):
        fields = {f"field_{at}": {"type": "string", "description": text} for at in range(10)}
        item = {"$ref": f"#/components/schemas/Thing{number}"}
        schemas[f"Thing{number}"] = {"type": "object", "properties": {"id": {"type": "string"}, **fields}}
        ok = {"description": "ok", "content": {"application/json": {"schema": item}}}
        many = {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": item}}}}
        body = {"content": {"application/json": {"schema": item}}}
        where = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
        paths[f"/things{number}"] = {
            "get": {"responses": {"200": many}},
            "post": {"requestBody": body, "responses": {"201": ok}},
        }
        paths[f"/things{number}/{{id}}"] = {
            "parameters": where,
            "get": {"responses": {"200": ok}},
            "delete": {"responses": {"204": {"description": "gone"}}},
        }
    return {
        "openapi": "3.1.0", "info": {"title": "Measured", "version": "1"}, "paths": paths,
        "components": {"schemas": schemas},
    }  # fmt: skip


def write_json(path: Path, collections: int, padding: int = 0) -> None:
    """The document as JSON."""
    path.write_text(json.dumps(document(collections, padding)), encoding="utf-8")


def write_yaml(path: Path, collections: int, padding: int = 0) -> None:
    """The document as YAML in block style, as vendors write it."""
    import yaml

    path.write_text(
        yaml.dump(document(collections, padding), Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8"
    )
