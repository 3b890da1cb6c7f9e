"""The keys that sign calls (VAPID, RFC 8292), the same in every process and on every machine.

A browser subscribes with the public half, and its push service takes calls signed with the private
half of the same key and of no other. So an old key goes on signing for the subscriptions that were
made with it, until their browsers have come by and moved to the new one.
"""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql

from server.db.tables import keys
from server.push.tables import push_subscriptions
from server.settings import SettingError, Settings

CURRENT = "vapid"
"""The row that holds the id of the key that browsers are given; `vapid-<id>` holds a key."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair on P-256, named after its public half."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> Self:
        """A key that nobody had before."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def stored(cls, value: bytes) -> Self:
        """The key whose private number was stored."""
        return cls(ec.derive_private_key(int.from_bytes(value, "big"), ec.SECP256R1()))

    @property
    def value(self) -> bytes:
        """What is stored: the private number, 32 bytes."""
        return self.private.private_numbers().private_value.to_bytes(32, "big")

    @property
    def raw(self) -> bytes:
        """The public half: a point of 65 bytes, uncompressed."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def public(self) -> str:
        """The public half as a browser takes it: base64url."""
        return urlsafe_b64encode(self.raw).rstrip(b"=").decode()

    @property
    def id(self) -> str:
        """Eight characters that stand for it."""
        return hashlib.sha256(self.raw).hexdigest()[:8]

    @property
    def pems(self) -> tuple[bytes, bytes]:
        """Both halves as PEM, the private one first."""
        return (
            self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        )


def of_file(settings: Settings) -> SigningKey | None:
    """The key that `STAIRWELL_VAPID_KEY` names, if it does. Raises `SettingError`."""
    if not settings.vapid_key:
        return None
    path = Path(settings.vapid_key)
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_bytes()
    except OSError as error:
        raise SettingError(
            f"STAIRWELL_VAPID_KEY: {path} cannot be read ({error.strerror})."
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise SettingError(
            f"STAIRWELL_VAPID_KEY: {path} can be read by others (mode {mode:o}): "
            "make it yours alone with chmod 600."
        )
    try:
        private = load_pem_private_key(text, None)
    except (ValueError, TypeError) as error:
        raise SettingError(f"STAIRWELL_VAPID_KEY: {path} holds no PEM private key.") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise SettingError(f"STAIRWELL_VAPID_KEY: the key in {path} is not one on P-256.")
    return SigningKey(private)


def current(connection: Connection) -> SigningKey:
    """The key that browsers are given; whoever asks first makes it."""
    found = find_current(connection)
    if found is None:
        made = SigningKey.new()
        # Of two that start together one waits here for the other, and then finds the other's.
        statement = postgresql.insert(keys).values(name=CURRENT, value=made.id.encode())
        if connection.execute(statement.on_conflict_do_nothing()).rowcount:
            _store(connection, made)
        found = find_current(connection)
    assert found is not None
    return found


def find_current(connection: Connection) -> SigningKey | None:
    """The key that browsers are given, where it was made already."""
    value = connection.execute(select(keys.c.value).where(keys.c.name == CURRENT)).scalar()
    return None if value is None else by_id(connection, bytes(value).decode())


def by_id(connection: Connection, key_id: str) -> SigningKey | None:
    """The key of that id, current or not."""
    value = connection.execute(select(keys.c.value).where(keys.c.name == _name(key_id))).scalar()
    return None if value is None else SigningKey.stored(value)


def rotate(connection: Connection) -> SigningKey:
    """Make a new key the one that browsers are given from now on."""
    current(connection)
    made = SigningKey.new()
    _store(connection, made)
    connection.execute(update(keys).where(keys.c.name == CURRENT).values(value=made.id.encode()))
    return made


def in_use(connection: Connection) -> dict[str, int]:
    """How many subscriptions in force there are by the key they were made with."""
    table = push_subscriptions.c
    counted = (
        select(table.key_id, func.count().label("subscriptions"))
        .where(table.ended_at.is_(None))
        .group_by(table.key_id)
        .order_by(table.key_id)
    )
    return {row.key_id: row.subscriptions for row in connection.execute(counted)}


def _store(connection: Connection, made: SigningKey) -> None:
    connection.execute(insert(keys).values(name=_name(made.id), value=made.value))


def _name(key_id: str) -> str:
    return f"{CURRENT}-{key_id}"
