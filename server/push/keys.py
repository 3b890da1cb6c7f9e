"""The keys that sign calls (VAPID, RFC 8292), the same in every process and on every machine.

A browser subscribes with the public half, and its push service takes calls signed with the private
half of the same key and of no other. So an old key goes on signing for the subscriptions that were
made with it, until their browsers have come by and moved to the new one.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql

from server.db.tables import keys
from server.p256 import SigningKey
from server.push.tables import push_subscriptions
from server.settings import SettingError, Settings

CURRENT = "vapid"
"""The row that holds the id of the key that browsers are given; `vapid-<id>` holds a key."""


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
