"""What follows by itself: a door is marked in a screening, and a flat is to be looked at again.

Each has an id that follows from what it follows from, so that nothing is done twice.
"""

from __future__ import annotations

from sqlalchemy import select

from server import clock
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.rounds import reads as rounds
from server.features.vacancies import rules
from server.features.vacancies.file import door_of, row_of
from server.features.vacancies.tables import VACANCY_EVENTS, vacancy_events
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("vacancies.screened")
def screened(at: Reacting) -> None:
    """Mark the door vacant in the screening that was named, in the name of whoever found it."""
    table = vacancy_events.c
    found = at.connection.execute(
        select(vacancy_events).where(
            table.community_id == at.community_id, table.op_id == at.subject
        )
    ).one()
    row = row_of(at.connection, at.community_id, found.vacancy_id)
    assert row is not None, "no flat that was found is ever deleted"
    round_id = found.said["round"]
    answer = rounds.screened(at.connection, at.community_id, row.household_id).get(round_id)
    if answer in {*rounds.SPOKEN_FOR, rounds.VACANT}:
        return
    said = {"round": round_id, "door": row.household_id, "answer": rounds.VACANT}
    shows = {"seal": found.said["seal"]} if found.said["seal"] else {}
    if found.key in rules.AT_DOOR:
        shows["evidence"] = found.key
    marked = {**said, "answers": shows}
    at.submit(found.actor, derived(f"{at.subject}/mark"), "round.mark", marked)


@reaction("vacancies.due")
def due(at: Reacting) -> None:
    """Three days after somebody last looked; it goes on from day to day until it is lived in."""
    row = row_of(at.connection, at.community_id, at.subject)
    assert row is not None, "no flat that was found is ever deleted"
    state = rules.fold(VACANCY_EVENTS.of(at.connection, at.community_id, row.id))
    if state.due_at is None:
        return
    door = door_of(at.connection, row)
    actor = people.in_whose_name(
        at.connection, at.community_id, state.by, May.KEEP_VACANCIES, [door], at.now
    )
    said = {"household": row.household_id}
    if not door.vacant:  # the register knows who moved in
        ended = {**said, "why": rules.MOVED_IN}
        at.submit(actor, derived(f"{row.id}/{state.since}/moved_in"), "vacancy.end", ended)
        return
    if not rules.is_due(state.due_at, at.now):
        at.again_at = state.due_at
        return
    if not state.reminded:
        at.submit(actor, derived(f"{row.id}/{state.due_at}/remind"), "vacancy.remind", said)
    at.again_at = at.now + clock.DAY
