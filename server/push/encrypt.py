"""Encrypting and signing what is sent (RFC 8291, RFC 8292), with the library `webpush`.

It encrypts well. Around it some things are done here, because it would do them wrongly (see
docs/decisions.md): one instance for each key, whose signer remembers what it signed for an origin
and keeps the port; TTL, Urgency and Topic are set outside; nothing longer than a record goes in.
"""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple

import jwt
from webpush import VAPID, WebPush

from server import clock
from server.p256 import SigningKey
from server.push.payload import MOST_BYTES

VALID = 12 * 3600
"""Seconds that a signature says it holds; 24 hours is the most (RFC 8292, 2)."""

RENEWED = VALID - 3600
"""Seconds after which a new one is made."""

USUAL_TTL = 4 * 3600
LONGEST_TTL = 28 * 86400
"""Seconds that a service keeps what it cannot deliver, where nothing else was said; and at most."""


class Letter(NamedTuple):
    """What is to be encrypted, and for whom."""

    origin: str
    p256dh: bytes
    auth: bytes
    key_id: str
    message: bytes
    ttl: int
    urgent: bool
    topic: str


class Sealed(NamedTuple):
    """What is posted."""

    body: bytes
    headers: dict[str, str]


class Signer(VAPID):
    """Signs once for each origin and some hours; port and contact are said as they are."""

    def __init__(self, key: SigningKey, contact: str) -> None:
        self._private = key.private
        self._public = key.public
        self._contact = contact
        self._known: dict[str, tuple[float, str]] = {}

    def get_authorization_header(self, endpoint: Any, *_: Any, **__: Any) -> str:
        """The header `Authorization` for an endpoint, of which the origin is enough."""
        origin = str(endpoint)
        renew_at, header = self._known.get(origin, (0.0, ""))
        if renew_at <= time.time():
            if len(self._known) > 1_000:
                self._known.clear()
            header = self._signed(origin)
            self._known[origin] = (time.time() + RENEWED, header)
        return header

    def _signed(self, origin: str) -> str:
        claims: dict[str, Any] = {"aud": origin, "exp": int(time.time()) + VALID}
        if self._contact:
            claims["sub"] = self._contact
        return f"vapid t={jwt.encode(claims, self._private, 'ES256')}, k={self._public}"


class _Keys(NamedTuple):
    """The keys of a subscription, as the library asks for them."""

    p256dh: bytes
    auth: bytes


class _To(NamedTuple):
    """A subscription, as the library asks for it."""

    endpoint: str
    keys: _Keys


class _Encrypting(WebPush):
    """The library, given keys that were decoded and looked at when they came in."""

    def _decode_subscription_key(self, key: Any) -> bytes:
        return bytes(key)


class Sealer:
    """Encrypts, with one instance of the library for each key. For one thread at a time."""

    def __init__(self, contact: str) -> None:
        self._contact = contact
        self._made: dict[str, WebPush] = {}

    def use(self, key: SigningKey) -> None:
        """Be ready to sign with a key."""
        private, public = key.pems
        made = _Encrypting(private, public, subscriber="said by the signer")
        made.vapid = Signer(key, self._contact)
        self._made[key.id] = made

    def seal(self, letters: Sequence[Letter]) -> list[Sealed | None]:
        """Each letter as it is posted; None for one that cannot be encrypted."""
        return [self._seal(letter) for letter in letters]

    def _seal(self, letter: Letter) -> Sealed | None:
        if len(letter.message) > MOST_BYTES:
            return None
        to: Any = _To(letter.origin, _Keys(letter.p256dh, letter.auth))
        try:
            made = self._made[letter.key_id].get(letter.message, to)
        except ValueError:
            return None
        return Sealed(
            made.encrypted,
            {
                "Authorization": made.headers["authorization"],
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(letter.ttl),
                "Urgency": "high" if letter.urgent else "normal",
                "Topic": letter.topic,
            },
        )


def contact_of(setting: str, base_url: str) -> str:
    """Whom a push service may ask; Apple takes no signature that names nobody it could reach."""
    return setting or (base_url if base_url.startswith("https://") else "")


def topic_of(secret: bytes, notice_id: str) -> str:
    """A name for a notice that says nothing of it: a newer message replaces an undelivered one.

    32 characters of base64url (RFC 8030, 5.4).
    """
    return _base64url(hmac.digest(secret, notice_id.encode(), "sha256")[:24])


def ttl_of(until: int | None, now: int) -> int:
    """Seconds until a call stops to matter; never 0, which services take as `now or never`."""
    if until is None:
        return USUAL_TTL
    return max(1, min((until - now) // clock.SECOND, LONGEST_TTL))


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
