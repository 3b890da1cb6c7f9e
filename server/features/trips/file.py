"""One plan, or one trip, with everything said of it: read once, changed, written back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.features.trips import access, rules
from server.features.trips.tables import PLAN_EVENTS, TRIP_EVENTS, trip_plans, trips
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "trips"
"""What pages about trips listen to. It names none: everybody may hear which topics change."""


class PlanFile:
    """One plan, for somebody who speaks of it."""

    def __init__(
        self, at: Moment, asked: Asked, row: AnyRow, door: Household, events: list[Event]
    ) -> None:
        self.at = at
        self.row = row
        self.door = door
        self.events = events
        self.plan = rules.fold_plan(events)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at

    @classmethod
    def find(cls, at: Moment, asked: Asked, plan_id: str) -> PlanFile:
        """The plan. Raises `Refused` with the same words where there is none and where there is."""
        row = plan_row(at.connection, at.community_id, plan_id)
        if row is None:
            raise Refused(NO_PLAN)
        events = PLAN_EVENTS.of(at.connection, at.community_id, plan_id)
        file = cls(at, asked, row, door_of(at.connection, row), events)
        if not access.runs(file.person, file.door, file.now):
            raise Refused(NO_PLAN)
        asked.subject = plan_path(plan_id)
        return file

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said, write what it comes to now, and have its trips follow."""
        PLAN_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.plan = rules.fold_plan(self.events)
        self.at.connection.execute(
            update(trip_plans)
            .where(
                trip_plans.c.community_id == self.at.community_id, trip_plans.c.id == self.row.id
            )
            .values(version=asked.seq, **plan_kept(self.plan))
        )
        if not event.again:
            self.at.react("trips.plan", f"{self.row.id} {asked.id}")
        self.at.tell(TOPIC)
        asked.subject = plan_path(str(self.row.id))


def begin_plan(
    at: Moment, asked: Asked, door: Household, resident: int, driver: str, deputy: str
) -> PlanFile:
    """A plan of which nothing is said yet."""
    made = {
        "community_id": at.community_id,
        "id": asked.id,
        "household_id": door.household,
        "resident_id": resident,
        "driver": driver,
        "deputy": deputy,
        "made_by": asked.actor,
        "changed": asked.id,
        "version": asked.seq,
    }
    at.connection.execute(insert(trip_plans), made)
    row = plan_row(at.connection, at.community_id, asked.id)
    assert row is not None
    return PlanFile(at, asked, row, door, [])


def plan_kept(plan: rules.Plan) -> dict[str, Any]:
    """What the table of plans keeps of what one comes to."""
    return {
        "driver": plan.driver,
        "deputy": plan.deputy,
        "changed": plan.changed,
        "ended_at": plan.ended.at if plan.ended else None,
    }


class TripFile:
    """One trip, for somebody who speaks of it, with what its plan says now."""

    def __init__(
        self,
        at: Moment,
        asked: Asked,
        row: AnyRow,
        plan_row: AnyRow,
        plan: rules.Plan,
        events: list[Event],
    ) -> None:
        self.at = at
        self.row = row
        self.plan_row = plan_row
        self.plan = plan
        self.events = events
        self.trip = rules.fold_trip(events)
        self.door = door_of(at.connection, row)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at
        self.speaker = asked.actor  # nobody, where it goes by itself in somebody's name

    @classmethod
    def load(cls, at: Moment, asked: Asked, row: AnyRow) -> TripFile:
        """A trip that was found."""
        of = plan_row(at.connection, at.community_id, row.plan_id)
        assert of is not None, "a plan is never deleted"
        plan = plan_at(at.connection, at.community_id, of.id)
        events = TRIP_EVENTS.of(at.connection, at.community_id, row.id)
        return cls(at, asked, row, of, plan, events)

    @classmethod
    def find(cls, at: Moment, asked: Asked, trip_id: str) -> TripFile:
        """The trip. Raises `Refused` with the same words where there is none and where there is."""
        row = trip_row(at.connection, at.community_id, trip_id)
        if row is None:
            raise Refused(NO_TRIP)
        file = cls.load(at, asked, row)
        if not (file.whose or file.drives or file.runs):
            raise Refused(NO_TRIP)
        asked.subject = path_of(trip_id)
        return file

    @property
    def whose(self) -> bool:
        """True for those who speak for the household."""
        return access.whose(self.person, self.row.household_id, self.now)

    @property
    def drives(self) -> bool:
        """True for its driver and the deputy."""
        return self.person.id in (self.trip.driver, self.plan.deputy, self.plan.driver)

    @property
    def runs(self) -> bool:
        """True for those who make plans there."""
        return access.runs(self.person, self.door, self.now)

    def must_be(self, *states: str) -> None:
        """Raises `Refused` where it stands otherwise, in words that say how."""
        if self.trip.state not in states:
            raise Refused(STANDS[self.trip.state])

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        TRIP_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.trip = rules.fold_trip(self.events)
        self.at.connection.execute(
            update(trips)
            .where(trips.c.community_id == self.at.community_id, trips.c.id == self.row.id)
            .values(version=asked.seq, **trip_kept(self.trip))
        )
        self.at.tell(TOPIC)
        asked.subject = path_of(str(self.row.id))


def trip_kept(trip: rules.Trip) -> dict[str, Any]:
    """What the table of trips keeps of what one comes to."""
    return {
        "leaves_at": trip.leaves_at,
        "back_at": trip.back_at,
        "driver": trip.driver,
        "state": trip.state,
    }


def path_of(trip_id: str) -> str:
    """A trip's page, which is also what its passes are about."""
    return f"/trips/{trip_id}"


def plan_path(plan_id: str) -> str:
    """A plan's page."""
    return f"/trips/plans/{plan_id}"


def door_of(connection: Connection, row: AnyRow) -> Household:
    """The door of a plan or of a trip."""
    door = estates.household(connection, row.community_id, row.household_id)
    assert door is not None, "a household is never deleted"
    return door


def plan_row(connection: Connection, community_id: int, plan_id: str) -> AnyRow | None:
    """A plan by id."""
    return connection.execute(
        select(trip_plans).where(
            trip_plans.c.community_id == community_id, trip_plans.c.id == plan_id
        )
    ).first()


def plan_at(connection: Connection, community_id: int, plan_id: str) -> rules.Plan:
    """What a plan says."""
    return rules.fold_plan(PLAN_EVENTS.of(connection, community_id, plan_id))


def trip_row(connection: Connection, community_id: int, trip_id: str) -> AnyRow | None:
    """A trip by id."""
    return connection.execute(
        select(trips).where(trips.c.community_id == community_id, trips.c.id == trip_id)
    ).first()


NO_PLAN = mark("There is no such plan, or it is not yours to change.")
NO_TRIP = mark("There is no such trip, or it is not yours to know of.")
STANDS = {
    rules.PLANNED: mark("Nobody has left yet. Say first that they left."),
    rules.AWAY: mark("They are on the way already. Tap what comes next."),
    rules.HOME: mark("They are at home already. Only the disinfection is left to say."),
    rules.DONE: mark("This trip is over. Nothing more is taken here."),
    rules.SKIPPED: mark("This trip does not take place. Have it take place first."),
}
