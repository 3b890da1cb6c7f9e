"""How long a community keeps what: for everybody who belongs to it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server import clock
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import accounts
from server.features.retention import rules
from server.features.retention.tables import retention_clocks
from server.features.retention.views import Clocks, Line
from server.features.rounds.reads import parts


def clocks(connection: Connection, person: Person) -> Clocks:
    """Every clock, and who set it."""
    table = retention_clocks.c
    rows = {
        row.key: row
        for row in connection.execute(
            select(retention_clocks, accounts.c.name)
            .outerjoin(
                accounts,
                (accounts.c.community_id == table.community_id)
                & (accounts.c.id == table.changed_by),
            )
            .where(table.community_id == person.community_id)
        )
    }
    lines = tuple(
        Line(
            one,
            (row.days if row else None) or one.days,
            (row.name if row else None) or "",
            row.changed_at if row else None,
            row.gone if row else 0,
            row.gone_at if row else None,
        )
        for one in rules.CLOCKS.values()
        for row in [rows.get(one.key)]
    )
    looked = [row.looked_at for row in rows.values() if row.looked_at is not None]
    return Clocks(
        lines,
        min(looked) if len(looked) >= len(rules.CLOCKS) else None,
        person.may(May.KEEP_CLOCKS, clock.now()),
        parts.newest(connection, person.community_id),
    )
