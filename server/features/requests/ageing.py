"""Requests age: each is counted by what it was for, and whether it was answered."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.requests.kinds import KINDS
from server.features.requests.tables import REQUEST_EVENTS, requests, shift_notes
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"requests": mark("Requests")} | {one: kind.label for one, kind in KINDS.items()}


@ages("requests", COUNTS)
def closed(over: Over) -> int:
    """Requests that were closed, with everything that was said of them."""

    def one(row: AnyRow) -> None:
        over.count("requests", row.opened_at)
        over.count(row.kind, row.opened_at)

    return ageing.things(over, requests, REQUEST_EVENTS, requests.c.closed_at.is_not(None), one)


@ages("requests")
def left(over: Over) -> int:
    """What one shift left to the next."""
    return ageing.said(over, shift_notes, over.older(shift_notes.c.at), ageing.nothing, "op_id")
