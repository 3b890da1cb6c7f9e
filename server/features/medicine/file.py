"""One need, or one batch, with everything said of it: read once, changed, written back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.medicine import access, rules
from server.features.medicine.tables import (
    BATCH_EVENTS,
    NEED_EVENTS,
    batch_needs,
    batches,
    needs,
)
from server.features.people.actors import Person
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "medicine"
"""What pages about medicine listen to. It names none: everybody may hear which topics change."""


class NeedFile:
    """One need, for somebody who speaks of it."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, door: Household, events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.door = door
        self.events = events
        self.state = rules.fold_need(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at
        self.batch = open_batch_of(at.connection, at.community_id, row.id)

    @classmethod
    def find(cls, at: Moment, asked: Asked, need_id: str) -> NeedFile:
        """The need. Raises `Refused` with the same words where there is none and where there is."""
        row = need_row(at.connection, at.community_id, need_id)
        if row is None:
            raise Refused(NO_NEED)
        events = NEED_EVENTS.of(at.connection, at.community_id, need_id)
        file = cls(at, asked, row, door_of(at.connection, row), events)
        if not (file.whose or file.minds or file.buys):
            raise Refused(NO_NEED)
        return file

    @property
    def whose(self) -> bool:
        """True for those who speak for its household."""
        return access.whose(self.person, self.row.household_id, self.now)

    @property
    def minds(self) -> bool:
        """True for those who answer for it at that door."""
        return access.minds(self.person, self.door, self.row.controlled, self.now)

    @property
    def buys(self) -> bool:
        """True for the buyer of the batch that it is in."""
        return self.batch is not None and self.batch.buyer == self.person.id

    def must_speak(self) -> None:
        """Raises `Refused` for those who may not say what the household needs."""
        if not (self.whose or self.minds):
            raise Refused(NO_NEED)

    def must_be_open(self) -> None:
        """Raises `Refused` where it was ended when this was made."""
        if self.state.ended is not None and self.state.ended.at <= self.now:
            raise Refused(IS_ENDED)

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said, write what it comes to now, and set the clock by which to ask."""
        NEED_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        before, self.state = self.state, rules.fold_need(self.events)
        self.at.connection.execute(
            update(needs)
            .where(needs.c.community_id == self.at.community_id, needs.c.id == self.row.id)
            .values(version=asked.seq, **need_kept(self.state))
        )
        due = self.state.ask_at(self.at.received_at)
        moved = before.runs_out_at != self.state.runs_out_at
        if due is not None and self.state.ended is None and moved:
            self.at.react("medicine.ask", f"{self.row.id} {self.state.runs_out_at}", due)
        self.at.tell(TOPIC)
        asked.subject = "/medicine/mine" if self.whose else "/medicine"


def begin_need(at: Moment, asked: Asked, door: Household, made: dict[str, Any]) -> NeedFile:
    """A need of which nothing is said yet."""
    at.connection.execute(
        insert(needs),
        {
            "community_id": at.community_id,
            "id": asked.id,
            "household_id": door.household,
            "version": asked.seq,
            **made,
        },
    )
    row = need_row(at.connection, at.community_id, asked.id)
    assert row is not None
    return NeedFile(at, asked, row, door, [])


def need_kept(state: rules.Need) -> dict[str, Any]:
    """What the table of needs keeps of what one comes to."""
    return {
        **{name: getattr(state, name) for name in rules.WORDS},
        "controlled": state.controlled,
        "wanted": state.wanted,
        "runs_out_at": state.runs_out_at,
        "asked_at": state.asked.at if state.asked else None,
        "offered": state.offered,
        "agreed": state.agreed,
        "said_by": state.said_by,
        "ended_at": state.ended.at if state.ended else None,
    }


class BatchFile:
    """One batch, for somebody who works on it."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, inside: Sequence[AnyRow], events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.needs = {str(one.id): one for one in inside}
        self.doors = estates.households_by_id(
            at.connection, at.community_id, {one.household_id for one in inside}
        )
        self.events = events
        self.state = rules.fold_batch(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at

    @classmethod
    def find(cls, at: Moment, asked: Asked, batch_id: str) -> BatchFile:
        """The batch. Raises `Refused` with the same words where there is none."""
        row = batch_row(at.connection, at.community_id, batch_id)
        if row is None:
            raise Refused(NO_BATCH)
        inside = needs_in(at.connection, at.community_id, batch_id)
        events = BATCH_EVENTS.of(at.connection, at.community_id, batch_id)
        file = cls(at, asked, row, inside, events)
        if not (file.is_named or file.leads):
            raise Refused(NO_BATCH)
        asked.subject = f"/medicine/batches/{row.id}"
        return file

    @property
    def is_named(self) -> bool:
        """True for its buyer, those who check and those who go to the doors."""
        return self.person.id in access.named(self.row)

    @property
    def leads(self) -> bool:
        """True for those who answer for every need in it, so that anybody may be away."""
        return bool(self.needs) and all(
            access.minds(self.person, self.doors[one.household_id], one.controlled, self.now)
            for one in self.needs.values()
        )

    def must_run(self) -> None:
        """Raises `Refused` for all but its buyer and those who lead it."""
        if not (self.person.id == self.row.buyer or self.leads):
            raise Refused(NOT_YOUR_STEP)

    def must_be_open(self) -> None:
        """Raises `Refused` where it was closed when this was made."""
        if self.state.closed is not None and self.state.closed.at <= self.now:
            raise Refused(IS_CLOSED)

    def at_door(self, household: int) -> list[str]:
        """The needs of one door. Raises `Refused` where it has none in this batch."""
        found = [key for key, one in self.needs.items() if one.household_id == household]
        if not found:
            raise Refused(NO_SUCH_DOOR)
        return found

    def only(self, household: int) -> list[str] | None:
        """Who alone may carry what belongs to a door; None for everybody on duty."""
        controlled = any(self.needs[one].controlled for one in self.at_door(household))
        return sorted(access.named(self.row)) if controlled else None

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        BATCH_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.state = rules.fold_batch(self.events)
        self.at.connection.execute(
            update(batches)
            .where(batches.c.community_id == self.at.community_id, batches.c.id == self.row.id)
            .values(version=asked.seq, **batch_kept(self.state))
        )
        self.at.tell(TOPIC)
        asked.subject = f"/medicine/batches/{self.row.id}"


def batch_kept(state: rules.Batch) -> dict[str, Any]:
    """What the table of batches keeps of what one comes to."""
    return {
        "buyer": state.buyer,
        "checkers": list(state.checkers),
        "carriers": list(state.carriers),
        "closed_at": state.closed.at if state.closed else None,
    }


def path_of(batch_id: str) -> str:
    """A batch's page, which is also what its things are about."""
    return f"/medicine/batches/{batch_id}"


def door_of(connection: Connection, row: AnyRow) -> Household:
    """The door of a need."""
    door = estates.household(connection, row.community_id, row.household_id)
    assert door is not None, "a household is never deleted"
    return door


def need_row(connection: Connection, community_id: int, need_id: str) -> AnyRow | None:
    """A need by id."""
    return connection.execute(
        select(needs).where(needs.c.community_id == community_id, needs.c.id == need_id)
    ).first()


def need_rows(connection: Connection, community_id: int, ids: Collection[str]) -> list[AnyRow]:
    """Needs by id, those that there are."""
    query = select(needs).where(needs.c.community_id == community_id, needs.c.id.in_(list(ids)))
    return list(connection.execute(query.order_by(needs.c.id)))


def needs_of(connection: Connection, community_id: int, homes: Iterable[int]) -> list[AnyRow]:
    """The needs of some households that were not ended."""
    query = select(needs).where(
        needs.c.community_id == community_id,
        needs.c.household_id.in_(list(homes)),
        needs.c.ended_at.is_(None),
    )
    return list(connection.execute(query.order_by(needs.c.runs_out_at, needs.c.id)))


def batch_row(connection: Connection, community_id: int, batch_id: str) -> AnyRow | None:
    """A batch by id."""
    return connection.execute(
        select(batches).where(batches.c.community_id == community_id, batches.c.id == batch_id)
    ).first()


def needs_in(connection: Connection, community_id: int, batch_id: str) -> list[AnyRow]:
    """The needs that are in a batch."""
    query = (
        select(needs)
        .join(
            batch_needs,
            (batch_needs.c.community_id == needs.c.community_id)
            & (batch_needs.c.need_id == needs.c.id),
        )
        .where(batch_needs.c.community_id == community_id, batch_needs.c.batch_id == batch_id)
    )
    return list(connection.execute(query.order_by(needs.c.household_id, needs.c.id)))


def open_batches_of(
    connection: Connection, community_id: int, ids: Collection[str]
) -> dict[str, AnyRow]:
    """The open batch that each of these needs is in; those in none are left out."""
    query = (
        select(batch_needs.c.need_id, batches)
        .join(
            batches,
            (batch_needs.c.community_id == batches.c.community_id)
            & (batch_needs.c.batch_id == batches.c.id),
        )
        .where(
            batch_needs.c.community_id == community_id,
            batch_needs.c.need_id.in_(list(ids)),
            batches.c.closed_at.is_(None),
        )
    )
    return {row.need_id: row for row in connection.execute(query)}


def open_batch_of(connection: Connection, community_id: int, need_id: str) -> AnyRow | None:
    """The open batch that a need is in."""
    return open_batches_of(connection, community_id, [need_id]).get(need_id)


NO_NEED = mark("There is no such medicine on the list, or it is not yours to know of.")
IS_ENDED = mark("It was taken off the list. Write it down anew if it is needed.")
NO_BATCH = mark("There is no such batch of medicine, or it is not yours to know of.")
IS_CLOSED = mark("This batch is closed. Put what is missing into a new one.")
NOT_YOUR_STEP = mark(
    "Only the buyer of this batch, or those who answer for all of it, can do this."
)
NO_SUCH_DOOR = mark("Nothing in this batch is for that door. Open the batch and choose its door.")
