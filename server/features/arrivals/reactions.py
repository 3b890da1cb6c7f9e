"""What follows by itself: the committee is told, and what was said is kept no longer."""

from __future__ import annotations

from sqlalchemy import update

from server.features.arrivals import file, rules
from server.features.arrivals.tables import ARRIVAL_EVENTS, arrivals
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.ids import derived
from server.oplog import erasing
from server.oplog.after import Reacting, reaction


@reaction("arrivals.due")
def due(at: Reacting) -> None:
    """A claim that still waits after three days is told to the committee, once."""
    row = file.row_of(at.connection, at.community_id, at.subject)
    if row is None or row.state != rules.WAITING:
        return
    if row.said_at + rules.PATIENCE > at.now:
        at.again_at = row.said_at + rules.PATIENCE
        return
    events = ARRIVAL_EVENTS.of(at.connection, at.community_id, row.id)
    door = estates.household(at.connection, at.community_id, row.household_id)
    if door is None or rules.fold(events).reminded:
        return
    actor = people.in_whose_name(
        at.connection, at.community_id, events[0].actor, May.KEEP_VACANCIES, [door], at.now
    )
    at.submit(actor, derived(f"{row.id}/remind"), "arrival.remind", {"arrival": row.id})


@reaction("arrivals.over")
def over(at: Reacting) -> None:
    """Seven days after the decision nobody needs what was said any more."""
    row = file.row_of(at.connection, at.community_id, at.subject)
    if row is None or row.decided_at is None:
        return
    if row.decided_at + rules.KEPT > at.now:
        at.again_at = row.decided_at + rules.KEPT
        return
    at.connection.execute(
        update(arrivals)
        .where(arrivals.c.community_id == at.community_id, arrivals.c.id == row.id)
        .values(content=None)
    )
    said_by = [
        event.seq
        for event in ARRIVAL_EVENTS.of(at.connection, at.community_id, row.id)
        if event.what == rules.CLAIM
    ]
    erasing.erase_whole(at.connection, at.community_id, said_by)
    at.topics.add(file.TOPIC)
