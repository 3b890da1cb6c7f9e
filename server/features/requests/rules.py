"""What the events of a request come to, how long each state may last, and what may be said next.

No session, request or clock. Events are folded in the order in which they were made, whatever the
order in which they arrived; only taking goes by arrival, see `file.File.when`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from server import clock
from server.features.requests.kinds import KINDS, NOW, SOON, TODAY, RequestKind
from server.i18n import Words, mark
from server.oplog.events import Event, in_order, until
from server.oplog.kinds import Refused

ASKED, TAKEN, UNDER_WAY, HANDED_OVER = "asked", "taken", "under_way", "handed_over"
DONE, COULD_NOT, WITHDRAWN, JOINED = "done", "could_not", "withdrawn", "joined"
STATES = {
    ASKED: mark("Waits for somebody"),
    TAKEN: mark("Taken"),
    UNDER_WAY: mark("Under way"),
    HANDED_OVER: mark("Handed over"),
    DONE: mark("Done"),
    COULD_NOT: mark("Could not be done"),
    WITHDRAWN: mark("Withdrawn"),
    JOINED: mark("Joined to another"),
}
OWNED = (TAKEN, UNDER_WAY, HANDED_OVER)
"""States in which somebody has it."""

STEPS = {
    UNDER_WAY: (TAKEN,),
    HANDED_OVER: (TAKEN, UNDER_WAY),
    DONE: OWNED,
    COULD_NOT: OWNED,
}
"""What whoever has it may say, and what each may follow."""

HOME, STAIRWELL, BUILDING = "home", "stairwell", "building"
BREADTHS = {
    HOME: mark("One home"),
    STAIRWELL: mark("The whole stairwell"),
    BUILDING: mark("The whole building"),
}

LONGEST = 500
"""Characters of what somebody says about a request."""

NOBODY_YET, FIRST, NEXT, LEAD, EVERYBODY = range(5)
"""How far a request was carried: to nobody while it is put off, to those nearest, to the next of
them, to whoever leads there, to everybody on duty there."""

WIDTH = {NOW: 3, SOON: 1, TODAY: 1}
"""How many people are asked at once before it goes to the lead."""


class Limit(NamedTuple):
    """How long something may last before somebody else hears of it, in minutes."""

    day: int
    night: int


LIMITS = {
    NOW: {
        ASKED: Limit(3, 3), TAKEN: Limit(10, 10), UNDER_WAY: Limit(30, 30),
        HANDED_OVER: Limit(60, 60),
    },
    SOON: {
        ASKED: Limit(15, 20), TAKEN: Limit(45, 60), UNDER_WAY: Limit(120, 120),
        HANDED_OVER: Limit(240, 480),
    },
    TODAY: {
        ASKED: Limit(60, 480), TAKEN: Limit(240, 600), UNDER_WAY: Limit(240, 600),
        HANDED_OVER: Limit(480, 720),
    },
}  # fmt: skip
"""By how soon it is wanted, then by how it stands."""

NIGHT = (22, 7)
"""From this hour until that one, in the community's own time."""

LONGEST_CLOCK = clock.DAY
"""A clock that ran out again and again runs longer each time, and never longer than this."""

FREE_IN_A_MINUTE = 5
"""Requests of one account within a minute that are passed on at once."""

LONGEST_PUT_OFF = clock.HOUR

NUDGED_ALREADY = 5 * clock.MINUTE
"""Whoever has it is not asked about it twice within this."""


@dataclass(slots=True)
class State:
    """What a request has come to."""

    opened: Event | None = None
    state: str = ASKED
    since: int = 0
    owner: str = ""
    level: int = NOBODY_YET
    beyond: int = 0  # how often its clock ran out with nobody further to carry it to
    wound: int = 0  # when its clock was last wound
    asked: dict[str, None] = field(default_factory=dict)  # accounts that were asked to take it
    offers: dict[str, Event] = field(default_factory=dict)  # by account
    joined_to: str = ""
    closed: Event | None = None
    thanked: Event | None = None

    @property
    def kind(self) -> RequestKind:
        """What was asked for."""
        assert self.opened is not None
        return KINDS[self.opened.key]

    @property
    def open(self) -> bool:
        """True while somebody has to do something."""
        return self.state == ASKED or self.state in OWNED

    @property
    def put_off(self) -> int | None:
        """When it is passed on, where too much was asked at once for that to be now."""
        if self.opened is None or self.level or self.state != ASKED:
            return None
        return self.opened.at + int(self.opened.said.get("put_off", 0))


def fold(events: Iterable[Event]) -> State:
    """What the events come to, whatever the order in which they arrived."""
    state = State()
    for event in in_order(events):
        _TURNS[event.what](state, event)
    return state


def as_of(events: Iterable[Event], at: int) -> State:
    """What a request had come to by a moment."""
    return fold(until(events, at))


def _asked(state: State, event: Event) -> None:
    if state.opened is None:
        state.opened = event
        _ask_again(state, event)


def _ask_again(state: State, event: Event) -> None:
    """Nobody has it, and those who were told now may take it."""
    state.owner, state.closed, state.thanked = "", None, None
    state.level, state.beyond = event.said.get("level", FIRST), 0
    _becomes(state, event, ASKED)
    _called(state, event)


def _called(state: State, event: Event) -> None:
    state.asked |= dict.fromkeys(event.said.get("asked", ()))


def _becomes(state: State, event: Event, what: str) -> None:
    state.state, state.since, state.wound = what, event.at, event.at


def _taken(state: State, event: Event) -> None:
    if state.state == ASKED:
        _given(state, event, event.actor)


def _given(state: State, event: Event, owner: str) -> None:
    state.owner, state.level, state.beyond = owner, NOBODY_YET, 0
    state.asked[owner] = None
    _becomes(state, event, TAKEN)


def _passed_on(state: State, event: Event) -> None:
    if not state.open:
        return
    if event.key:
        _given(state, event, event.key)
    else:
        _ask_again(state, event)


def _stepped(state: State, event: Event) -> None:
    if state.state not in STEPS[event.key]:
        return
    if event.key in (DONE, COULD_NOT):
        _closed(state, event, event.key)
    else:
        state.level, state.beyond = NOBODY_YET, 0
        _becomes(state, event, event.key)


def _closed(state: State, event: Event, what: str) -> None:
    state.closed = event
    _becomes(state, event, what)


def _withdrawn(state: State, event: Event) -> None:
    if state.open:
        _closed(state, event, WITHDRAWN)


def _joined(state: State, event: Event) -> None:
    if state.open:
        state.joined_to = event.key
        _closed(state, event, JOINED)


def _reopened(state: State, event: Event) -> None:
    if not state.open:
        state.joined_to = ""
        _ask_again(state, event)


def _escalated(state: State, event: Event) -> None:
    if state.state != ASKED:
        return  # somebody had it by then, whose phone could not say so
    state.beyond += event.said["level"] == state.level
    state.level, state.wound = event.said["level"], event.at
    _called(state, event)


def _nudged(state: State, event: Event) -> None:
    if state.state in OWNED and event.said.get("told"):
        state.level, state.wound = state.level + 1, event.at
        state.beyond = max(0, state.level - 1)


def _offered(state: State, event: Event) -> None:
    state.offers.setdefault(event.actor, event)


def _thanked(state: State, event: Event) -> None:
    if state.state == DONE:
        state.thanked = event


def _nothing(state: State, event: Event) -> None:
    """It says something in the story and changes nothing."""


_TURNS = {
    "ask": _asked,
    "take": _taken,
    "pass_on": _passed_on,
    "step": _stepped,
    "withdraw": _withdrawn,
    "join": _joined,
    "part": _nothing,  # the joining counts as taken back
    "reopen": _reopened,
    "escalate": _escalated,
    "nudge": _nudged,
    "offer": _offered,
    "thank": _thanked,
    "add": _nothing,
    # The steps of an emergency stand beside how far whoever has it is: see `emergency.fold`.
    "do": _nothing,
    "did": _nothing,
    "drop": _nothing,
    "call": _nothing,
}

# Clocks


def due_at(state: State, zone: tzinfo) -> int | None:
    """When the running clock runs out; None where none runs."""
    if not state.open:
        return None
    if state.put_off is not None:
        return state.put_off
    limit = LIMITS[state.kind.urgency][state.state]
    minutes = limit.night if at_night(state.wound, zone) else limit.day
    lasts = minutes * clock.MINUTE << min(state.beyond, 16)
    return state.wound + min(lasts, max(LONGEST_CLOCK, minutes * clock.MINUTE))


def at_night(moment: int, zone: tzinfo) -> bool:
    """True where most people sleep."""
    hour = datetime.fromtimestamp(moment / 1000, zone).hour
    evening, morning = NIGHT
    return hour >= evening or hour < morning


def put_off(kind: RequestKind, before: int) -> int:
    """How long a request waits that follows so many of its asker's within a minute, in ms."""
    if kind.urgency == NOW or before < FREE_IN_A_MINUTE:
        return 0
    return min(clock.MINUTE << min(before - FREE_IN_A_MINUTE, 16), LONGEST_PUT_OFF)


def just_nudged(events: Iterable[Event], at: int) -> bool:
    """True where whoever has it was asked about it a moment ago."""
    return any(
        one.what == "nudge" and one.said.get("told") and at - NUDGED_ALREADY < one.at <= at
        for one in events
    )


# What may be said


def must_follow(state: State, step: str) -> bool:
    """True where the step was said before. Raises `Refused` where it cannot come now."""
    if state.state == step:
        return True
    if state.state not in STEPS[step]:
        raise Refused(OUT_OF_ORDER, now=Words(STATES[state.state]), step=Words(STATES[step]))
    return False


def may_follow(state: State) -> tuple[str, ...]:
    """The steps that may come now, the likeliest first."""
    return tuple(step for step, before in STEPS.items() if state.state in before)


OUT_OF_ORDER = mark("“%(step)s” cannot follow “%(now)s”. Look again at how it stands.")
