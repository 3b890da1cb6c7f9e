"""What a plan and its trips come to, on which days there is one, and what is due when.

No session, request or clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from server import clock
from server.i18n import mark
from server.oplog.events import Event, in_order

KINDS = {
    "dialysis": mark("Dialysis"),
    "chemo": mark("Chemotherapy or radiation"),
    "pregnancy": mark("Check-up in pregnancy"),
    "other": mark("Another treatment"),
}
"""What somebody is driven to again and again. Only those who answer for health there read it."""

WEEKDAYS = {
    1: mark("Monday"),
    2: mark("Tuesday"),
    3: mark("Wednesday"),
    4: mark("Thursday"),
    5: mark("Friday"),
    6: mark("Saturday"),
    7: mark("Sunday"),
}
"""By the numbers of ISO 8601."""

LONGEST_HOSPITAL, LONGEST_NAME, LONGEST_PLATE, LONGEST_WHY = 60, 40, 12, 120

AHEAD = 4 * clock.DAY
"""How far ahead a plan's trips are made, every night: so each is there three days before."""

EARLY, EVE, LAST = 2 * clock.DAY, 12 * clock.HOUR, 2 * clock.HOUR
"""How long before the trip it is looked after: two days, the evening, and shortly before."""

READY_BEFORE = 45 * clock.MINUTE
"""By then the driver has said that the vehicle is ready, or the deputy and who leads hear of it."""

LATE_AFTER, CLEAN_AFTER = clock.HOUR, 3 * clock.HOUR
"""After the return that was expected: when somebody asks after them, and after the disinfection."""

PASS_BEFORE, PASS_AFTER = 30 * clock.MINUTE, clock.HOUR
"""How long before and after the trip its passes hold: traffic, and treatment that takes longer."""


# A plan


@dataclass(slots=True)
class Plan:
    """What a plan says."""

    kind: str = "other"
    hospital: str = ""
    days: tuple[int, ...] = ()
    leaves: str = "07:00"
    back: str = "13:00"
    driver: str = ""
    deputy: str = ""
    plate: str = ""
    companion: int | None = None  # somebody of the household
    escort: str = ""  # somebody else who goes along
    until: str = ""  # the last day; empty: until it is ended
    changed: str = ""
    ended: Event | None = None


SAID = (
    *("kind", "hospital", "days", "leaves", "back", "driver", "deputy"),
    *("plate", "companion", "escort", "until"),
)
"""What is said of a plan, and said anew as a whole."""


def fold_plan(events: Iterable[Event]) -> Plan:
    """What the events of a plan come to: the last that was said of it, until it is ended."""
    plan = Plan()
    for event in in_order(events):
        if event.again:
            continue
        if event.what == "end":
            plan.ended = plan.ended or event
        else:
            for name in SAID:
                value = event.said[name]
                setattr(plan, name, tuple(value) if name == "days" else value)
        plan.changed = event.op_id
    return plan


class Due(NamedTuple):
    """A day on which a plan has a trip, in Unix milliseconds."""

    day: str
    leaves_at: int
    back_at: int


def due(plan: Plan, zone: tzinfo, since: int, until: int) -> list[Due]:
    """The trips of a plan that leave from `since` on and before `until`."""
    if plan.ended is not None:
        return []
    first = datetime.fromtimestamp(since / 1000, zone).date()
    last = datetime.fromtimestamp(until / 1000, zone).date()
    found = (on(plan, zone, day) for day in _days(first, last) if day.isoweekday() in plan.days)
    return [
        one
        for one in found
        if since <= one.leaves_at < until and (not plan.until or one.day <= plan.until)
    ]


def on(plan: Plan, zone: tzinfo, day: date) -> Due:
    """The trip of a plan on a day. Whoever is back earlier than they left is back the next day."""
    leaves, back = time.fromisoformat(plan.leaves), time.fromisoformat(plan.back)
    return_day = day + timedelta(days=1) if back <= leaves else day
    return Due(
        day.isoformat(),
        clock.from_datetime(datetime.combine(day, leaves, zone)),
        clock.from_datetime(datetime.combine(return_day, back, zone)),
    )


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


# A trip


@dataclass(frozen=True, slots=True)
class Step:
    """One tap of a trip."""

    key: str
    label: str  # marked words, as all that follows
    done: str
    glyph: str
    hint: str = ""


READY, OFF, THERE, FETCHED, BACK, CLEAN = "ready", "off", "there", "fetched", "back", "clean"
STEPS = {
    step.key: step
    for step in (
        Step(
            READY,
            mark("The vehicle is ready"),
            mark("The vehicle was made ready"),
            "⊜",
            mark("It is disinfected and stands at the door; you wear your suit."),
        ),
        Step(OFF, mark("We leave"), mark("They left"), "→"),
        Step(THERE, mark("We are at the hospital"), mark("They were at the hospital"), "✚"),
        Step(FETCHED, mark("We drive back"), mark("They drove back"), "←"),
        Step(BACK, mark("They are at home"), mark("They were brought home"), "⌂"),
        Step(
            CLEAN,
            mark("The vehicle is disinfected"),
            mark("The vehicle was disinfected"),
            "✓",
            mark("Seats, handles and belts; the suit is off and thrown away."),
        ),
    )
}
"""What is tapped on a trip, in the order in which it is done."""

PLANNED, AWAY, HOME, DONE, SKIPPED = "planned", "away", "home", "done", "skipped"
STATES = {
    PLANNED: mark("Planned"),
    AWAY: mark("On the way"),
    HOME: mark("At home; the vehicle is to be disinfected"),
    DONE: mark("Done"),
    SKIPPED: mark("Does not take place"),
}
OPEN = (PLANNED, AWAY, HOME)

TEST_EARLY, TEST_EVE, TEST_LAST, TOMORROW, NOT_READY, LATE, NOT_CLEAN = (
    "early", "eve", "last", "tomorrow", "ready", "late", "clean",
)  # fmt: skip
TESTS = {TEST_EARLY: EARLY, TEST_EVE: EVE, TEST_LAST: LAST}
"""What is said of a test that will be too old, and how long before the trip."""


@dataclass(slots=True)
class Trip:
    """What a trip has come to."""

    leaves_at: int = 0
    back_at: int = 0
    wanted: bool = True  # its plan still has it
    driver: str = ""
    named: Event | None = None  # by which somebody else drives this time
    steps: dict[str, Event] = field(default_factory=dict)
    allowed: Event | None = None
    skipped: Event | None = None
    reminded: dict[str, Event] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """How far it is; somebody who left is on the way, whatever else was said."""
        for step, state in ((CLEAN, DONE), (BACK, HOME)):
            if step in self.steps:
                return state
        if self.steps.keys() & {OFF, THERE, FETCHED}:
            return AWAY
        return SKIPPED if self.skipped is not None or not self.wanted else PLANNED

    @property
    def next_step(self) -> str | None:
        """What is tapped next: the first after the last that was said."""
        keys = list(STEPS)
        last = max((keys.index(key) for key in self.steps), default=-1)
        return keys[last + 1] if last + 1 < len(keys) else None


def fold_trip(events: Iterable[Event]) -> Trip:
    """What the events of a trip come to, in the order in which they were made."""
    trip = Trip()
    for event in (one for one in in_order(events) if not one.again):
        if event.what == "make":
            _made(trip, event)
        elif event.what == "step":
            trip.steps.setdefault(event.key, event)
        elif event.what == "undo":
            trip.steps.pop(event.key, None)
        elif event.what == "drive":
            trip.driver, trip.named = event.key, event
        elif event.what == "allow":
            trip.allowed = event
        elif event.what == "skip":
            trip.skipped = event
        elif event.what == "keep":
            trip.skipped = None
        elif event.what == "remind":
            trip.reminded.setdefault(event.key, event)
    return trip


def _made(trip: Trip, event: Event) -> None:
    """As its plan says it now; who was named for this one trip drives it all the same."""
    trip.wanted = bool(event.said["wanted"])
    if trip.wanted:
        trip.leaves_at, trip.back_at = event.said["leaves_at"], event.said["back_at"]
    if trip.named is None:
        trip.driver = event.said["driver"]


def reminders(trip: Trip, cleared: bool, now: int) -> list[str]:
    """What has to be said now and was not said yet."""
    found = []
    if trip.state == PLANNED:
        if not cleared and now < trip.leaves_at:
            found += _of_test(trip, now)
        if trip.leaves_at - EVE <= now < trip.leaves_at:
            found.append(TOMORROW)
        if READY not in trip.steps and now >= trip.leaves_at - READY_BEFORE:
            found.append(NOT_READY)
    if trip.state in (PLANNED, AWAY) and now >= trip.back_at + LATE_AFTER:
        found.append(LATE)
    if trip.state == HOME and now >= trip.back_at + CLEAN_AFTER:
        found.append(NOT_CLEAN)
    return [one for one in found if one not in trip.reminded]


def _of_test(trip: Trip, now: int) -> list[str]:
    """Only the most pressing of those that are due: a plan made today warns once today."""
    over = [what for what, before in TESTS.items() if now >= trip.leaves_at - before]
    return over[-1:]


LOOKED = 10 * clock.MINUTE
"""How often a trip is looked after, from two days before until it is over."""


def look_again(trip: Trip, now: int) -> int | None:
    """When to look after a trip again; None where nothing more can come of it."""
    first = trip.leaves_at - EARLY
    if now < first:
        return first
    over = trip.back_at + CLEAN_AFTER + 2 * LOOKED
    return None if trip.state == DONE or now >= over else now + LOOKED
