"""Keys that every process and machine must share, kept in the database."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from server.db.session import Database
from server.db.tables import keys
from server.oplog import carried


async def operation_key(database: Database) -> bytes:
    """The key of the hashes that stand for operations' content; made at first start."""
    return await database.write(find_or_make, "operations")


async def hand_over_key(database: Database) -> bytes:
    """The private key that hand-over files are sealed to; made when it is first asked for."""
    return await database.write(find_or_make, "hand-over", carried.new_private_key())


def find_or_make(connection: Connection, name: str, made: bytes | None = None) -> bytes:
    """The key of that name; the first to ask makes it: `made`, or 32 random bytes."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        insert(keys)
        .values(name=name, value=made or secrets.token_bytes(32))
        .on_conflict_do_nothing()
    )
    value: bytes = connection.execute(select(keys.c.value).where(keys.c.name == name)).scalar_one()
    return value
