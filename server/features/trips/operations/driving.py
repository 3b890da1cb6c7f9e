"""What is tapped on a trip, who drives it, and whether it takes place."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from server.features.trips import access, rules, telling
from server.features.trips.clearance import clearance
from server.features.trips.file import NO_TRIP, TripFile
from server.features.trips.operations.saying import Key, OfTrip, must_drive
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.events import Event
from server.oplog.kinds import HEALTH, Asked, Refused, operation

Why = Annotated[str, Meta(max_length=rules.LONGEST_WHY)]


@operation("trip.step", label=mark("Say how far a trip is"))
class Step(OfTrip):
    """The driver, the deputy or who runs it taps what was done; a household that they are back.

    That somebody left is a fact, also where their test does not count: it is kept, and those who
    lead hear of it at once. No gate has a pass for them.
    """

    step: Key

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        if self.step not in rules.STEPS:
            raise Refused(NO_SUCH_STEP)
        if not (file.drives or file.runs or self.step == rules.BACK):
            raise Refused(NO_TRIP)
        if file.trip.state == rules.SKIPPED and self.step == rules.READY:
            raise Refused(IS_SKIPPED)
        said: dict[str, Any] = {"notices": []}
        again = self.step in file.trip.steps
        if self.step == rules.OFF and not again:
            said = self._left(file, asked)
        elif self.step == rules.BACK and not again and rules.LATE in file.trip.reminded:
            said["notices"] = telling.leads(file, asked, telling.IS_BACK)
        file.enter(asked, Event.of(asked, "step", self.step, **said)._replace(again=again))

    def _left(self, file: TripFile, asked: Asked) -> dict[str, Any]:
        known = clearance(
            file.at.connection, file.at.community_id, file.plan_row.resident_id, file.plan,
            file.trip, asked.corrected_at,
        )  # fmt: skip
        if known.cleared and file.trip.state != rules.SKIPPED:
            return {"notices": []}
        return {"uncleared": True, "notices": telling.leads(file, asked, telling.LEFT_UNCLEARED)}


@operation("trip.undo", label=mark("Take back how far a trip is"))
class Undo(OfTrip):
    """It was tapped by mistake."""

    step: Key

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        event = file.trip.steps.get(self.step)
        if event is None:
            raise Refused(NOT_SAID)
        if not (file.drives or file.runs or event.actor == asked.actor):
            raise Refused(NO_TRIP)
        file.enter(asked, Event.of(asked, "undo", self.step))


@operation("trip.drive", label=mark("Say who drives this time"))
class Drive(OfTrip):
    """The driver cannot, or the deputy takes over; or who runs it names somebody else."""

    driver: Uuid

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        if not (file.drives or file.runs):
            raise Refused(NO_TRIP)
        if not file.runs and self.driver not in (file.plan.driver, file.plan.deputy, asked.actor):
            raise Refused(NOT_YOURS_TO_NAME)
        file.must_be(rules.PLANNED, rules.AWAY)
        must_drive(file.at, asked, self.driver)
        again = file.trip.driver == self.driver
        told = [] if again else telling.drivers(file, asked, {file.trip.driver, self.driver})
        event = Event.of(asked, "drive", self.driver, notices=told)
        file.enter(asked, event._replace(again=again))
        file.at.react("trips.passes", f"{file.row.id} {asked.id}")  # the driver is on them


@operation("trip.allow", label=mark("Let a trip go without a test"))
class Allow(OfTrip):
    """Who leads lets them go though no test counts, and says why: the passes are made."""

    retention: ClassVar = {"trip": HEALTH, "why": HEALTH}
    why: Why

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        if not access.leads(file.person, file.door, file.now):
            raise Refused(LEADS_ONLY)
        file.must_be(rules.PLANNED)
        if not self.why.strip():
            raise Refused(SAY_WHY)
        again = file.trip.allowed is not None
        told = [] if again else telling.driver(file, asked, telling.ALLOWED)
        event = Event.of(asked, "allow", why=self.why.strip(), notices=told)
        file.enter(asked, event._replace(again=again))
        file.at.react("trips.passes", f"{file.row.id} {asked.id}")


@operation("trip.skip", label=mark("Say that a trip does not take place"))
class Skip(OfTrip):
    """The household, the driver or who runs it says so and why; the others hear of it."""

    retention: ClassVar = {"trip": HEALTH, "why": HEALTH}
    why: Why

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        if not self.why.strip():
            raise Refused(SAY_WHY)
        again = file.trip.state == rules.SKIPPED
        if not again:
            file.must_be(rules.PLANNED)
        told = [] if again else telling.everybody(file, asked, telling.SKIPPED)
        event = Event.of(asked, "skip", why=self.why.strip(), notices=told)
        file.enter(asked, event._replace(again=again))
        file.at.react("trips.passes", f"{file.row.id} {asked.id}")


@operation("trip.keep", label=mark("Have a trip take place after all"))
class Keep(OfTrip):
    """It was said to be off and takes place all the same."""

    def say(self, file: TripFile, asked: Asked) -> None:
        """See the class."""
        if not file.trip.wanted or file.trip.leaves_at <= file.now:
            raise Refused(TOO_LATE)
        again = file.trip.skipped is None
        told = [] if again else telling.everybody(file, asked, telling.KEPT)
        event = Event.of(asked, "keep", notices=told)
        file.enter(asked, event._replace(again=again))
        file.at.react("trips.passes", f"{file.row.id} {asked.id}")


NO_SUCH_STEP = mark("A trip has no such step.")
IS_SKIPPED = mark("This trip does not take place. Ask whoever planned it.")
NOT_SAID = mark("Nobody has said that.")
NOT_YOURS_TO_NAME = mark(
    "Name the driver or the deputy of the plan; others are named by who runs it."
)
LEADS_ONLY = mark("Only those who lead the community let somebody go without a test that counts.")
SAY_WHY = mark("Say why, so that the others know what to do.")
TOO_LATE = mark("Its time is over, or its plan has no such trip any more. Ask for a pass instead.")
