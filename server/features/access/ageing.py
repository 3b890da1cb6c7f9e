"""What door systems counted goes after a month; nothing of it is known for ever."""

from __future__ import annotations

from sqlalchemy import delete, select, true, tuple_

from server.features.access import rules
from server.features.access.tables import door_counts
from server.features.retention.ageing import PIECE, Over, ages


@ages("passages")
def counted(over: Over) -> int:
    """Counts of days that are over."""
    table = door_counts.c
    first = rules.first_kept(rules.today_of(over.now, over.zone)).isoformat()
    key = tuple_(table.household_id, table.day, table.system_id)
    rows = over.connection.execute(
        select(table.household_id, table.day, table.system_id)
        .where(table.community_id == over.community_id, true() if over.every else table.day < first)
        .order_by(table.day)
        .limit(PIECE)
    ).all()
    over.connection.execute(
        delete(door_counts).where(
            table.community_id == over.community_id, key.in_([tuple(row) for row in rows])
        )
    )
    return len(rows)
