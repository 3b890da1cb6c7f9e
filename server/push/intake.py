"""What a browser says when it subscribes, looked at closely before it is believed.

The keys are those of RFC 8291: a point on P-256, uncompressed, and 16 secret bytes. A library that
is given others encrypts what nobody can open, or raises something unforeseen.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from server.i18n import mark
from server.origins import split
from server.push.addresses import NotAllowed, Services, must_be_public


class Keys(msgspec.Struct):
    """As `PushSubscription.toJSON()` gives them: base64url."""

    p256dh: str
    auth: str


class Subscribing(msgspec.Struct):
    """What is posted: the browser's `toJSON()`, our key, and what this takes the place of."""

    endpoint: str
    keys: Keys
    key_id: str
    old: str | None = None


class Ending(msgspec.Struct):
    """What is posted to turn calls off on a browser."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that may be kept."""

    endpoint: str
    p256dh: bytes
    auth: bytes
    key_id: str
    old: str | None = None


def decode(body: bytes, kind: type[Any]) -> Any:
    """A body as one of the structs above. Raises `NotAllowed`."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAllowed(MALFORMED) from error


def read(asked: Subscribing, services: Services) -> tuple[Subscription, str]:
    """The subscription and its origin, as far as can be told without DNS. Raises `NotAllowed`."""
    origin = services.check(asked.endpoint)
    found = Subscription(
        asked.endpoint, point(asked.keys.p256dh), secret(asked.keys.auth), asked.key_id, asked.old
    )
    return found, origin


async def must_be_reachable(endpoint: str, origin: str, services: Services) -> None:
    """Ask DNS, unless the address is trusted. Raises `NotAllowed` or `Unresolved`."""
    if not services.trusted(origin):
        await must_be_public(split(endpoint).hostname or "")


def point(text: str) -> bytes:
    """`p256dh`: 65 bytes, uncompressed, on the curve. Raises `NotAllowed`."""
    found = _decoded(text, BAD_KEY)
    if len(found) != 65 or found[0] != 4:
        raise NotAllowed(BAD_KEY)
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), found)
    except ValueError as error:
        raise NotAllowed(BAD_KEY) from error
    return found


def secret(text: str) -> bytes:
    """`auth`: 16 bytes. Raises `NotAllowed`."""
    found = _decoded(text, BAD_SECRET)
    if len(found) != 16:
        raise NotAllowed(BAD_SECRET)
    return found


def _decoded(text: str, problem: str) -> bytes:
    if len(text) > 120 or not set(text.rstrip("=")) <= _ALPHABET:
        raise NotAllowed(problem)
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotAllowed(problem) from error


_ALPHABET = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

MALFORMED = mark("This is no push subscription.")
BAD_KEY = mark("The public key of this push subscription is not a point on P-256.")
BAD_SECRET = mark("The secret of this push subscription is not 16 bytes.")
OTHER_KEY = mark("This push subscription was made with a key that is not ours any more.")
