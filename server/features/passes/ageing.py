"""Passes age, and who went through which gate: both are counted."""

from __future__ import annotations

from sqlalchemy import and_, exists

from server.db.base import AnyRow
from server.features.passes.tables import PASS_EVENTS, crossings, passes
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"passes": mark("Passes"), "crossings": mark("Crossings of gates")}


@ages("passes", COUNTS)
def crossed(over: Over) -> int:
    """Who went through a gate; before the passes that they went with."""

    def one(row: AnyRow) -> None:
        over.count("crossings", row.at)

    return ageing.said(over, crossings, over.older(crossings.c.at), one, "op_id")


@ages("passes")
def ended(over: Over) -> int:
    """Passes that are valid no longer, once no crossing names them."""

    def one(row: AnyRow) -> None:
        over.count("passes", row.opened_at)

    used = exists().where(
        crossings.c.community_id == passes.c.community_id, crossings.c.pass_id == passes.c.id
    )
    valid_before = and_(passes.c.until < over.before, ~used)
    return ageing.things(over, passes, PASS_EVENTS, valid_before, one)
