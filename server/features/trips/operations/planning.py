"""Plans: made, said anew as a whole, and ended; and the trip that a plan has on a day."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, ClassVar

from msgspec import Meta
from sqlalchemy import insert

from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.typed import one_door
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.trips import access, rules, telling
from server.features.trips.file import PlanFile, TripFile, begin_plan, path_of, trip_row
from server.features.trips.operations.saying import Key, Line, Short, must_drive
from server.features.trips.tables import trips
from server.i18n import mark
from server.ids import derived
from server.oplog.envelope import Number, Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation

SAID = ("kind", "hospital", "days", "leaves", "back", "companion", "escort", "until")
"""What of a plan says something of somebody's health."""

Days = Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(max_length=7)]


class Said(Op, kw_only=True):
    """What is said of a plan: where to, on which days, who drives, who goes along."""

    kind: Key
    hospital: Short
    days: Days
    leaves: Key
    back: Key
    driver: Uuid
    deputy: Uuid
    plate: Key = ""
    companion: Number | None = None
    escort: Annotated[str, Meta(max_length=rules.LONGEST_NAME)] = ""
    until: Key = ""

    def said(self, at: Moment, asked: Asked, door: Household, resident: int) -> dict[str, Any]:
        """All of it, as a plan keeps it. Raises `Refused` with words that say what to correct."""
        if self.kind not in rules.KINDS:
            raise Refused(SAY_KIND)
        if not self.hospital.strip():
            raise Refused(SAY_WHERE)
        if not self.days:
            raise Refused(SAY_DAYS)
        if self.driver == self.deputy:
            raise Refused(TWO_DRIVERS)
        must_drive(at, asked, self.driver, self.deputy)
        home = {
            one.id for one in people.residents_of(at.connection, at.community_id, door.household)
        }
        if resident not in home or (self.companion is not None and self.companion not in home):
            raise Refused(NOT_THERE)
        if self.companion == resident:
            raise Refused(SOMEBODY_ELSE)
        return {
            "kind": self.kind,
            "hospital": self.hospital.strip(),
            "days": sorted({*self.days}),
            "leaves": _time(self.leaves),
            "back": _time(self.back),
            "driver": self.driver,
            "deputy": self.deputy,
            "plate": self.plate.strip(),
            "companion": self.companion,
            "escort": self.escort.strip(),
            "until": _day(self.until),
        }


@operation("plan.make", label=mark("Plan standing trips"))
class Make(Said, kw_only=True):
    """Somebody is driven to treatment on the same days of every week, by one driver and one deputy.

    The plan takes the id of this operation; its trips are made by themselves, three days ahead.
    """

    retention: ClassVar = dict.fromkeys((*SAID, "resident", "household", "door"), HEALTH)
    resident: Number
    household: Number | None = None
    door: Line = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        door = self._door(at)
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        if door is None or not access.runs(person, door, asked.corrected_at):
            raise Refused(NOT_YOUR_DOOR)
        said = self.said(at, asked, door, self.resident)
        file = begin_plan(at, asked, door, self.resident, self.driver, self.deputy)
        told = telling.named(at, asked, file.door, {self.driver, self.deputy})
        told += telling.planned(at, asked, file.door)
        file.enter(asked, Event.of(asked, "make", **said, notices=told))

    def _door(self, at: Moment) -> Household | None:
        if self.household is None:
            return one_door(at, self.door)
        return estates.household(at.connection, at.community_id, self.household)


@operation("plan.change", label=mark("Change the plan of standing trips"))
class Change(Said, kw_only=True):
    """All of it is said anew; trips that have not begun follow."""

    retention: ClassVar = dict.fromkeys((*SAID, "plan"), HEALTH)
    plan: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = PlanFile.find(at, asked, self.plan)
        if file.plan.ended is not None:
            raise Refused(IS_ENDED)
        said = self.said(at, asked, file.door, file.row.resident_id)
        new = {self.driver, self.deputy} - {file.plan.driver, file.plan.deputy}
        told = telling.named(at, asked, file.door, new)
        told += telling.planned(at, asked, file.door)
        file.enter(asked, Event.of(asked, "change", **said, notices=told))


@operation("plan.end", label=mark("End standing trips"))
class End(Op):
    """There are no more trips; those that have begun go on."""

    retention: ClassVar = {"plan": HEALTH}
    plan: Uuid

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = PlanFile.find(at, asked, self.plan)
        if file.plan.ended is not None:
            file.enter(asked, Event.of(asked, "end")._replace(again=True))
            return
        told = telling.planned(at, asked, file.door)
        told += telling.ended(at, asked, file.door, {file.plan.driver, file.plan.deputy})
        file.enter(asked, Event.of(asked, "end", notices=told))


@operation("trip.make", label=mark("Bring a trip in line with its plan"))
class MakeTrip(Op):
    """The trip of a plan on a day. It goes by itself: three days ahead, and as the plan changes.

    Its id follows from the plan and the day, so that there is one however often this is said.
    """

    retention: ClassVar = {"plan": HEALTH, "day": HEALTH}
    plan: Uuid
    day: Key

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        file = PlanFile.find(at, asked, self.plan)
        try:
            day = date.fromisoformat(self.day)
        except ValueError:
            raise Refused(SAY_DATE) from None
        zone = estates.zone(at.connection, at.community_id)
        due = rules.on(file.plan, zone, day)
        wanted = due in rules.due(file.plan, zone, due.leaves_at, due.leaves_at + 1)
        trip_id = id_of(self.plan, self.day)
        row = trip_row(at.connection, at.community_id, trip_id)
        if row is None:
            if not wanted or due.leaves_at <= asked.corrected_at:
                raise Refused(NO_SUCH_DAY)
            _begin(at, asked, file, trip_id, due)
            row = trip_row(at.connection, at.community_id, trip_id)
            at.react("trips.watch", trip_id)
        assert row is not None
        trip = TripFile.load(at, asked, row)
        if trip.trip.steps:
            raise Refused(HAS_BEGUN)
        event = Event.of(
            asked, "make", self.day, wanted=wanted, driver=file.plan.driver,
            leaves_at=due.leaves_at, back_at=due.back_at,
        )  # fmt: skip
        trip.enter(asked, event)
        at.react("trips.passes", f"{trip_id} {asked.id}")


def id_of(plan_id: str, day: str) -> str:
    """The id of a plan's trip on a day."""
    return derived(f"{plan_id}/{day}")


def _begin(at: Moment, asked: Asked, file: PlanFile, trip_id: str, due: rules.Due) -> None:
    at.connection.execute(
        insert(trips),
        {
            "community_id": at.community_id,
            "id": trip_id,
            "plan_id": file.row.id,
            "household_id": file.row.household_id,
            "day": due.day,
            "leaves_at": due.leaves_at,
            "back_at": due.back_at,
            "driver": file.plan.driver,
            "state": rules.PLANNED,
            "version": asked.seq,
        },
    )
    asked.subject = path_of(trip_id)


def _time(text: str) -> str:
    """A time of day as 07:30. Raises `Refused`."""
    try:
        return time.fromisoformat(text.strip()).strftime("%H:%M")
    except ValueError:
        raise Refused(SAY_TIME) from None


def _day(text: str) -> str:
    """A day as 2022-04-21, or nothing. Raises `Refused`."""
    try:
        return date.fromisoformat(text.strip()).isoformat() if text.strip() else ""
    except ValueError:
        raise Refused(SAY_DATE) from None


NOT_YOUR_DOOR = mark(
    "Standing trips are planned by who looks after that building. Ask for help instead, and say "
    "on which days."
)
SAY_KIND = mark("Choose what it is for.")
SAY_WHERE = mark("Say to which hospital.")
SAY_DAYS = mark("Choose the days of the week.")
SAY_TIME = mark("Write times of day as 07:30.")
SAY_DATE = mark("Write days as 2022-04-21.")
TWO_DRIVERS = mark("Choose two people: one drives, the other steps in when they cannot.")
NOT_THERE = mark("Choose people who live behind this door.")
SOMEBODY_ELSE = mark("Choose somebody else to go along.")
IS_ENDED = mark("These trips were ended. Make a new plan.")
NO_SUCH_DAY = mark("The plan has no trip on that day, or it is over.")
HAS_BEGUN = mark("This trip has begun; what the plan says counts from the next one on.")
