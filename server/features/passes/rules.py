"""What the events of a pass come to, what a gate may find, and when one was used twice.

No session, request or clock. `static/js/judging.js` judges the same way where there is no signal;
a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from server import clock
from server.i18n import mark
from server.oplog.events import Event, in_order

ASKED, VALID, DECLINED, WITHDRAWN, REVOKED = "asked", "valid", "declined", "withdrawn", "revoked"
STATES = {
    ASKED: mark("Waits for approval"),
    VALID: mark("Approved"),
    DECLINED: mark("Not approved"),
    WITHDRAWN: mark("Withdrawn"),
    REVOKED: mark("Revoked"),
}

PERSON, VEHICLE = "person", "vehicle"
KINDS = {PERSON: mark("Somebody on foot"), VEHICLE: mark("A vehicle")}

OUT, IN = "out", "in"
WAYS = {OUT: mark("Out and back"), IN: mark("In and out again")}
CROSSED = {OUT: mark("Out"), IN: mark("In")}
RETURN = {OUT: IN, IN: OUT}

ERRAND = "errand"
REASONS = {
    ERRAND: mark("Shopping or an errand"),
    "hospital": mark("Hospital"),
    "medicine": mark("To fetch medicine"),
    "birth": mark("Birth or emergency"),
    "work": mark("Work that must go on"),
    "care": mark("To look after somebody"),
    "funeral": mark("A death in the family"),
    "service": mark("Locksmith, electrician, repair"),
    "delivery": mark("To bring goods"),
    "medical": mark("An ambulance"),
    "other": mark("Something else"),
}
"""Why somebody passes. A gate never learns it."""

ASKED_FOR = ("errand", "hospital", "medicine", "work", "care", "funeral", "other")
"""Reasons that households give; for the others the committee makes the pass."""

CONDITIONS = {
    "test": mark("a negative test"),
    "slip": mark("the committee's slip"),
    "escort": mark("an escort goes along"),
    "suit": mark("a protective suit"),
    "tools": mark("tools are disinfected before they leave"),
}
"""What a gate asks for."""

GRACE = 15 * clock.MINUTE
"""How long somebody may be late before they are asked after."""

DECIDED_WITHIN = 15 * clock.MINUTE
"""How long a pass waits for the nearest who may approve it, before those who lead hear of it."""

LONGEST = 14 * clock.DAY
"""How long a pass may hold."""

AHEAD = 14 * clock.DAY
"""How far ahead one may be asked for."""

WAITS, LATE = "waits", "late"
"""What is said once and by itself: nobody has decided; somebody is not back."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a household may have without more ado, and what counts as a fresh test."""

    passes: int = 1  # for errands, within `days`
    days: int = 2
    hours: int = 2  # how long one of them holds
    alone: bool = False  # within the limit nobody needs to approve it
    test_hours: int = 48


@dataclass(slots=True)
class State:
    """What a pass has come to."""

    state: str = ASKED
    since: int = 0
    decided_by: str = ""
    why: str = ""
    reminded: set[str] = field(default_factory=set)
    clashes: set[str] = field(default_factory=set)  # crossings that were found to be wrong


def fold(events: Iterable[Event]) -> State:
    """What the events come to, in the order in which they were made; a decision stands."""
    state = State()
    for event in in_order(events):
        if event.what in ("remind", "clash"):
            (state.reminded if event.what == "remind" else state.clashes).add(event.key)
        if event.again or event.what not in _BECOMES:
            continue
        becomes = event.key or _BECOMES[event.what]
        if state.state in _FOLLOWS[becomes] or event.what in ("ask", "make"):
            state.state, state.since = becomes, event.at
            state.decided_by, state.why = event.actor, event.said.get("why", "")
    return state


_BECOMES = {
    "ask": ASKED,
    "make": VALID,
    "approve": VALID,
    "decline": DECLINED,
    "withdraw": WITHDRAWN,
    "revoke": REVOKED,
}
_FOLLOWS = {
    ASKED: (),
    VALID: (ASKED,),
    DECLINED: (ASKED,),
    WITHDRAWN: (ASKED, VALID),
    REVOKED: (VALID,),
}


OK, OVERDUE, NOT_OUT, NOT_YET, EXPIRED, USED, COPY, NOT_VALID = (
    "ok", "overdue", "not_out", "not_yet", "expired", "used", "copy", "not_valid",
)  # fmt: skip
FORGED, OTHER, OLD_KEY, NEW_KEY, UNKNOWN, MISREAD, NO_PASS = (
    "forged", "other", "old_key", "new_key", "unknown", "misread", "no_pass",
)  # fmt: skip
FOUND = {
    OK: mark("The pass is good"),
    OVERDUE: mark("Back late"),
    NOT_OUT: mark("Nobody wrote down that they left: let them back, and it is noted"),
    NOT_YET: mark("It does not hold yet"),
    EXPIRED: mark("It has run out"),
    USED: mark("It was used already"),
    COPY: mark("It is out already: this may be a copy"),
    NOT_VALID: mark("It was revoked, or never approved"),
    FORGED: mark("Its text was changed: it is no genuine pass"),
    OTHER: mark("It is a pass of another community"),
    OLD_KEY: mark("It was signed with an old key: type its number, or have it shown anew"),
    NEW_KEY: mark("This phone does not know its key yet: type its number"),
    UNKNOWN: mark("This phone does not know that number: ring the committee up"),
    MISREAD: mark("A digit is wrong: read the number again"),
    NO_PASS: mark("This picture is no pass: ask for the pass, or for its number"),
}
"""What a gate finds, in words that say what to do."""

FINE = frozenset({OK, OVERDUE, NOT_OUT})
"""With these somebody is let through."""


class Held(Protocol):
    """What is looked at of a pass."""

    @property
    def way(self) -> str: ...
    @property
    def since(self) -> int: ...
    @property
    def until(self) -> int: ...
    @property
    def uses(self) -> int: ...


class Crossing(NamedTuple):
    """Somebody went through a gate with a pass, or was turned away."""

    op_id: str
    at: int
    seq: int
    gate_id: str
    way: str
    actor: str
    let: bool


@dataclass(slots=True)
class Passage:
    """How a pass was used up to a moment."""

    away: bool = False
    used: bool = False
    last: Crossing | None = None


SAME_TAP = 2 * clock.MINUTE
"""The same guard at the same gate says the same once, whatever they tap within this."""


def passages(held: Held, crossings: Iterable[Crossing]) -> list[tuple[Crossing, Passage]]:
    """Every passage with what had come before it, in the order in which they were made."""
    now = Passage()
    found = []
    for one in sorted(crossings, key=lambda crossing: (crossing.at, crossing.seq)):
        if not one.let or _same_tap(now.last, one):
            continue
        found.append((one, now))
        first = one.way == held.way
        now = Passage(first, now.used or first, one)
    return found


def passage(held: Held, crossings: Iterable[Crossing]) -> Passage:
    """How a pass was used by all that is known."""
    found = passages(held, crossings)
    if not found:
        return Passage()
    last, before = found[-1]
    first = last.way == held.way
    return Passage(first, before.used or first, last)


def _same_tap(last: Crossing | None, one: Crossing) -> bool:
    return (
        last is not None
        and (last.gate_id, last.way, last.actor) == (one.gate_id, one.way, one.actor)
        and one.at - last.at <= SAME_TAP
    )


def judge(held: Held, state: str, before: Passage, way: str, at: int) -> str:
    """What a gate finds that knows all of this: whoever comes home is never turned away."""
    if way != held.way:
        if not before.away:
            return NOT_OUT
        return OVERDUE if at > held.until else OK
    if state != VALID:
        return NOT_VALID
    if at < held.since:
        return NOT_YET
    if at >= held.until:
        return EXPIRED
    if before.away:
        return COPY
    return USED if before.used and held.uses == 1 else OK


def clashes(held: Held, crossings: Iterable[Crossing]) -> list[tuple[Crossing, Crossing]]:
    """Passages that cannot both be right, each with the one before: a copy, or used twice."""
    found = []
    for one, before in passages(held, crossings):
        again = before.away or (before.used and held.uses == 1)
        if one.way == held.way and again and before.last is not None:
            found.append((before.last, one))
    return found
