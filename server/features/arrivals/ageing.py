"""Claims of newcomers and leavers age once they are decided; how many moved is counted."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.arrivals.rules import IN, WAITING
from server.features.arrivals.tables import ARRIVAL_EVENTS, arrivals
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"arrivals": mark("Said that they moved in"), "leavings": mark("Said that they leave")}


@ages("doors", COUNTS)
def decided(over: Over) -> int:
    """Claims that were decided."""

    def one(row: AnyRow) -> None:
        over.count("arrivals" if row.way == IN else "leavings", row.said_at)

    return ageing.things(over, arrivals, ARRIVAL_EVENTS, arrivals.c.state != WAITING, one)
