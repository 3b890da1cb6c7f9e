"""Things that went back age: how many were in somebody's hands is counted, by kind."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.custody.kinds import KINDS
from server.features.custody.tables import THING_EVENTS, things
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"things": mark("Things in somebody's hands")}


@ages("requests", COUNTS | {f"thing.{one}": kind.label for one, kind in KINDS.items()})
def back(over: Over) -> int:
    """Things that went back to their door."""

    def one(row: AnyRow) -> None:
        over.count("things", row.since)
        over.count(f"thing.{row.kind}", row.since)

    return ageing.things(over, things, THING_EVENTS, things.c.closed_at.is_not(None), one)
