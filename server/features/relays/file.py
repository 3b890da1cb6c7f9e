"""One relay with everything said of it: read once, added to, written back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.custody import reads as custody
from server.features.custody.reads import ThingLine
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.relays import rules
from server.features.relays.rules import State
from server.features.relays.tables import BETWEEN, RELAY_EVENTS, relay_codes, relays
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "relays"
"""What pages about relays listen to. It names none: everybody may hear which topics change."""


def parcel_of(connection: Connection, row: AnyRow) -> ThingLine | None:
    """The parcel of a relay as custody has it; None while nobody has fetched it."""
    found = custody.of_about(connection, row.community_id, f"/relays/{row.id}")
    return found[0] if found else None


def door_of(connection: Connection, row: AnyRow) -> Household:
    """For whom it is, or from whom it goes out."""
    door = estates.household(connection, row.community_id, row.household_id)
    assert door is not None, "a household is never deleted"
    return door


def runs(person: Person, row: AnyRow, state: State, parcel: ThingLine | None) -> bool:
    """True for whoever runs it, is asked to go, has the parcel or is handed it."""
    known = {row.owner, state.carrier}
    if parcel is not None:
        known |= {parcel.holder_id, parcel.offered_to}
    return person.id in known


def sees(
    person: Person, row: AnyRow, door: Household, state: State, parcel: ThingLine | None, now: int
) -> bool:
    """True for everybody who may know of it: those, its household, and who answers there."""
    return (
        runs(person, row, state, parcel)
        or row.household_id in person.homes(now)
        or person.may(May.SEE_THINGS, now, door)
    )


class Relay:
    """One relay, for somebody who says something of it."""

    def __init__(self, at: Moment, asked: Asked, row: AnyRow, events: list[Event]) -> None:
        self.at = at
        self.row = row
        self.events = events
        self.state = rules.fold(events)
        self.door = door_of(at.connection, row)
        self.parcel = parcel_of(at.connection, row)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at
        self.speaker = asked.actor  # nobody, where it goes by itself in somebody's name

    @classmethod
    def find(cls, at: Moment, asked: Asked, relay_id: str) -> Relay:
        """The relay. Raises `Refused` with the same words where there is none and where there is.

        Whoever may not know of it learns nothing by trying numbers.
        """
        row = at.connection.execute(
            select(relays).where(relays.c.community_id == at.community_id, relays.c.id == relay_id)
        ).first()
        if row is None:
            raise Refused(NO_RELAY)
        found = cls(at, asked, row, RELAY_EVENTS.of(at.connection, at.community_id, relay_id))
        person = found.person
        if not sees(person, row, found.door, found.state, found.parcel, found.now):
            raise Refused(NO_RELAY)
        asked.subject = f"/relays/{row.id}"
        return found

    @classmethod
    def begin(cls, at: Moment, asked: Asked, **made: Any) -> Relay:
        """A new relay, of which nothing is said yet."""
        at.connection.execute(
            insert(relays),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "owner": asked.actor,
                "state": rules.UNDER_WAY,
                "since": asked.corrected_at,
                "opened_at": asked.corrected_at,
                "due_at": asked.corrected_at + rules.TAKES,
                "version": asked.seq,
                **made,
            },
        )
        row = at.connection.execute(
            select(relays).where(relays.c.community_id == at.community_id, relays.c.id == asked.id)
        ).one()
        return cls(at, asked, row, [])

    @property
    def id(self) -> str:
        """The relay's."""
        return str(self.row.id)

    @property
    def runs(self) -> bool:
        """True where whoever speaks runs it or carries the parcel."""
        return runs(self.person, self.row, self.state, self.parcel)

    @property
    def leads(self) -> bool:
        """True where whoever speaks made it, or answers there for people's things."""
        mine = self.person.id == self.row.owner
        return mine or self.person.may(May.SEE_THINGS, self.now, self.door)

    def must_lead(self) -> None:
        """Raises `Refused` for those who only carry or wait."""
        if not self.leads:
            raise Refused(NOT_YOURS)

    def must_be_open(self) -> None:
        """Raises `Refused` where it is over."""
        if self.state.closed_at is not None:
            raise Refused(OVER)

    def must_have_it(self) -> None:
        """Raises `Refused` where the parcel is not in the hands of whoever speaks, and clean."""
        if self.parcel is None or self.parcel.holder_id != self.person.id:
            raise Refused(NOT_WITH_YOU)
        if self.parcel.unclean:
            raise Refused(CLEAN_IT)

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        RELAY_EVENTS.add(self.at, self.id, event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        self.write(version=asked.seq, **kept(self.state))
        self.at.tell(TOPIC)
        asked.subject = f"/relays/{self.row.id}"

    def write(self, **values: Any) -> None:
        """Write something into its row."""
        self.at.connection.execute(
            update(relays)
            .where(relays.c.community_id == self.at.community_id, relays.c.id == self.row.id)
            .values(**values)
        )

    # What two communities share

    def shared(self, key: str) -> AnyRow | None:
        """The row that both halves of a code lead to."""
        return shared(self.at.connection, key)

    def share(self, key: str, what: str, moment: int) -> bool:
        """Write into that row when something happened, once; False where it had happened already.

        Two communities may come at the same time, each in its own process: the row decides.
        """
        column = relay_codes.c[what]
        written = self.at.connection.execute(
            update(relay_codes)
            .where(
                relay_codes.c.community_id == BETWEEN, relay_codes.c.key == key, column.is_(None)
            )
            .values({column: moment})
        )
        return written.rowcount == 1


def shared(connection: Connection, key: str) -> AnyRow | None:
    """The row that both halves of a code lead to; None where there is none."""
    return connection.execute(
        select(relay_codes).where(relay_codes.c.community_id == BETWEEN, relay_codes.c.key == key)
    ).first()


def kept(state: State) -> dict[str, Any]:
    """What the table of relays keeps of what one comes to."""
    return {
        "state": state.state,
        "since": state.since,
        "carrier": state.carrier or None,
        "closed_at": state.closed_at,
    }


NO_RELAY = mark("There is no such relay, or it is not yours to know of.")
NOT_YOURS = mark("Only who runs this relay can say this.")
OVER = mark("This relay is over.")
NOT_WITH_YOU = mark("Only who has the parcel can say this. Take it over first.")
CLEAN_IT = mark("Disinfect the parcel first and say so. Then it may pass on.")
