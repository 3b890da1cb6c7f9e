"""Bulletins are public and stay; once the announcement of one has gone, it names it no longer."""

from __future__ import annotations

from sqlalchemy import exists, update

from server.features.bulletins.tables import bulletins
from server.features.notices.tables import notices
from server.features.retention.ageing import Over, ages


@ages("notices")
def announced(over: Over) -> int:
    """Whom a bulletin reached is not known any more."""
    table = bulletins.c
    known = exists().where(
        notices.c.community_id == table.community_id, notices.c.id == table.notice_id
    )
    named = over.connection.execute(
        update(bulletins)
        .where(
            table.community_id == over.community_id,
            table.notice_id.is_not(None),
            ~known,
        )
        .values(notice_id=None)
    )
    return named.rowcount
