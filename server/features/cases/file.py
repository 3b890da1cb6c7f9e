"""One person's file: their case with everything said of it, read once, added to, written back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.rules import State
from server.features.cases.tables import CASE_EVENTS, cases
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import Words, mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "cases"
"""What pages about cases listen to. It names none: everybody may hear which topics change."""


class File:
    """One case, for somebody who may run it."""

    def __init__(self, at: Moment, row: AnyRow, door: Household, events: list[Event]) -> None:
        self.at = at
        self.row = row
        self.door = door
        self.events = events
        self.state = rules.fold(events)

    @classmethod
    def find(cls, at: Moment, asked: Asked, case_id: str) -> File:
        """The case. Raises `Refused`, with the same words where there is none and where there is.

        Whoever may not see cases learns nothing by trying numbers.
        """
        row = at.connection.execute(
            select(cases).where(cases.c.community_id == at.community_id, cases.c.id == case_id)
        ).first()
        if row is None:
            raise Refused(NO_CASE)
        door = estates.household(at.connection, at.community_id, row.household_id)
        if door is None or not person_of(at, asked).may(May.RUN_CASES, asked.corrected_at, door):
            raise Refused(NO_CASE)
        return cls(at, row, door, CASE_EVENTS.of(at.connection, at.community_id, case_id))

    @classmethod
    def begin(cls, at: Moment, asked: Asked, door: Household, resident: int) -> File:
        """A new case, of which nothing is said yet."""
        made = {
            "community_id": at.community_id,
            "id": asked.id,
            "resident_id": resident,
            "household_id": door.household,
            "stairwell_id": door.stairwell,
            "building_id": door.building,
            "opened_at": asked.corrected_at,
            "version": asked.seq,
        }
        at.connection.execute(insert(cases), made)
        row = at.connection.execute(
            select(cases).where(cases.c.community_id == at.community_id, cases.c.id == asked.id)
        ).one()
        return cls(at, row, door, [])

    @property
    def id(self) -> str:
        """The case's."""
        return str(self.row.id)

    @property
    def place(self) -> Place:
        """The stairwell it is in."""
        found = estates.places(self.at.connection, self.at.community_id, [self.door.stairwell])
        return found[self.door.stairwell]

    @property
    def closed(self) -> bool:
        """True once it is closed."""
        return self.state.closed is not None

    def must_be_open(self, asked: Asked) -> None:
        """Raises `Refused` where it had been closed when this was made.

        What was made before and comes in late is honest work and counts.
        """
        closed = self.state.closed
        if closed is not None and closed.at <= asked.corrected_at:
            raise Refused(CLOSED, why=Words(rules.ENDS[closed.key]))

    def enter(self, asked: Asked, event: Event, *, quiet: bool = False) -> None:
        """Add to the file, write what it comes to now, and wind its clocks.

        `quiet` has other people's pages learn of it only when they are next asked for.
        """
        CASE_EVENTS.add(self.at, self.id, event)
        self.events.append(event)
        self._settle(asked)
        if not quiet:
            self.at.tell(TOPIC)

    def take_back(self, asked: Asked, event: Event) -> None:
        """Have something count no longer, now that this is said."""
        self.events = CASE_EVENTS.take_back(self.at, self.events, event.op_id, asked.seq)

    def _settle(self, asked: Asked) -> None:
        running, before = rules.deadlines(self.state), rules.apart(self.state)
        self.state = rules.fold(self.events)
        self.at.connection.execute(
            update(cases)
            .where(cases.c.community_id == self.at.community_id, cases.c.id == self.row.id)
            .values(version=asked.seq, **kept(self.state))
        )
        if rules.apart(self.state) != before:
            self.at.react("cases.spare", str(self.row.resident_id))
        for one in sorted(set(rules.deadlines(self.state)) - set(running)):
            self.at.react("cases.clock", f"{self.row.id} {one.what} {one.since}", one.since)
        asked.subject = f"/cases/{self.row.id}"


def kept(state: State) -> dict[str, Any]:
    """What the table of cases keeps of what a case comes to."""
    return {
        "tested_at": state.tested_at,
        "owner": state.owner or None,
        "step": state.step_key,
        "closed_at": state.closed.at if state.closed else None,
        "closed_why": state.closed.key if state.closed else None,
    }


def person_of(at: Moment, asked: Asked) -> Person:
    """Who asks."""
    return at.actors[asked.actor]  # type: ignore[return-value]


NO_CASE = mark("There is no such case, or it is not yours to see.")
CLOSED = mark("This case is closed: %(why)s.")
