"""A push service of our own: checks every signature, opens every message, misbehaves when told.

with PushService() as service:
    phone = service.phone(key)           # subscribes with our public key
    …                                    # have something sent to phone.endpoint
    assert service.messages(phone)[0]["notification"]["title"] == "Vegetables"

What is not signed for this service with the key that the phone subscribed with, or cannot be
opened with the phone's own keys, is answered with 403 or 400, as real services do, and kept in
`wrong`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import http_ece
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HANG = -1
"""What is answered by a service that never answers."""

CLOSE = -2
"""By one that closes the connection."""


class Answer(NamedTuple):
    """What the service answers: a status, or `HANG` or `CLOSE`."""

    status: int
    headers: Mapping[str, str] = {}
    text: str = ""


class Call(NamedTuple):
    """A call as it came in, opened."""

    at: float
    headers: Mapping[str, str]
    claims: Mapping[str, Any]
    message: dict[str, Any]
    length: int


@dataclass
class Phone:
    """A browser's subscription, with the halves of its keys that it keeps to itself."""

    endpoint: str
    server_key: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    calls: list[Call] = field(default_factory=list)

    @property
    def p256dh(self) -> bytes:
        """The public half of its key."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def json(self, key_id: str, **more: Any) -> dict[str, Any]:
        """What the page posts: `subscription.toJSON()` and the key's id."""
        keys = {"p256dh": base64url(self.p256dh), "auth": base64url(self.auth)}
        said = {"endpoint": self.endpoint, "expirationTime": None, "keys": keys, "key_id": key_id}
        return said | more


class PushService:
    """A server in a thread of its own; `answer` decides what everybody is told."""

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self.answer: Callable[[Phone], Answer] = lambda _: Answer(201)
        self.audiences: set[str] = set()
        self.wrong: list[str] = []
        self.asked = 0
        self.most_at_once = 0
        self._at_once = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def phone(self, server_key: str, *, origin: str = "") -> Phone:
        """A new subscription made with that public key."""
        name = f"p{len(self.phones):06}"
        made = Phone(f"{origin or self.origin}/send/{name}?v=%2F1", server_key)
        self.phones[name] = made
        return made

    @property
    def calls(self) -> list[Call]:
        """Everything that came in and could be opened."""
        return [call for phone in self.phones.values() for call in phone.calls]

    def answers(self, status: int, text: str = "", **headers: str) -> None:
        """Answer everybody this from now on."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda _: Answer(status, said, text)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        application = web.Application(client_max_size=1 << 20)
        application.router.add_post("/send/{name}", self._take)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.audiences.add(self.origin)
        self._ready.set()
        await self._over.wait()
        await runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._answered(request)
        finally:
            self._at_once -= 1

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        phone = self.phones.get(request.match_info["name"])
        if phone is None:
            return web.Response(status=404)
        wanted = self.answer(phone)
        if wanted.status == HANG:
            await asyncio.sleep(3600)
        if wanted.status == CLOSE:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=500)
        try:
            call = self._opened(request, body, phone)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is what we look for
            self.wrong.append(f"{type(error).__name__}: {error}")
            return web.Response(status=403)
        if wanted.status < 300:
            phone.calls.append(call)
        return web.Response(
            status=wanted.status, headers=dict(wanted.headers), text=wanted.text or None
        )

    def _opened(self, request: web.Request, body: bytes, phone: Phone) -> Call:
        """The call, once everything about it is right (RFC 8030, 8291 and 8292)."""
        assert request.raw_path.endswith("?v=%2F1"), f"asked for {request.raw_path}"
        assert len(body) <= 4096, f"{len(body)} bytes"
        assert request.headers["Content-Encoding"] == "aes128gcm"
        assert int(request.headers["TTL"]) > 0
        assert request.headers["Urgency"] in {"very-low", "low", "normal", "high"}
        assert len(request.headers["Topic"]) <= 32
        scheme, _, said = request.headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in said.split(","))
        assert parts["k"] == phone.server_key, "signed with another key"
        public = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), unbase64url(parts["k"])
        )
        claims = jwt.decode(parts["t"], public, ["ES256"], audience=list(self.audiences))
        assert claims["aud"] in phone.endpoint, "signed for another service"
        assert claims["exp"] <= time.time() + 86400
        plain = http_ece.decrypt(
            body, private_key=phone.private, auth_secret=phone.auth, version="aes128gcm"
        )
        return Call(time.time(), dict(request.headers), claims, json.loads(plain), len(body))


def base64url(value: bytes) -> str:
    """Without its padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def push_service() -> Iterator[PushService]:
    """A push service that takes everything, until told otherwise."""
    with PushService() as service:
        yield service
