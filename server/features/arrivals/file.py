"""One claim with everything said of it: read once, added to, written."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.arrivals import rules
from server.features.arrivals.tables import ARRIVAL_EVENTS, arrivals
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "arrivals"
PATH = "/arrivals"


def keeper(at: Moment, asked: Asked, door: Household | None) -> Household:
    """The door, for whoever keeps flats there. Raises `Refused` in the same words for all else."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if door is None or not person.may(May.KEEP_VACANCIES, asked.corrected_at, door):
        raise Refused(NOT_YOURS)
    return door


def row_of(connection: Connection, community_id: int, arrival: str) -> AnyRow | None:
    """What is kept of a claim."""
    return connection.execute(
        select(arrivals).where(arrivals.c.community_id == community_id, arrivals.c.id == arrival)
    ).first()


def open_one(at: Moment, asked: Asked, arrival: str) -> tuple[AnyRow, Household]:
    """A claim that waits, with its door. Raises `Refused`."""
    row = row_of(at.connection, at.community_id, arrival)
    door = estates.household(at.connection, at.community_id, row.household_id) if row else None
    door = keeper(at, asked, door)
    assert row is not None
    if row.state != rules.WAITING:
        raise Refused(DECIDED)
    return row, door


def begin(
    at: Moment, asked: Asked, door: Household, way: str, content: rules.Content, told: list[str]
) -> None:
    """Enter a new claim."""
    at.connection.execute(
        insert(arrivals),
        {
            "community_id": at.community_id,
            "id": asked.id,
            "household_id": door.household,
            "stairwell_id": door.stairwell,
            "way": way,
            "content": msgspec.to_builtins(content),
            "said_at": asked.corrected_at,
            "told_at": asked.corrected_at if told else None,
            "version": asked.seq,
            **rules.kept(rules.State()),
        },
    )
    ARRIVAL_EVENTS.add(at, asked.id, Event.of(asked, rules.CLAIM, way, notices=told))
    at.react("arrivals.due", asked.id, asked.corrected_at + rules.PATIENCE)
    tell(at, asked)


def enter(at: Moment, asked: Asked, row: AnyRow, event: Event) -> None:
    """Add what was said, and write what it comes to now."""
    ARRIVAL_EVENTS.add(at, row.id, event)
    state = rules.fold(ARRIVAL_EVENTS.of(at.connection, at.community_id, row.id))
    at.connection.execute(
        update(arrivals)
        .where(arrivals.c.community_id == at.community_id, arrivals.c.id == row.id)
        .values(version=asked.seq, **rules.kept(state))
    )
    if state.decided_at is not None:
        at.react("arrivals.over", row.id, state.decided_at + rules.KEPT)
    tell(at, asked)


def tell(at: Moment, asked: Asked) -> None:
    """Have pages about claims drawn anew."""
    asked.subject = PATH
    at.tell(TOPIC)


def content_of(row: AnyRow) -> rules.Content | None:
    """What was said, while it is kept."""
    content: Any = row.content
    return msgspec.convert(content, rules.Content) if content else None


NOT_YOURS = mark("You keep no flats there. Tell your committee instead.")
DECIDED = mark("That was decided already.")
