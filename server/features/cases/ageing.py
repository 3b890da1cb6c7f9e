"""Cases age: how many there were and how they ended is counted, nobody's name."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.cases.rules import ENDS
from server.features.cases.tables import CASE_EVENTS, cases
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"cases": mark("Cases"), **ENDS}


@ages("cases", COUNTS)
def closed(over: Over) -> int:
    """Cases that were closed, with their close contacts."""

    def one(row: AnyRow) -> None:
        over.count("cases", row.opened_at)
        if row.closed_why in COUNTS:
            over.count(row.closed_why, row.opened_at)

    return ageing.things(over, cases, CASE_EVENTS, cases.c.closed_at.is_not(None), one)
