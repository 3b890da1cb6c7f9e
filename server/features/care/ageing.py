"""Special care ages once it has ended; how many were looked after is counted."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.care.rules import DECLINED, ENDED
from server.features.care.tables import CARED_EVENTS, care_calls, cared
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"cared": mark("People in special care"), "calls": mark("Calls to those nobody heard of")}


@ages("care", COUNTS)
def ended(over: Over) -> int:
    """Whoever is in nobody's care any more, or never was."""

    def one(row: AnyRow) -> None:
        if row.state != DECLINED:
            over.count("cared", row.contact_at or over.before)

    return ageing.things(over, cared, CARED_EVENTS, cared.c.state.in_((ENDED, DECLINED)), one)


@ages("care")
def called(over: Over) -> int:
    """That somebody was heard of."""

    def one(row: AnyRow) -> None:
        over.count("calls", row.at)

    return ageing.said(over, care_calls, over.older(care_calls.c.at), one, "op_id")
