"""What was sent to which phone ages with the announcement that it told of."""

from __future__ import annotations

from sqlalchemy import delete, exists

from server.features.notices.tables import notices
from server.features.retention.ageing import Over, ages
from server.push.tables import deliveries


@ages("notices")
def sent(over: Over) -> int:
    """What was sent of announcements that have gone, and what still was to be."""
    table = deliveries.c
    known = exists().where(
        notices.c.community_id == table.community_id, notices.c.id == table.notice_id
    )
    gone = over.connection.execute(
        delete(deliveries).where(table.community_id == over.community_id, ~known)
    )
    return gone.rowcount
