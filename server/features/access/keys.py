"""The key of a door system: made once, kept as a hash, looked at in constant time.

A key names its system, so that a key is looked up by what is no secret and its secret is compared
without saying how much of it was right. A key is no operation: no secret stands in the history.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import Connection, select, update

from server.db.base import AnyRow
from server.features.access.tables import door_systems
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May, Where
from server.ids import is_uuid

LONGEST = 200


def renew(connection: Connection, person: Person, system_id: str, now: int) -> str:
    """Make a system's key, in place of the one it had. Raises `NotAllowed` or `NotThere`."""
    if not person.may_somewhere(May.CONNECT, now):
        raise NotAllowed("access")
    row = _row(connection, person.community_id, system_id)
    if row is None or not person.may(May.CONNECT, now, Where(compound=row.compound_id)):
        raise NotThere(system_id)
    if row.ended_at is not None:
        raise NotThere(system_id)
    secret = secrets.token_urlsafe(32)
    _write(connection, row, key_hash=_hash(secret), key_made_at=now)
    return f"{row.community_id}.{system_id}.{secret}"


def opened(connection: Connection, key: str) -> AnyRow | None:
    """The system that a key belongs to, unless it was disconnected or has another key now."""
    community, _, rest = key[:LONGEST].partition(".")
    system_id, _, secret = rest.partition(".")
    known = community.isascii() and community.isdecimal() and len(community) < 10
    row = _row(connection, int(community), system_id) if known and is_uuid(system_id) else None
    kept = row.key_hash if row is not None and row.ended_at is None else ""
    return row if hmac.compare_digest(_hash(secret), kept or _hash("")) and secret else None


def used(connection: Connection, row: AnyRow, now: int) -> None:
    """Note that a system sent something."""
    _write(connection, row, used_at=now)


def _row(connection: Connection, community_id: int, system_id: str) -> AnyRow | None:
    table = door_systems.c
    return connection.execute(
        select(door_systems).where(table.community_id == community_id, table.id == system_id)
    ).first()


def _write(connection: Connection, row: AnyRow, **said: str | int) -> None:
    table = door_systems.c
    connection.execute(
        update(door_systems)
        .where(table.community_id == row.community_id, table.id == row.id)
        .values(**said)
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
