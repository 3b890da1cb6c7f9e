"""Passes age, and who went through which gate: both are counted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_

from server.db.base import AnyRow
from server.features.passes.tables import PASS_EVENTS, crossings, passes
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark

COUNTS = {"passes": mark("Passes"), "crossings": mark("Crossings of gates")}


@ages("passes", COUNTS)
def crossed(over: Over) -> int:
    """Who went through a gate, with a pass that is over or with none; before the passes.

    While a pass is valid nothing of it goes: that it was used is known by who crossed with it.
    """

    def one(row: AnyRow) -> None:
        over.count("crossings", row.at)

    old = and_(over.older(crossings.c.at), or_(crossings.c.pass_id.is_(None), _is_over(over)))
    return ageing.said(over, crossings, old, one, "op_id")


def _is_over(over: Over) -> ColumnElement[bool]:
    """True of crossings with a pass that nobody uses any more."""
    later, said = crossings.alias(), PASS_EVENTS.table.c
    since = or_(
        exists().where(
            later.c.community_id == passes.c.community_id,
            later.c.pass_id == passes.c.id,
            later.c.at >= over.before,
        ),
        exists().where(
            said.community_id == passes.c.community_id,
            PASS_EVENTS.subject == passes.c.id,
            said.at >= over.before,
        ),
    )
    return exists().where(
        passes.c.community_id == crossings.c.community_id,
        passes.c.id == crossings.c.pass_id,
        over.ended(passes.c.until < over.before),
        ~since,
    )


@ages("passes")
def ended(over: Over) -> int:
    """Passes that are valid no longer, once no crossing names them."""

    def one(row: AnyRow) -> None:
        over.count("passes", row.opened_at)

    valid_before = passes.c.until < over.before
    used = (crossings, "pass_id")
    return ageing.things(over, passes, PASS_EVENTS, valid_before, one, named_by=used)
