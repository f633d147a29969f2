"""No secret is shown or stored, not even for a moment: what a check writes is hunted through while it runs."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from mockserver.check.credentials import masks
from mockserver.check.reports.writing import FORMATS
from mockserver.world.journal import MASK
from tests.check.hostile import DOCUMENT, HEADER, SECRET, hostile
from tests.check.proxy import PASSWORD, USER, proxy
from tests.serving import run

READONLY, HOOK = "readonly-s3cret-88", "whsec_aG9va3Mgb2Ygb3Vycw=="
HIDDEN = {
    form
    for one in (SECRET, HEADER, PASSWORD, READONLY, HOOK)
    for form in (one, quote(one, safe=""), base64.b64encode(one.encode()).decode(), json.dumps(one)[1:-1])
} | {base64.b64encode(f"{one}:".encode()).decode() for one in (SECRET, READONLY)}
HIDDEN |= {base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}


@contextmanager
def hunted(*folders: Path) -> Iterator[set[tuple[str, str]]]:
    """What was ever found of a secret in a file, by its name."""
    found, over = set[tuple[str, str]](), threading.Event()

    def look() -> None:
        while True:
            last = over.is_set()
            for folder in folders:
                for path in folder.rglob("*"):
                    try:
                        text = path.read_text("utf-8", "replace") if path.is_file() else ""
                    except OSError:
                        continue
                    found.update((path.name, one) for one in HIDDEN if one in text)
            if last:
                return
            over.wait(0.05)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("part", ["laws", "schemathesis"])
def test_a_server_that_repeats_all_secrets_gets_none_of_them_shown(tmp_path: Path, part: str) -> None:
    document, place, temporary = tmp_path / "widgets.json", tmp_path / "here", tmp_path / "temporary"
    document.write_text(json.dumps(DOCUMENT))
    place.mkdir()
    temporary.mkdir()
    reports = [word for name in FORMATS for word in ("--report", f"{name}=reports/{name}")]
    environment = {**os.environ, "TMPDIR": str(temporary), "A_KEY": SECRET, "A_READER": READONLY, "A_HOOK": HOOK}
    keys = ["--key-env", "A_KEY", "--readonly-key-env", "A_READER", "--webhook-secret-env", "A_HOOK"]
    if part == "laws":
        keys = ["--key", SECRET, "--readonly-key", READONLY, "--webhook-secret", HOOK]
    with hostile() as url, proxy(int(url.rpartition(":")[2])) as through, hunted(place, temporary) as found:
        done = run(
            "check", "http://crm.example.com", "--api", str(document), *keys, "--header", f"X-Tenant: {HEADER}",
            "--proxy", through.url, "--write", "--max-rate", "off", "--examples", "2", "--only", part, *reports,
            "--time", "50", "--write-baseline", "known.yaml", env=environment, cwd=place,
        )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert f"breaks {part}/" in done.stdout
    assert sorted(path.name for path in (place / "reports").iterdir()) == sorted(FORMATS)
    assert found == set()
    assert [one for one in HIDDEN if one in done.stdout + done.stderr] == []
    assert list(temporary.iterdir()) == []


def test_a_secret_is_hidden_in_whichever_form_it_comes() -> None:
    secret = 'pä"ss wo\\rd'
    hidden = masks({}, [secret])

    for text in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret), json.dumps({"k": secret})):
        assert hidden.text(f"<{text}>") in (f"<{MASK}>", f'<"{MASK}">', f'<{{"k": "{MASK}"}}>')
    assert hidden.body(json.dumps({"k": secret}, ensure_ascii=False).encode()) == f'{{"k": "{MASK}"}}'.encode()


def test_credentials_in_the_url_are_neither_used_nor_shown() -> None:
    done = run("check", "http://ada:s3cret-in-url@127.0.0.1:9", "--api", "pulse")

    assert (done.returncode, "--key-env" in done.stderr) == (2, True)
    assert "s3cret-in-url" not in done.stdout + done.stderr
