"""What was sent to which phone ages with the announcement that it told of."""

from __future__ import annotations

from sqlalchemy import delete

from server.features.retention.ageing import Over, ages
from server.push.tables import deliveries


@ages("notices")
def sent(over: Over) -> int:
    """Everything that was to be sent, and what became of it."""
    table = deliveries.c
    gone = over.connection.execute(
        delete(deliveries).where(table.community_id == over.community_id, over.older(table.due_at))
    )
    return gone.rowcount
