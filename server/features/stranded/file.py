"""One stay with everything said of it: read once, added to, written back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.stranded import rules
from server.features.stranded.rules import State
from server.features.stranded.tables import STRANDED_EVENTS, stranded
from server.i18n import Words, mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "stranded"
"""What pages about stays listen to. It names none: everybody may hear which topics change."""


class Stay:
    """One stay, for somebody who may say where people are at that door."""

    def __init__(self, at: Moment, row: AnyRow, door: Household, events: list[Event]) -> None:
        self.at = at
        self.row = row
        self.door = door
        self.events = events
        self.state = rules.fold(events)

    @classmethod
    def find(cls, at: Moment, asked: Asked, stay_id: str) -> Stay:
        """The stay. Raises `Refused` with the same words where there is none and where there is."""
        row = row_of(at.connection, at.community_id, stay_id)
        door = row and estates.household(at.connection, at.community_id, row.household_id)
        if not row or not door or not may_say(at, asked, door):
            raise Refused(NO_STAY)
        return cls(at, row, door, STRANDED_EVENTS.of(at.connection, at.community_id, stay_id))

    @classmethod
    def begin(cls, at: Moment, asked: Asked, door: Household, **made: Any) -> Stay:
        """A stay of which nothing is said yet."""
        at.connection.execute(
            insert(stranded),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "household_id": door.household,
                "stairwell_id": door.stairwell,
                "version": asked.seq,
                **made,
            },
        )
        row = row_of(at.connection, at.community_id, asked.id)
        assert row is not None
        return cls(at, row, door, [])

    def must_be_here(self, asked: Asked) -> None:
        """Raises `Refused` where the stay had ended when this was made."""
        ended = self.state.ended
        if ended is not None and ended.at <= asked.corrected_at:
            raise Refused(IS_OVER, how=Words(rules.ENDS[ended.key]))

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        STRANDED_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        door = estates.household(self.at.connection, self.at.community_id, self.state.household)
        assert door is not None, "a household is never deleted"
        self.at.connection.execute(
            update(stranded)
            .where(stranded.c.community_id == self.at.community_id, stranded.c.id == self.row.id)
            .values(stairwell_id=door.stairwell, version=asked.seq, **kept(self.state))
        )
        asked.subject = f"/households/{self.state.household}"
        self.at.tell(TOPIC)
        tell_doors(self.at, [door.household, *self.state.doors, *filter(None, [self.state.home])])


def kept(state: State) -> dict[str, Any]:
    """What the table keeps of what a stay comes to, besides its stairwell."""
    return {"household_id": state.household, "since": state.since, "left_at": state.left_at}


def row_of(connection: Connection, community_id: int, stay_id: str) -> AnyRow | None:
    """A stay by id."""
    return connection.execute(
        select(stranded).where(stranded.c.community_id == community_id, stranded.c.id == stay_id)
    ).first()


def may_say(at: Moment, asked: Asked, door: Household) -> bool:
    """True for the household itself, its information officer and stewards, as of then."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    return person.may(May.SET_PRESENCE, asked.corrected_at, door)


def be_present(at: Moment, resident_id: int | None, *, present: bool) -> None:
    """Say in the register whether somebody is here; what rounds are due by person follows it."""
    if resident_id is not None:
        at.connection.execute(
            update(residents)
            .where(residents.c.community_id == at.community_id, residents.c.id == resident_id)
            .values(present=present)
        )


def register(at: Moment, door: Household, name: str) -> int:
    """A row in the register for somebody who does not live there; returns its number.

    Numbers go up within a community, whose operations are applied one after the other.
    """
    table = residents.c
    newest: int | None = at.connection.execute(
        select(func.max(table.id)).where(table.community_id == at.community_id)
    ).scalar_one()
    number = (newest or 0) + 1
    at.connection.execute(
        insert(residents),
        {
            "community_id": at.community_id,
            "id": number,
            "household_id": door.household,
            "name": name,
            "registered": False,
            "present": True,
        },
    )
    return number


def tell_doors(at: Moment, households: Collection[int]) -> None:
    """Pages about these doors and their stairwells are out of date."""
    doors = estates.households_by_id(at.connection, at.community_id, set(households))
    for door in doors.values():
        at.tell(f"household:{door.household}", f"stairwell:{door.stairwell}")


NO_STAY = mark("There is nobody registered so, or it is not yours to say.")
IS_OVER = mark("This stay is over: %(how)s.")
