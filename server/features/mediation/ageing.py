"""Mediations age: that there was one is counted, and nothing of it."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.mediation.tables import MEDIATION_EVENTS, mediation_parties, mediations
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark


@ages("mediation", {"mediations": mark("Mediations")})
def closed(over: Over) -> int:
    """Mediations that were closed, with who the sides were."""

    def one(row: AnyRow) -> None:
        over.count("mediations", row.opened_at)

    ended = mediations.c.closed_at.is_not(None)
    parties = (mediation_parties, "mediation_id")
    return ageing.things(over, mediations, MEDIATION_EVENTS, ended, one, parties)
