"""The journal shows no secret, whatever header or parameter the document carries it in."""

from pathlib import Path

import httpx
import pytest
from serving import start

DOCUMENT = """
openapi: 3.1.0
info: {title: T, version: '1'}
security: [{own: []}, {asked: []}]
components:
  securitySchemes:
    own: {type: apiKey, in: header, name: X-Secret}
    asked: {type: apiKey, in: query, name: pass}
paths:
  /things:
    get: {responses: {'200': {description: ok}}}
"""


@pytest.mark.parametrize(("headers", "query"), [({"X-Secret": "s3cret"}, ""), ({}, "?pass=s3cret&a=1")])
def test_keys_of_a_document_are_masked(tmp_path: Path, headers: dict[str, str], query: str) -> None:
    path = tmp_path / "things.yaml"
    path.write_text(DOCUMENT)
    with start(str(path)) as served:
        assert httpx.get(f"{served.url}/things{query}", headers=headers).status_code == 200
        shown = httpx.get(f"{served.url}/_mock/requests").text
    assert "s3cret" not in shown
    assert "•••" in shown
