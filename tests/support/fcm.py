"""The push service of Chromium, as the browser and a server with something to say see it.

A Chromium checks in and registers over HTTP, and is called over a stream of its own (MCS: a tag, a
length, a protocol buffer) inside TLS, whose certificate is made here. The few fields that matter
are written by hand. All of this is Chromium's own affair and may change with any version.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import secrets
import ssl
import struct
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.support.aside import Aside
from tests.support.vapid import must_be_right

SERVICES = ("https://fcm.googleapis.com", "https://jmt17.google.com")
"""Origins that Chromium puts into its endpoints, whatever it was told to connect to."""

VERSION = 41
PING, PING_ANSWER, LOGIN, LOGIN_ANSWER, DATA = 0, 1, 2, 3, 8
"""Of the stream."""


@dataclass
class Fcm(Aside):
    """The service. `posts` are the statuses that servers were answered with."""

    folder: Path
    silent: bool = False
    """Never answers: what a network that blocks it looks like to a browser."""
    posts: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    registered: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._browsers: list[asyncio.StreamWriter] = []

    @property
    def origin(self) -> str:
        """Where servers post, by way of a relay."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def relays(self) -> str:
        """What Stairwell is told so that it posts here and not to Google."""
        return ",".join(f"{service}={self.origin}" for service in SERVICES)

    def arguments(self) -> list[str]:
        """What makes a Chromium use it."""
        return [
            f"--gcm-checkin-url={self.origin}/checkin",
            f"--gcm-registration-url={self.origin}/register3",
            f"--gcm-mcs-endpoint=https://127.0.0.1:{self._stream_port}",
            f"--ignore-certificate-errors-spki-list={self._fingerprint}",
        ]

    def forget(self) -> None:
        """End all subscriptions."""
        self.registered.clear()

    async def open(self) -> None:
        """Begin to serve."""
        application = web.Application(client_max_size=1 << 20)
        application.router.add_route("*", "/checkin", self._check_in)
        application.router.add_route("*", "/register3", self._register)
        application.router.add_post("/fcm/send/{name}", self._server)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self._fingerprint, context = certificate(self.folder)
        self._stream = await asyncio.start_server(self._browser, "127.0.0.1", 0, ssl=context)
        self._stream_port = self._stream.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End it."""
        self._stream.close()
        for browser in self._browsers:
            browser.close()
        await self._runner.cleanup()

    async def _check_in(self, _: web.Request) -> web.Response:
        body = number(1, 1) + number(3, now())
        body += fixed(7, secrets.randbits(62)) + fixed(8, secrets.randbits(62))
        return web.Response(body=body, content_type="application/x-protobuf")

    async def _register(self, request: web.Request) -> web.Response:
        if self.silent:
            await asyncio.sleep(3600)
        asked = dict(parse_qsl(await request.text()))
        subtype = asked.get("X-subtype", "")
        if "delete" in asked:
            gone = [n for n, one in self.registered.items() if one.get("X-subtype") == subtype]
            for name in gone:
                del self.registered[name]
            return web.Response(text=f"token={subtype}")
        name = secrets.token_urlsafe(24)
        self.registered[name] = asked
        return web.Response(text=f"token={name}")

    async def _browser(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readexactly(1)
            while True:
                tag = (await reader.readexactly(1))[0]
                await reader.readexactly(await read_number(reader))
                if tag == LOGIN:
                    login = text(1, "stairwell") + number(8, now())
                    writer.write(bytes([VERSION]) + frame(LOGIN_ANSWER, login))
                    self._browsers.append(writer)
                elif tag == PING:
                    writer.write(frame(PING_ANSWER, b""))

    async def _server(self, request: web.Request) -> web.Response:
        status = await self._taken(request)
        self.posts.append(status)
        return web.Response(status=status)

    async def _taken(self, request: web.Request) -> int:
        body = await request.read()
        name = request.match_info["name"]
        asked = self.registered.get(name)
        if asked is None:
            return 410
        try:
            audience = next(one for one in SERVICES if one in self._audience_of(request))
            must_be_right(request.headers, body, asked["sender"], audience)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is what we look for
            self.wrong.append(f"{type(error).__name__}: {error}")
            return 403
        about = text(1, "subtype") + text(2, asked["X-subtype"])
        coding = text(1, "content-encoding") + text(2, "aes128gcm")
        message = text(2, secrets.token_hex(8)) + text(3, asked["sender"]) + text(5, asked["app"])
        message += text(7, about) + text(7, coding) + text(9, secrets.token_hex(8))
        message += number(17, int(request.headers["TTL"])) + number(18, now()) + text(21, body)
        for browser in self._browsers:
            browser.write(frame(DATA, message))
        return 201

    @staticmethod
    def _audience_of(request: web.Request) -> str:
        """What the signature says it is for, not believed yet."""
        token = request.headers["Authorization"].split("t=")[1].split(",")[0]
        claims = token.split(".")[1]
        return base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode()


def certificate(folder: Path) -> tuple[str, ssl.SSLContext]:
    """A certificate for this machine: the fingerprint of its key, and what serves with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .sign(key, SHA256())
    )
    file = folder / "push-service.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode(), context


# Protocol buffers, as far as they are needed


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def number(at: int, value: int) -> bytes:
    """A field that is a number."""
    return varint(at << 3) + varint(value)


def fixed(at: int, value: int) -> bytes:
    """A field that is a number of eight bytes."""
    return varint(at << 3 | 1) + struct.pack("<Q", value)


def text(at: int, value: str | bytes) -> bytes:
    """A field that is text, bytes or a message."""
    held = value.encode() if isinstance(value, str) else value
    return varint(at << 3 | 2) + varint(len(held)) + held


def frame(tag: int, message: bytes) -> bytes:
    """A message as the stream carries it."""
    return bytes([tag]) + varint(len(message)) + message


async def read_number(reader: asyncio.StreamReader) -> int:
    """A number from a stream."""
    value = shift = 0
    while True:
        [byte] = await reader.readexactly(1)
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value


def now() -> int:
    """Milliseconds."""
    return int(time.time() * 1000)
