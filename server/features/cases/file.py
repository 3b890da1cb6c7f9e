"""One person's file: their case with everything said of it, read once, added to, written back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.rules import Event, State
from server.features.cases.tables import case_events, cases
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people.actors import Person
from server.features.people.rules import May
from server.i18n import Words, mark
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
        return cls(at, row, door, events_of(at.connection, at.community_id, [case_id]))

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

    def event(self, asked: Asked, what: str, key: str = "", **said: Any) -> Event:
        """What an operation says, before it is entered."""
        return Event(asked.id, asked.seq, asked.corrected_at, asked.actor, what, key, said)

    def enter(self, asked: Asked, event: Event, *, quiet: bool = False) -> None:
        """Add to the file, write what it comes to now, and wind its clocks.

        `quiet` has other people's pages learn of it only when they are next asked for.
        """
        self.at.connection.execute(
            insert(case_events),
            {
                "community_id": self.at.community_id,
                "case_id": self.row.id,
                "op_id": event.op_id,
                "seq": event.seq,
                "what": event.what,
                "key": event.key,
                "said": dict(event.said),
                "actor": event.actor,
                "at": event.at,
                "again": event.again,
            },
        )
        self.events.append(event)
        self._settle(asked)
        if not quiet:
            self.at.tell(TOPIC)

    def take_back(self, asked: Asked, event: Event) -> None:
        """Have something count no longer, now that this is said."""
        self.at.connection.execute(
            update(case_events)
            .where(
                case_events.c.community_id == self.at.community_id,
                case_events.c.op_id == event.op_id,
            )
            .values(undone_seq=asked.seq)
        )
        self.events = [
            one._replace(undone=True) if one.op_id == event.op_id else one for one in self.events
        ]

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


def events_of(connection: Connection, community_id: int, ids: list[str]) -> list[Event]:
    """Everything said of some cases, as it arrived."""
    return [event for _, event in events_by_case(connection, community_id, ids)]


def events_by_case(
    connection: Connection, community_id: int, ids: list[str]
) -> list[tuple[str, Event]]:
    """Everything said of some cases, each with its case."""
    table = case_events.c
    rows = connection.execute(
        select(case_events)
        .where(table.community_id == community_id, table.case_id.in_(ids))
        .order_by(table.seq)
    )
    return [(row.case_id, event_of(row)) for row in rows]


def event_of(row: AnyRow) -> Event:
    """An event as the table keeps it."""
    return Event(
        row.op_id, row.seq, row.at, row.actor, row.what, row.key, row.said, bool(row.again),
        row.undone_seq is not None,
    )  # fmt: skip


def person_of(at: Moment, asked: Asked) -> Person:
    """Who asks."""
    return at.actors[asked.actor]  # type: ignore[return-value]


NO_CASE = mark("There is no such case, or it is not yours to see.")
CLOSED = mark("This case is closed: %(why)s.")
