"""One flat with everything said of whether anybody lives there: read once, added to, written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import changes
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.vacancies import rules
from server.features.vacancies.tables import VACANCY_EVENTS, vacancies
from server.i18n import mark
from server.oplog.events import Event, until
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "vacancies"
"""What pages about vacant flats listen to."""

PATH = "/vacancies"


class File:
    """One flat, for somebody who says something of it."""

    def __init__(self, at: Moment, asked: Asked, door: Household) -> None:
        self.at = at
        self.door = door
        self.now = asked.corrected_at
        self.row = row_at(at.connection, at.community_id, door.household)
        self.events = (
            VACANCY_EVENTS.of(at.connection, at.community_id, self.row.id) if self.row else []
        )
        self.state = rules.fold(self.events)

    @classmethod
    def of(cls, at: Moment, asked: Asked, door: Household | None) -> File:
        """The flat. Raises `Refused` in the same words whether there is such a door or not."""
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if door is None or not person.may(May.KEEP_VACANCIES, asked.corrected_at, door):
            raise Refused(NOT_YOURS)
        return cls(at, asked, door)

    @property
    def then(self) -> rules.State:
        """How it stood when what is asked was made, however late it came in."""
        return rules.fold(until(self.events, self.now))

    def enter(self, asked: Asked, event: Event) -> bool:
        """Add what was said and write what it comes to now, in the register too.

        True where it has changed whether the flat is vacant.
        """
        was = self.state.vacant
        thing = str(self.row.id) if self.row else self._begin(asked)
        VACANCY_EVENTS.add(self.at, thing, event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        self.at.connection.execute(
            update(vacancies)
            .where(vacancies.c.community_id == self.at.community_id, vacancies.c.id == thing)
            .values(version=asked.seq, **kept(self.state))
        )
        turned = self.state.vacant != was
        if turned:
            self._register(asked)
        if turned and self.state.vacant:
            self.at.react("vacancies.due", thing, self.state.due_at)
        self.at.tell(TOPIC)
        asked.subject = PATH
        return turned

    def _begin(self, asked: Asked) -> str:
        self.at.connection.execute(
            insert(vacancies),
            {
                "community_id": self.at.community_id,
                "id": asked.id,
                "household_id": self.door.household,
                "stairwell_id": self.door.stairwell,
                "version": asked.seq,
                **kept(rules.State()),
            },
        )
        return asked.id

    def _register(self, asked: Asked) -> None:
        """Have the register say the same of the door, where it does not."""
        now = self.state.vacant
        if self.door.vacant == now:
            return
        before, after = {"vacant": self.door.vacant}, {"vacant": now}
        change = changes.Change(self.door.household, None, changes.DOOR, before, after)
        changes.write(
            self.at.connection, self.at.community_id, asked, [change], changes.VACANCY
        )  # fmt: skip


def kept(state: rules.State) -> dict[str, Any]:
    """What the table keeps of what a flat has come to."""
    return {
        "vacant": state.vacant,
        "evidence": state.evidence,
        "seal": state.seal,
        "words": state.words,
        "since": state.since,
        "checked_at": state.checked_at,
        "due_at": state.due_at,
        "doubted": state.doubted,
        "doubted_at": state.doubted_at,
        "doubted_days": state.doubted_days,
    }


def row_at(connection: Connection, community_id: int, household_id: int) -> AnyRow | None:
    """What is kept of a door, where anybody ever spoke of it."""
    return connection.execute(
        select(vacancies).where(
            vacancies.c.community_id == community_id, vacancies.c.household_id == household_id
        )
    ).first()


def row_of(connection: Connection, community_id: int, vacancy_id: str) -> AnyRow | None:
    """The same, by id."""
    return connection.execute(
        select(vacancies).where(
            vacancies.c.community_id == community_id, vacancies.c.id == vacancy_id
        )
    ).first()


def door_of(connection: Connection, row: AnyRow) -> Household:
    """The door of a flat that was found vacant."""
    door = estates.household(connection, row.community_id, row.household_id)
    assert door is not None, "a household is never deleted"
    return door


NOT_YOURS = mark("You keep no vacant flats there. Tell your committee instead.")
