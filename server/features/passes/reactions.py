"""What follows by itself: nobody decided, nobody is back, two gates let the same pass through.

And an emergency's vehicle has its pass before it arrives.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.passes import rules
from server.features.passes.file import place_of
from server.features.passes.tables import passes
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, May
from server.features.requests import reads as requests
from server.features.requests.kinds import AMBULANCE
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


@reaction("passes.vehicle")
def vehicle(at: Reacting) -> None:
    """An emergency is called: the ambulance's pass is made while it is on its way."""
    request_id, asked = at.subject.split()
    home = requests.door_of(at.connection, at.community_id, request_id)
    if home is None:
        return
    door = estates.household(at.connection, at.community_id, home)
    assert door is not None, "a household is never deleted"
    able = people.who_may(at.connection, at.community_id, May.APPROVE_PASSES, [door], at.now)
    if not able:
        return
    made = {
        "kind": rules.VEHICLE,
        "name": AMBULANCE,
        "reason": "birth",
        "way": rules.IN,
        "uses": 0,
        "household": home,
        "until": clock.rfc3339(at.now + AN_AMBULANCE_STAYS),
        "about": f"/requests/{request_id}",
    }
    at.submit(able[0], derived(f"{asked}/vehicle"), "pass.make", made)


AN_AMBULANCE_STAYS = 2 * clock.HOUR
"""How long the pass of an ambulance holds: it comes, and may have to come again."""


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
