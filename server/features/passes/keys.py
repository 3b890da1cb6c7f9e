"""The keys that sign a community's passes: one that signs now, and those no gate trusts now."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.passes.tables import pass_keys
from server.oplog.kinds import Moment
from server.p256 import SigningKey


def current(at: Moment) -> SigningKey:
    """The key that signs now; the first pass of a community makes it."""
    row = at.connection.execute(
        select(pass_keys.c.private).where(
            pass_keys.c.community_id == at.community_id, pass_keys.c.retired_at.is_(None)
        )
    ).first()
    return _begin(at) if row is None else SigningKey.stored(bytes(row.private))


def renew(at: Moment, now: int) -> SigningKey:
    """Retire the key that signs now, and begin with another."""
    at.connection.execute(
        update(pass_keys)
        .where(pass_keys.c.community_id == at.community_id, pass_keys.c.retired_at.is_(None))
        .values(retired_at=now)
    )
    return _begin(at)


def known(connection: Connection, community_id: int) -> list[AnyRow]:
    """Public halves with when each was retired, the newest first: what a gate is given."""
    columns = (pass_keys.c.id, pass_keys.c.public, pass_keys.c.made_at, pass_keys.c.retired_at)
    return list(
        connection.execute(
            select(*columns)
            .where(pass_keys.c.community_id == community_id)
            .order_by(pass_keys.c.made_at.desc())
        )
    )


def _begin(at: Moment) -> SigningKey:
    made = SigningKey.new()
    row = {"community_id": at.community_id, "id": made.id, "made_at": at.received_at}
    at.connection.execute(
        insert(pass_keys), row | {"private": made.value, "public": made.raw, "retired_at": None}
    )
    return made
