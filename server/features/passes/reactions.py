"""What follows by itself: nobody decided, nobody is back, two gates let the same pass through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.passes import rules
from server.features.passes.file import place_of
from server.features.passes.tables import passes
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, May
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("passes.waits")
def waits(at: Reacting) -> None:
    """Nobody near has decided in time: those who lead hear of it."""
    row = _pass(at, at.subject)
    if row is not None and row.state == rules.ASKED:
        _submit(at, row, f"{row.id}/waits", "pass.remind", {"what": rules.WAITS})


@reaction("passes.late")
def late(at: Reacting) -> None:
    """Its time is over and somebody is out with it."""
    row = _pass(at, at.subject)
    if row is not None and row.away and at.now >= row.until + rules.GRACE:
        _submit(at, row, f"{row.id}/late", "pass.remind", {"what": rules.LATE})


@reaction("passes.clash")
def clash(at: Reacting) -> None:
    """It was let through where it should not have been: both gates hear of it, and who leads."""
    pass_id, crossing = at.subject.split()
    row = _pass(at, pass_id)
    if row is not None:
        _submit(at, row, f"{at.subject}/clash", "pass.clash", {"crossing": crossing})


def _submit(at: Reacting, row: AnyRow, from_what: str, kind: str, said: dict[str, Any]) -> None:
    place = place_of(at.connection, row) or EVERYWHERE
    first = row.decided_by or row.owner
    actor = people.in_whose_name(
        at.connection, at.community_id, first, May.APPROVE_PASSES, [place], at.now
    )
    at.submit(actor, derived(from_what), kind, {"pass": row.id, **said})


def _pass(at: Reacting, pass_id: str) -> AnyRow | None:
    return at.connection.execute(
        select(passes).where(passes.c.community_id == at.community_id, passes.c.id == pass_id)
    ).first()
