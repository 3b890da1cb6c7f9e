"""Stays of people who were shut in age once they have left; how many there were is counted."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.features.stranded.tables import STRANDED_EVENTS, stranded
from server.i18n import mark


@ages("care", {"stranded": mark("People who were shut in here")})
def left(over: Over) -> int:
    """Stays that are over."""

    def one(row: AnyRow) -> None:
        over.count("stranded", row.since)

    return ageing.things(over, stranded, STRANDED_EVENTS, stranded.c.left_at.is_not(None), one)
