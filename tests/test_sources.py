"""What is read from disk and from the network."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mockserver import sources
from mockserver.spec.errors import SpecError
from mockserver.spec.operations import read

DOCUMENT = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n"


@pytest.mark.parametrize("name", sorted(sources.bundled()))
def test_bundled_documents_need_no_mending(name: str) -> None:
    document = sources.document(str(sources.bundled()[name]))
    assert document.notes == ()
    api = read(document, name)
    assert [api.operation(*route).path for route in api.routes] == [path for path, _ in api.routes]


@pytest.mark.parametrize("name", sorted(sources.bundled()))
def test_bundled_fixtures(name: str) -> None:
    assert sources.fixtures_of(name).keys() <= {"keys", "records"}


def test_an_api_without_fixtures_has_none() -> None:
    assert sources.fixtures_of("no-such-api") == {}


def test_a_fixture_with_an_unknown_word(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("keys: {}\nrecods: {}\n")
    with pytest.raises(SpecError, match=re.escape(f"{seed}:2 at /recods: unknown word 'recods' (did")):
        sources.fixtures(str(seed))


def test_a_fixture_with_a_key_twice(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("keys:\n  a: {}\n  a: {}\n")
    with pytest.raises(SpecError, match="stands here twice"):
        sources.fixtures(str(seed))


def test_x_mock_is_checked_where_the_overlay_wrote_it(tmp_path: Path) -> None:
    api, overlay = tmp_path / "api.yaml", tmp_path / "over.yaml"
    api.write_text(DOCUMENT)
    overlay.write_text("overlay: 1.0.0\nactions:\n- target: $\n  update:\n    x-mock:\n      time: seconds\n")
    with pytest.raises(SpecError, match=re.escape(f"{overlay}:6 at /x-mock/time: unknown word 'time'")):
        sources.document(str(api), overlays=[str(overlay)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"# only this\n", "the file is empty"),
        (b"- a\n", "an OpenAPI document is a mapping"),
        (b"hello\n", "an OpenAPI document is a mapping"),
        (b"info: {}\n", "it has no `openapi`"),
        (b"openapi: 3.1.0\n", "it has no `paths`, `webhooks` or `components`"),
        (b"swagger: '2.0'\ninfo: {}\n", "it has no `paths`, `webhooks` or `components`"),
        (b"openapi: 3.1.0\npath: {}\n", "(did you mean that by 'path'?)"),
        (b"openapi: 3.1.0\npaths: [1]\n", "its `paths` is no mapping"),
        (b"opneapi: 3.1.0\n", "(did you mean that by 'opneapi'?)"),
        (b"a: 1\nopenapi: 4.0.0\n", ":2 at /openapi: OpenAPI 4.0.0 can't be read (known: 2.0, 3.0, 3.1, 3.2)"),
        (b"swagger: 1.2\n", ":1 at /swagger: OpenAPI 1.2 can't be read"),
        (b"openapi: 3.1.0\ninfo: \xff\n", ":2 at /: not UTF-8"),
        (b"openapi: [\n", "not YAML"),
    ],
)
def test_what_is_no_document(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "api.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=re.escape(message)):
        sources.document(str(path))


@pytest.mark.parametrize("version", ["openapi: 3.0", "openapi: 3.1", "openapi: '3.2.0'", "swagger: 2.0"])
def test_versions_as_people_write_them(tmp_path: Path, version: str) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(f"{version}\npaths: {{}}\n")
    assert sources.document(str(path)).written == version.split(": ")[1].strip("'")


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "users.yaml").write_text(DOCUMENT)
    with pytest.raises(SpecError, match=r"there is no such file \(did you mean 'users.yaml'\?\)"):
        sources.document(str(tmp_path / "user.yaml"))
    with pytest.raises(SpecError, match="there is no folder"):
        sources.document(str(tmp_path / "nowhere" / "user.yaml"))


def test_a_folder_lists_its_documents(tmp_path: Path) -> None:
    (tmp_path / "users.yaml").write_text(DOCUMENT)
    with pytest.raises(SpecError, match=r"a folder, not a document \(in it: users.yaml\)"):
        sources.document(str(tmp_path))


def test_a_name_that_is_none() -> None:
    with pytest.raises(SpecError, match="can't be read"):
        sources.document("a\0b.yaml")


def test_a_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 1024 * 1024)
    path = tmp_path / "api.yaml"
    path.write_text(DOCUMENT + "#" * 1024 * 1024)
    with pytest.raises(SpecError, match="larger than 1 MiB"):
        sources.document(str(path))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder, secret = tmp_path / "folder", tmp_path / "secret.yaml"
    folder.mkdir()
    secret.write_text("type: string\n")
    (folder / "link.yaml").symlink_to(secret)
    (folder / "beside.yaml").write_text("type: integer\n")
    path = folder / "api.yaml"
    path.write_text("openapi: 3.1.0\ncomponents: {schemas: {A: {$ref: link.yaml}, B: {$ref: beside.yaml}}}\n")
    document = sources.document(str(path))
    assert [document.resolve(f"/components/schemas/{name}")[1] for name in "AB"] == [{}, {"type": "integer"}]
    assert ["outside the document's folder" in note.message for note in document.notes] == [True]


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = {
            "/api.yaml": "openapi: 3.1.0\ncomponents: {schemas: {A: {$ref: 'a.yaml'}}}\n",
            "/a.yaml": "type: string\n",
        }
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
        else:
            self.send_response(200 if self.path in pages else 404)
        self.end_headers()
        self.wfile.write(pages.get(self.path, "").encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_url_that_the_user_named(site: HTTPServer) -> None:
    document = sources.document(f"http://127.0.0.1:{site.server_port}/api.yaml")
    assert ["--allow-remote-refs" in note.message for note in document.notes] == [True]
    assert site.asked == ["/api.yaml"]  # type: ignore[attr-defined]


def test_its_references_when_they_are_allowed(site: HTTPServer) -> None:
    document = sources.document(f"http://127.0.0.1:{site.server_port}/api.yaml", allow_remote=True)
    assert document.resolve("/components/schemas/A")[1] == {"type": "string"}


def test_a_url_that_answers_no_document(site: HTTPServer) -> None:
    origin = f"http://127.0.0.1:{site.server_port}"
    with pytest.raises(SpecError, match="the server answers 404"):
        sources.document(f"{origin}/missing.yaml")
    with pytest.raises(SpecError, match=r"Redirection to url 'file:.* is not allowed"):
        sources.document(f"{origin}/away")
