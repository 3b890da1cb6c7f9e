"""Files of registers go by themselves (see keeping.py); where the incident is closed, at once."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from server.features.register import rules
from server.features.register.tables import import_rows, imports
from server.features.register.uploads import forget
from server.features.retention.ageing import Over, ages


@ages("files")
def read(over: Over) -> int:
    """What is kept of files, one at a time: a file can have fifty thousand rows."""
    if not over.every:
        return 0
    table = imports.c
    rows = exists().where(
        import_rows.c.community_id == table.community_id, import_rows.c.import_id == table.id
    )
    row = over.connection.execute(
        select(table.id, table.state)
        .where(
            table.community_id == over.community_id,
            over.older(table.made_at),
            or_(rows, table.state.in_(rules.OPEN)),
        )
        .limit(1)
    ).first()
    if row is None:
        return 0
    done = rules.DROPPED if row.state in rules.OPEN else row.state
    forget(over.connection, over.community_id, row.id, done)
    return 1
