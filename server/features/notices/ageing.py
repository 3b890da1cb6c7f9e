"""Announcements age with their reach ledgers: how many were meant and reached is counted."""

from __future__ import annotations

from sqlalchemy import delete, func, or_, select

from server.features.notices.tables import notices, reach
from server.features.retention.ageing import PIECE, Over, ages
from server.i18n import mark
from server.oplog import erasing

COUNTS = {
    "notices": mark("Announcements"),
    "meant": mark("Announcements: people and households meant"),
    "reached": mark("Announcements: known to have been read or told"),
}


@ages("notices", COUNTS)
def made(over: Over) -> int:
    """Announcements, whoever was meant."""
    table = notices.c
    rows = over.connection.execute(
        select(table.id, table.made_at)
        .where(table.community_id == over.community_id, over.older(table.made_at))
        .limit(PIECE // 10)
    ).all()
    for row in rows:
        _count(over, row.id, row.made_at)
    ids = [row.id for row in rows]
    for one, column in ((reach, reach.c.notice_id), (notices, table.id)):
        over.connection.execute(
            delete(one).where(one.c.community_id == over.community_id, column.in_(ids))
        )
    said_by = erasing.numbers_of(over.connection, over.community_id, ids)
    erasing.erase_whole(over.connection, over.community_id, said_by)
    return len(rows)


def _count(over: Over, notice_id: str, at: int) -> None:
    table = reach.c
    known = or_(
        table.opened_at.is_not(None), table.answered_at.is_not(None), table.told_at.is_not(None)
    )
    meant, reached = over.connection.execute(
        select(func.count(), func.count().filter(known)).where(
            table.community_id == over.community_id, table.notice_id == notice_id
        )
    ).one()
    over.count("notices", at)
    for what, n in (("meant", meant), ("reached", reached)):
        if n:
            over.count(what, at, n)
