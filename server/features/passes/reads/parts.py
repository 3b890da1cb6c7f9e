"""What several pages about passes read: rows as lines, with tests that count."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.passes import freshness
from server.features.passes.file import limits
from server.features.passes.tables import gates
from server.features.passes.views import PassLine


def lines(
    connection: Connection, community_id: int, rows: Sequence[AnyRow], *, places: bool = True
) -> tuple[PassLine, ...]:
    """Rows as pages list them; without `places` nobody reads where somebody lives."""
    now = clock.now()
    wanted = {row.household_id for row in rows if row.household_id is not None and places}
    doors = estates.households_by_id(connection, community_id, wanted)
    tested = {row.resident_id for row in rows if row.resident_id and "test" in row.conditions}
    hours = limits(connection, community_id).test_hours
    counts = freshness.counts_until(connection, community_id, tested, hours, now) if tested else {}
    named = select(gates.c.id, gates.c.name).where(gates.c.community_id == community_id)
    names = {row.id: row.name for row in connection.execute(named)}
    return tuple(
        PassLine(
            id=row.id,
            number=row.number,
            kind=row.kind,
            name=row.name,
            place=doors[row.household_id].short_words if row.household_id in doors else None,
            way=row.way,
            since=row.since,
            until=row.until,
            uses=row.uses,
            conditions=tuple(row.conditions),
            escort=row.escort,
            state=row.state,
            state_at=row.state_at,
            away=row.away,
            used=row.used,
            last_at=row.last_at,
            last_gate=names.get(row.last_gate, ""),
            clashed=row.clashed,
            is_tested=row.resident_id in tested,
            counts_until=counts.get(row.resident_id),
        )
        for row in rows
    )
