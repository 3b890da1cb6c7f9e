"""What the events of a case add up to, which step may follow which, and what is overdue.

No session, request or clock. Events are folded in the order in which they were made, whatever the
order in which they arrived: a phone without a signal tells of 14:00 at 15:00.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server import clock
from server.i18n import Words, mark
from server.oplog.events import Event, in_order
from server.oplog.kinds import Refused

SMALLEST = 10
"""Occupied households of a building below which a bulletin would as good as name one of them."""

ANTIGEN, NUCLEIC, TOLD = "antigen", "nucleic", "told"
WHYS = {
    ANTIGEN: mark("Positive antigen test"),
    NUCLEIC: mark("Positive nucleic test"),
    TOLD: mark("Told by the hospital or the person"),
}

ASKED, COMING, PICKED_UP, ARRIVED = "asked", "coming", "picked_up", "arrived"
RETURNED, HOME = "returned", "home"
STEPS = {
    ASKED: mark("Transfer asked for"),
    COMING: mark("Vehicle coming"),
    PICKED_UP: mark("Picked up"),
    ARRIVED: mark("At the hospital or shelter"),
    RETURNED: mark("Back at home"),
    HOME: mark("Stays at home"),
}
"""How far a transfer has got."""

FOLLOWS = {
    ASKED: ("", HOME, RETURNED),
    COMING: (ASKED,),
    PICKED_UP: (ASKED, COMING),  # some vehicles are there before anybody says they come
    ARRIVED: (ASKED, COMING, PICKED_UP),  # and some drivers are heard of only afterwards
    RETURNED: (PICKED_UP, ARRIVED),
    HOME: ("", ASKED, COMING, RETURNED),
}
"""What each step may follow; an empty word is a case in which no step was made yet."""

WAITING = ("", ASKED, COMING, HOME)
"""Steps at which the person is at home and is called every day."""

GONE = (PICKED_UP, ARRIVED)
"""Steps at which they are not, and their home is to be disinfected."""

WELL, WORSE, NO_ANSWER = "well", "worse", "no_answer"
CALLS = {WELL: mark("Well"), WORSE: mark("Worse"), NO_ANSWER: mark("No answer")}

CONFIRMED, NOT_CONFIRMED = "confirmed", "not"

DUE, DONE = "asked", "done"
DISINFECTING = {DUE: mark("Disinfection asked for"), DONE: mark("Disinfected")}

RECOVERED, MOVED, MISTAKE, DIED = "recovered", "moved", "mistake", "died"
ENDS = {
    RECOVERED: mark("Recovered"),
    MOVED: mark("Moved away"),
    MISTAKE: mark("It was a mistake"),
    DIED: mark("Passed away"),
}

SAID = {
    "own": mark("Follow-up"),
    "book": mark("Confirming test booked"),
    "confirm": mark("Confirming test"),
    "doubt": mark("The result no longer stands"),
    "contact": mark("Close contact"),
    "care": mark("Care at home"),
    "undo": mark("Something was taken back"),
    "remind": mark("Reminded"),
}
"""What is in a file besides steps, calls and the like, which say by themselves what they are."""

LEFT_BEHIND = {
    "child": mark("A child"),
    "old": mark("An old person"),
    "pet": mark("A pet"),
    "medicine": mark("Medicine"),
    "other": mark("Something else"),
}
"""Whom or what somebody has to look after while the person is away."""

CALL_EVERY = clock.DAY
VEHICLE_LATE = clock.HOUR
AWAITING_LONG = clock.DAY
SAME_TIME = 10 * clock.MINUTE
"""Two phones that say when a vehicle comes mean the same one where they differ by no more."""


@dataclass(slots=True)
class State:
    """What a case has come to."""

    opened: Event | None = None
    positives: list[Event] = field(default_factory=list)
    owner: str = ""
    phone: str = ""
    step: Event | None = None
    left_at: int | None = None  # when they left home, where they are not back
    called: Event | None = None  # the last call that was answered
    tried: Event | None = None  # the last call
    booked: Event | None = None
    confirmed: Event | None = None
    doubted: Event | None = None
    disinfecting: Event | None = None
    contacts: dict[str, Event] = field(default_factory=dict)
    cares: dict[str, Event] = field(default_factory=dict)
    closed: Event | None = None

    @property
    def step_key(self) -> str:
        """The step it stands at; empty before the first."""
        return self.step.key if self.step else ""

    @property
    def since(self) -> int:
        """Since when it stands as it does."""
        standing = self.step or self.opened
        return standing.at if standing else 0

    @property
    def tested_at(self) -> int | None:
        """When the first positive test was taken, where that is known of any."""
        known = [one.said["tested_at"] for one in self.positives if one.said.get("tested_at")]
        return min(known, default=None)

    @property
    def sure(self) -> bool:
        """True where a second test has confirmed it."""
        return self.confirmed is not None and self.confirmed.key == CONFIRMED


def fold(events: Iterable[Event]) -> State:
    """What the events come to, whatever the order in which they arrived."""
    state = State()
    for event in in_order(events):
        _TURNS[event.what](state, event)
    return state


def repeats(event: Event) -> bool:
    """True for a contact who was one already: only the day's round is another."""
    return event.what == "contact" and event.again


def _opened(state: State, event: Event) -> None:
    if state.opened is None:
        state.opened = event
    state.positives.append(event)
    state.doubted = None


def _owned(state: State, event: Event) -> None:
    state.owner, state.phone = event.key, event.said.get("phone", "")


def _stepped(state: State, event: Event) -> None:
    if state.step is not None and state.step.key == event.key and _same(state.step, event):
        return  # two people said it: it has been so since the first of them did
    state.step = event
    if event.key not in GONE:
        state.left_at = None
    elif state.left_at is None:
        state.left_at = event.at


def _called(state: State, event: Event) -> None:
    state.tried = event
    if event.key != NO_ANSWER:
        state.called = event


def _booked(state: State, event: Event) -> None:
    state.booked = event


def _confirmed(state: State, event: Event) -> None:
    state.confirmed = event
    state.doubted = event if event.key == NOT_CONFIRMED else None


def _doubted(state: State, event: Event) -> None:
    state.doubted = event


def _disinfecting(state: State, event: Event) -> None:
    state.disinfecting = event


def _met(state: State, event: Event) -> None:
    if event.said.get("is_contact", True):
        state.contacts[event.key] = event
    else:
        state.contacts.pop(event.key, None)


def _cared(state: State, event: Event) -> None:
    state.cares[event.key] = event


def _closed(state: State, event: Event) -> None:
    state.closed = event


def _nothing(state: State, event: Event) -> None:
    """It says something in the story and changes nothing."""


_TURNS = {
    "open": _opened,
    "own": _owned,
    "step": _stepped,
    "call": _called,
    "book": _booked,
    "confirm": _confirmed,
    "doubt": _doubted,
    "disinfect": _disinfecting,
    "contact": _met,
    "care": _cared,
    "close": _closed,
    "undo": _nothing,
    "remind": _nothing,
}


def apart(state: State) -> str | None:
    """The step at which nobody may call them to where others are; None where anybody may.

    From the opening of their case until they are back, or until it is closed.
    """
    if state.opened is None or state.closed is not None or state.step_key == RETURNED:
        return None
    return state.step_key


# Steps


def said_before(events: Sequence[Event], new: Event) -> bool:
    """True where a step says again what somebody said who could not be heard.

    Raises `Refused` where it cannot follow what had been said when it was made.
    """
    steps = [one for one in in_order(events) if one.what == "step"]
    before = [one for one in steps if (one.at, one.seq) <= (new.at, new.seq)]
    after = steps[len(before) :]
    last = before[-1] if before else None
    for other in (*before[-1:], *after[:1]):
        if other.key == new.key and _same(other, new):
            return True
    if last is not None and last.key == new.key == COMING:
        return False  # another time or another vehicle
    must_follow(last.key if last else "", new.key)
    return False


def _same(one: Event, other: Event) -> bool:
    """True where two people said the same of the same vehicle, or of any other step."""
    if one.key != COMING:
        return True
    plates = {plate for event in (one, other) if (plate := event.said.get("plate"))}
    apart = abs(one.said["expected"] - other.said["expected"])
    return len(plates) < 2 and apart <= SAME_TIME


def must_follow(last: str, step: str) -> None:
    """Raises `Refused` where a step cannot come now."""
    if last in FOLLOWS[step]:
        return
    if last in ("", HOME, RETURNED):
        raise Refused(NOT_ASKED)
    raise Refused(OUT_OF_ORDER, now=Words(STEPS[last]), step=Words(STEPS[step]))


def may_follow(last: str) -> tuple[str, ...]:
    """The steps that may come now, the likeliest first."""
    found = [step for step, before in FOLLOWS.items() if last in before]
    if last == COMING:
        found.append(COMING)
    return tuple(sorted(found, key=lambda step: _LIKELY.get(last, ()).index(step)))


_LIKELY = {
    "": (ASKED, HOME),
    ASKED: (COMING, PICKED_UP, ARRIVED, HOME),
    COMING: (PICKED_UP, ARRIVED, COMING, HOME),
    PICKED_UP: (ARRIVED, RETURNED),
    ARRIVED: (RETURNED,),
    RETURNED: (HOME, ASKED),
    HOME: (ASKED,),
}

# Clocks


class Danger(NamedTuple):
    """Something that needs a person, and since when."""

    what: str
    since: int

    @property
    def label(self) -> str:
        """Marked words."""
        return DANGERS[self.what]


DANGERS = {
    "worse": mark("Said on the telephone that it gets worse"),
    "vehicle": mark("The vehicle has not come"),
    "awaiting": mark("Waits for a transfer for more than a day"),
    "call": mark("The daily call is missing"),
    "doubt": mark("The result no longer stands: close the case as a mistake?"),
    "moved": mark("The person no longer lives here"),
    "owner": mark("Nobody follows this up"),
    "disinfect": mark("The home is to be disinfected"),
    "care": mark("Nobody may be looking after what was left behind"),
}
"""What may need a person."""

TOLD_ONCE = ("vehicle", "awaiting", "call")
"""Of those, the clocks that run out by themselves: whoever follows the case up hears of them."""


def dangers(state: State, now: int, *, moved: bool = False) -> list[Danger]:
    """What needs a person by now, the oldest first."""
    found = [one for one in deadlines(state) if one.since <= now]
    opened = state.opened.at if state.opened else now
    if state.called is not None and state.called.key == WORSE and state.step_key in WAITING:
        found.append(Danger("worse", state.called.at))
    if state.doubted is not None:
        found.append(Danger("doubt", state.doubted.at))
    if moved:
        found.append(Danger("moved", opened))
    if not state.owner:
        found.append(Danger("owner", opened))
    if state.left_at is not None and not _is_clean(state, state.left_at):
        found.append(Danger("disinfect", state.left_at))
    for care in state.cares.values():
        until = care.said.get("until")
        if not care.said.get("done") and until and until <= now:
            found.append(Danger("care", until))
    return sorted(found, key=lambda one: one.since)


def _is_clean(state: State, left_at: int) -> bool:
    """True where the home was disinfected since they left it."""
    done = state.disinfecting
    return done is not None and done.key == DONE and done.at >= left_at


def deadlines(state: State) -> list[Danger]:
    """The clocks that run, each with the moment at which it runs out."""
    if state.closed is not None or state.opened is None:
        return []
    found = []
    if state.step_key in WAITING:
        called = state.called.at if state.called else state.opened.at
        since = max(called, state.step.at if state.step and state.step.key == HOME else 0)
        found.append(Danger("call", since + CALL_EVERY))
    if state.step is not None and state.step.key == COMING:
        due = max(state.step.at + VEHICLE_LATE, state.step.said["expected"])
        found.append(Danger("vehicle", due))
    if state.step is not None and state.step.key == ASKED:
        found.append(Danger("awaiting", state.step.at + AWAITING_LONG))
    return found


def ends_at(state: State, contact: Event) -> int | None:
    """When a close contact need not stay at home any more; None while nobody can say.

    Until the time that was said for them, else until the case is closed. A mistake ends it at once.
    """
    until: int | None = contact.said.get("until")
    closed = state.closed
    if closed is not None and (until is None or closed.key == MISTAKE):
        return closed.at if until is None else min(until, closed.at)
    return until


def freed(state: State) -> set[int]:
    """The households of those close contacts for whom it ended when the case was closed."""
    closed = state.closed
    return {
        one.said["household"]
        for one in state.contacts.values()
        if closed is not None and one.said.get("household") and ends_at(state, one) == closed.at
    }


def unseen(events: Iterable[Event], actor: str, seen: int) -> Event | None:
    """The newest that others said of a case and this person had not seen when they closed it."""
    return max(
        (
            one
            for one in events
            if one.seq > seen and one.actor != actor and one.what != "remind" and not repeats(one)
        ),
        key=lambda one: one.seq,
        default=None,
    )


NOT_ASKED = mark("Nobody has asked for a transfer yet. Ask for it first.")
OUT_OF_ORDER = mark("“%(step)s” cannot follow “%(now)s”. Take that back first if it is wrong.")
