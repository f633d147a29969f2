"""The options of a check, in one table: `mockserver check` has them, and pytest has them with `contract-` before.

It imports nothing of this package and no click, because every run of pytest loads it.
"""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """One option. What is more than a text, `cli/checking.py` reads."""

    name: str
    value: str  # what stands for its value in the help; empty for a switch
    help: str
    repeated: bool = False
    in_pytest: bool = True
    default: float | None = None

    @property
    def parameter(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")


OPTIONS = (
    Option("api", "API", "A bundled API, or the path or URL of a document."),
    Option("key", "SECRET", "The key to call with. Better: --key-env."),
    Option("key-env", "NAME", "The environment variable that holds the key."),
    Option("readonly-key", "SECRET", "A key that may only read, for what it must be refused."),
    Option("readonly-key-env", "NAME", "The environment variable that holds it."),
    Option("burst-key", "SECRET", "A key whose rate limit may be used up."),
    Option("burst-key-env", "NAME", "The environment variable that holds it."),
    Option("header", "'NAME: VALUE'", "Sent always; again for more.", repeated=True),
    Option("write", "", "Make, change and delete records of its own; else it only reads."),
    Option("allow-destructive", "", "Delete what others made, where a rule needs that."),
    Option("webhook-listen", "HOST:PORT", "Receive webhooks here."),
    Option("webhook-listen-url", "URL", "By which the server reaches that."),
    Option("webhook-secret", "SECRET", "With which the server signs webhooks."),
    Option("webhook-secret-env", "NAME", "The environment variable that holds it."),
    Option("only", "NAME", "These parts and laws: 'laws', 'pages-*'; again for more.", repeated=True),
    Option("exclude", "NAME", "All but these parts and laws; again for more.", repeated=True),
    Option("operation", "ID", "These: ids or 'GET /users'; again for more.", repeated=True),
    Option("time", "SECONDS", "How long it may take."),
    Option("seed", "NUMBER", "Of made-up data.", default=1),
    Option("examples", "NUMBER", "Of the model, and of schemathesis."),
    Option("report", "FORMAT[=FILE]", "Write one: junit, json, html, har or markdown; again for more.", repeated=True),
    Option("baseline", "FILE", "Known findings that are accepted, with reason and date."),
    Option("write-baseline", "FILE", "Write what is found as a first baseline."),
    Option("max-rate", "300/m|off", "Requests; as documented when left out."),
    Option("timeout", "SECONDS", "For one answer.", default=30.0),
    Option("proxy", "URL", "The proxy to go through; else HTTPS_PROXY and HTTP_PROXY say."),
    Option("insecure", "", "Don't check the server's certificate."),
    Option("ca-file", "FILE", "Certificates (PEM) that are trusted."),
    Option("client-cert", "FILE", "A certificate of ours (PEM)."),
    Option("client-key", "FILE", "Its key, where it is in another file."),
    Option("overlay", "FILE", "An OpenAPI Overlay to apply first; again for more.", repeated=True),
    Option("allow-remote-refs", "", "Follow a $ref to other machines."),
    Option("against-mock", "", "A dry run: shows what would be called.", in_pytest=False),
    Option("quiet", "", "No progress.", in_pytest=False),
)
