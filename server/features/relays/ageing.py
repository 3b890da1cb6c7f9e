"""Relays age: how many parcels went between communities is counted."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.relays.tables import RELAY_EVENTS, relays
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark


@ages("requests", {"relays": mark("Parcels between communities")})
def closed(over: Over) -> int:
    """Relays that are over."""

    def one(row: AnyRow) -> None:
        over.count("relays", row.opened_at)

    return ageing.things(over, relays, RELAY_EVENTS, relays.c.closed_at.is_not(None), one)
