"""What households asked to have erased ages once it was decided."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.record.rules import ASKED
from server.features.record.tables import ASK_EVENTS, erase_asks
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark


@ages("looks", {"erase_asks": mark("Asked to have something erased")})
def decided(over: Over) -> int:
    """Asks that were decided."""

    def one(row: AnyRow) -> None:
        over.count("erase_asks", row.asked_at)

    return ageing.things(over, erase_asks, ASK_EVENTS, erase_asks.c.state != ASKED, one)
