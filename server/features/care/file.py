"""One person in care with everything said of them: read once, added to, written back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.care import access, rules
from server.features.care.tables import CARED_EVENTS, cared
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.i18n import mark
from server.oplog.events import Event, until
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "care"
"""What pages about care listen to. It names nobody: everybody may hear which topics change."""


class File:
    """One person in care, for somebody who speaks of them."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, door: Household, events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.door = door
        self.events = events
        self.state = rules.fold(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at

    @classmethod
    def load(cls, at: Moment, asked: Asked, row: AnyRow) -> File:
        """A person who was found."""
        events = CARED_EVENTS.of(at.connection, at.community_id, row.id)
        return cls(at, asked, row, door_of(at.connection, row), events)

    @classmethod
    def find(cls, at: Moment, asked: Asked, person_id: str) -> File:
        """The person. Raises `Refused` in the same words whether there is one or not."""
        row = row_of(at.connection, at.community_id, person_id)
        if row is None:
            raise Refused(NOBODY_THERE)
        file = cls.load(at, asked, row)
        if not (file.sees or file.whose or file.goes_there):
            raise Refused(NOBODY_THERE)
        return file

    @property
    def sees(self) -> bool:
        """True for those who read all that is known of them."""
        return access.sees(self.person, self.row, self.door, self.now)

    @property
    def runs(self) -> bool:
        """True for those who decide."""
        return access.runs(self.person, self.door, self.now)

    @property
    def whose(self) -> bool:
        """True for those who speak for the household."""
        return access.whose(self.person, self.row.household_id, self.now)

    @property
    def goes_there(self) -> bool:
        """True for those who go to that door."""
        return access.goes_there(self.person, self.door, self.now)

    @property
    def then(self) -> rules.State:
        """How it stood when what is asked was made, however late it came in."""
        return rules.fold(until(self.events, self.now))

    def must_run(self) -> None:
        """Raises `Refused` for whoever does not decide there, as if there were nobody."""
        if not self.runs:
            raise Refused(NOBODY_THERE)

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        CARED_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        self.at.connection.execute(
            update(cared)
            .where(cared.c.community_id == self.at.community_id, cared.c.id == self.row.id)
            .values(version=asked.seq, **kept(self.state))
        )
        self.at.tell(TOPIC)
        if self.sees:
            asked.subject = path_of(str(self.row.id))
        elif self.whose:
            asked.subject = "/care/ours"


def begin(at: Moment, asked: Asked, door: Household) -> File:
    """A person of whom nothing is said yet."""
    at.connection.execute(
        insert(cared),
        {
            "community_id": at.community_id,
            "id": asked.id,
            "household_id": door.household,
            "stairwell_id": door.stairwell,
            "version": asked.seq,
            **kept(rules.State()),
        },
    )
    row = row_of(at.connection, at.community_id, asked.id)
    assert row is not None
    return File(at, asked, row, door, [])


def kept(state: rules.State) -> dict[str, Any]:
    """What the table keeps of what somebody has come to."""
    return {
        "resident_id": state.resident,
        "name": state.name,
        "needs": list(state.needs),
        "words": state.words,
        "keeper": state.keeper,
        "deputy": state.deputy,
        "visits": state.visits,
        "visits_from": state.visits_from,
        "meals": state.meals,
        "meals_from": state.meals_from,
        "meals_until": state.meals_until,
        "state": state.state,
        "contact_at": state.contact_at,
        "alert_at": state.alert_at,
    }


def path_of(person_id: str) -> str:
    """The page of somebody in care."""
    return f"/care/{person_id}"


def row_of(connection: Connection, community_id: int, person_id: str) -> AnyRow | None:
    """Somebody in care, by id."""
    return connection.execute(
        select(cared).where(cared.c.community_id == community_id, cared.c.id == person_id)
    ).first()


def rows_at(connection: Connection, community_id: int, household_id: int) -> list[AnyRow]:
    """Everybody behind a door who is in care, was, or was suggested."""
    query = select(cared).where(
        cared.c.community_id == community_id, cared.c.household_id == household_id
    )
    return list(connection.execute(query.order_by(cared.c.id)))


def door_of(connection: Connection, row: AnyRow) -> Household:
    """The door of somebody in care."""
    door = estates.household(connection, row.community_id, row.household_id)
    assert door is not None, "a household is never deleted"
    return door


NOBODY_THERE = mark("There is nobody in care here whom you could say this of.")
