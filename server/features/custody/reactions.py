"""What follows by itself: a term that runs out, and a word that came second. Each once."""

from __future__ import annotations

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.custody import access
from server.features.custody.tables import THING_EVENTS, things
from server.features.people import reads as people
from server.features.people.rules import May
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("custody.due")
def due(at: Reacting) -> None:
    """It should be back by now and is not: whoever has it and those who lead there hear, once."""
    thing_id, term = at.subject.split()
    row = _thing(at, thing_id)
    if row is None or row.closed_at is not None or row.due_at != int(term):
        return
    made = derived(f"{at.subject}/due")
    at.submit(_in_whose_name(at, row), made, "thing.remind", {"thing": thing_id, "due": int(term)})


@reaction("custody.clash")
def clash(at: Reacting) -> None:
    """Somebody's word on a hand-over did not count: everybody concerned hears of it."""
    thing_id, op_id, by = at.subject.split()
    row = _thing(at, thing_id)
    if row is None:
        return
    said = {"thing": thing_id, "op": op_id, "by": by}
    at.submit(_in_whose_name(at, row), derived(f"{op_id}/clash"), "thing.check", said)


def _thing(at: Reacting, thing_id: str) -> AnyRow | None:
    return at.connection.execute(
        select(things).where(things.c.community_id == at.community_id, things.c.id == thing_id)
    ).first()


def _in_whose_name(at: Reacting, row: AnyRow) -> str:
    """In whose name it goes on: who answers where the thing belongs, else who took it along."""
    place = access.place_of(at.connection, row)
    taken = THING_EVENTS.of(at.connection, at.community_id, row.id)[0]
    return people.in_whose_name(
        at.connection, at.community_id, taken.actor, May.SEE_THINGS, [place], at.now
    )
