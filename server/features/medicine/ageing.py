"""What medicine people needed ages, and the batches in which it was bought."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.medicine.tables import BATCH_EVENTS, NEED_EVENTS, batch_needs, batches, needs
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"batches": mark("Medicine bought together"), "needs": mark("Medicine needed")}


@ages("requests", COUNTS)
def bought(over: Over) -> int:
    """Batches that are closed; before the needs that they were bought for."""

    def one(row: AnyRow) -> None:
        over.count("batches", row.made_at)

    ended = batches.c.closed_at.is_not(None)
    return ageing.things(over, batches, BATCH_EVENTS, ended, one, (batch_needs, "batch_id"))


@ages("requests")
def needed(over: Over) -> int:
    """What nobody needs any more, once no batch names it."""

    def one(row: AnyRow) -> None:
        over.count("needs", row.runs_out_at)

    ended = needs.c.ended_at.is_not(None)
    bought_in = (batch_needs, "need_id")
    return ageing.things(over, needs, NEED_EVENTS, ended, one, named_by=bought_in)
