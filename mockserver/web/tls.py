"""`--tls`: HTTPS, and plain HTTP redirected to it, on one port.

A client that begins with a TLS record is handed to uvicorn over TLS, any other gets 301 to https (RFC 9110, 15.4.2).
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import re
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uvicorn import Config, Server

from mockserver.spec.errors import SpecError
from mockserver.web.protocol import part

HANDSHAKE = b"\x16"  # the first byte of a TLS record that begins a connection (RFC 8446, section 5.1)
PATIENCE = 10  # seconds that a client may take over its first bytes
GOODBYE = 0.5  # seconds that clients have to end their connections when the server ends
LONGEST_HEAD = 16_384  # bytes of a request that is only redirected
HOST = re.compile(
    rb"\r\nhost:[ \t]*([A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?)[ \t]*\r\n", re.IGNORECASE
)
LINE = re.compile(rb"[A-Z]+ (/[!-~]*) HTTP/1\.[01]\r\n")


class NoCertificate(SpecError):
    """There is no certificate to serve with: a file can't be used, or none can be made here."""


def context(certificate: str | None, key: str | None, host: str) -> ssl.SSLContext:
    """A TLS context from the user's files, or with a certificate made for this machine. Raises NoCertificate."""
    if key and not certificate:
        raise NoCertificate("--tls-key goes with the --tls-cert that it is the key of.")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        if certificate:
            made.load_cert_chain(certificate, key, password="")  # a key that has one is refused, not asked about
            return made
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "own.pem")
            file.touch(mode=0o600)
            file.write_bytes(self_signed(host))
            made.load_cert_chain(file)
    except (OSError, ssl.SSLError) as error:
        raise NoCertificate(f"{certificate or 'the certificate'} can't be used: {error}") from None
    return made


def self_signed(host: str) -> bytes:
    """A key and a certificate for localhost, the loopback addresses and `host`, as PEM; good for a year."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise NoCertificate(
            'a certificate of its own needs cryptography: pip install "crm-mockserver[tls]", or give --tls-cert'
        ) from None
    names: list[Any] = [x509.DNSName("localhost")]
    for address in dict.fromkeys(("127.0.0.1", "::1", host)):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(address)))
        except ValueError:
            names += [x509.DNSName(address)] if address not in ("", "localhost") else []
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mockserver")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(subject, subject, own.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=365))
    certificate = builder.add_extension(x509.SubjectAlternativeName(names), False).sign(own, hashes.SHA256())
    form, encoding = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    return own.private_bytes(encoding, form, serialization.NoEncryption()) + certificate.public_bytes(encoding)


class TlsServer(Server):
    """uvicorn's server, whose connections are looked at before they are given to it."""

    def __init__(self, config: Config, tls: ssl.SSLContext) -> None:
        super().__init__(config)
        self.tls = tls
        self.doors: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        for sock in sockets or ():
            self._keep(self._admit_all(sock))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for door in list(self.doors):
            door.cancel()
        await asyncio.sleep(0)  # so that they let go of their sockets before these are closed
        # A client that keeps an idle connection answers no TLS goodbye: it isn't waited for.
        asyncio.get_running_loop().call_later(GOODBYE, self._abandon)
        await super().shutdown(sockets=sockets)

    def _abandon(self) -> None:
        for each in list(self.server_state.connections):
            transport: Any = getattr(each, "transport", None)
            if transport is not None and transport.is_closing():
                transport.abort()

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.doors.add(task)
        task.add_done_callback(self.doors.discard)

    async def _admit_all(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:  # too many open files, or a client that was gone before it was admitted
                await asyncio.sleep(0.05)
                continue
            self._keep(self._admit(connection))

    async def _admit(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        connection.setblocking(False)
        try:
            first = await asyncio.wait_for(peeked(connection), PATIENCE)
            if first == HANDSHAKE:
                await loop.connect_accepted_socket(
                    self._protocol, connection, ssl=self.tls, ssl_handshake_timeout=PATIENCE
                )
            elif first:
                await loop.connect_accepted_socket(Redirect, connection)
            else:
                connection.close()
        except (OSError, TimeoutError, ssl.SSLError):
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise

    def _protocol(self) -> asyncio.Protocol:
        kind: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)


async def peeked(connection: socket.socket) -> bytes:
    """The first byte that a client sends, which stays to be read; empty when it sends none and closes."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(connection.fileno(), _ready, ready)
    try:
        await ready
    finally:
        loop.remove_reader(connection.fileno())
    return connection.recv(1, socket.MSG_PEEK)


def _ready(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Redirect(asyncio.Protocol):
    """Answers a plain HTTP request with where it is served over TLS."""

    def __init__(self) -> None:
        self.head = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        asyncio.get_running_loop().call_later(PATIENCE, transport.close)

    def data_received(self, data: bytes) -> None:
        self.head += data
        if b"\r\n\r\n" in self.head or len(self.head) > LONGEST_HEAD:
            self.transport.write(redirection(self.head.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"))
            part(self.transport, asyncio.get_running_loop())  # a body may still be on its way


def redirection(head: bytes) -> bytes:
    """The answer to the head of a plain HTTP request: 301 to the same place over TLS, 400 when it names none."""
    line, hosts = LINE.match(head), HOST.findall(head)
    if not line or len(hosts) != 1 or head.lower().count(b"\r\nhost:") != 1:
        body = b'{"title":"Bad Request","status":400,"detail":"This port speaks HTTPS."}'
        kind = b"content-type: application/problem+json\r\n"
        return b"HTTP/1.1 400 Bad Request\r\n%sconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (
            kind,
            len(body),
            body,
        )
    where = b"https://%s%s" % (hosts[0], line[1])
    return b"HTTP/1.1 301 Moved Permanently\r\nlocation: %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % where
