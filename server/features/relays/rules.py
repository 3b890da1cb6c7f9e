"""What the events of a relay come to, and what comes next. No session, request or clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from server import clock
from server.i18n import mark
from server.oplog.events import Event, in_order

WITHIN, OUT, IN = "within", "out", "in"
WAYS = {
    WITHIN: mark("From here to a door here"),
    OUT: mark("From here to another community"),
    IN: mark("From another community to a door here"),
}

UNDER_WAY, PARTED, ARRIVED, CANCELLED = "under_way", "parted", "arrived", "cancelled"
STATES = {
    UNDER_WAY: mark("On its way"),
    PARTED: mark("Handed over at the gate"),
    ARRIVED: mark("Arrived"),
    CANCELLED: mark("Called off"),
}

TAKES = clock.HOUR
"""How long a relay should take, from being asked for to the hand it is for."""

LASTS = 6 * clock.HOUR
"""How long a code holds."""

LOOKS_EVERY = 2 * clock.MINUTE
"""How often it is looked at whether a parcel has arrived that is on its way."""

LONGEST_LOOK = 2 * clock.DAY
"""A relay of which nobody says anything more is not looked at for ever."""

LATE = "late"
"""The key of a word that goes by itself, once its time is over."""

FETCH, CLEAN, MEET, BRING, WAIT, LOST, OVER = (
    "fetch", "clean", "meet", "bring", "wait", "lost", "over",
)  # fmt: skip
NEXT = {
    FETCH: mark("Somebody fetches it."),
    CLEAN: mark("Whoever has it disinfects it before it passes on."),
    MEET: mark("It passes on at the meeting gate."),
    BRING: mark("It is brought to the door."),
    WAIT: mark("It is with the other community now."),
    LOST: mark("It is being looked for."),
    OVER: mark("It is over."),
}


@dataclass(slots=True)
class State:
    """What a relay has come to."""

    state: str = UNDER_WAY
    since: int = 0
    carrier: str = ""
    met: bool = False  # it was taken over from the other community
    told: bool = False  # the other half was told to the other community
    reminded: bool = False
    closed_at: int | None = None


class Parcel(Protocol):
    """What custody says of the parcel."""

    @property
    def closed_at(self) -> int | None: ...
    @property
    def missing(self) -> bool: ...
    @property
    def unclean(self) -> bool: ...


def fold(events: Iterable[Event]) -> State:
    """What the events come to, in the order in which they were made."""
    state = State()
    for event in in_order(events):
        if event.again:
            continue
        if event.what in _BECOMES:
            state.state, state.since = _BECOMES[event.what], event.at
            state.closed_at = event.at if state.state in (ARRIVED, CANCELLED) else None
            state.met = state.met or event.what == "fetch"
        elif event.what == "assign":
            state.carrier = event.key
        elif event.what in ("told", "renew"):
            state.told = event.what == "told"
        elif event.what == "remind":
            state.reminded = state.reminded or event.key == LATE
    return state


_BECOMES = {
    "make": UNDER_WAY,
    "part": PARTED,
    "fetch": UNDER_WAY,
    "end": ARRIVED,
    "cancel": CANCELLED,
}


def what_next(way: str, state: State, parcel: Parcel | None) -> str:
    """What comes next, by what was said of the relay and where its parcel is."""
    if state.closed_at is not None:
        return OVER
    if state.state == PARTED:
        return WAIT
    if parcel is None:
        return CLEAN if state.met else MEET if way == IN else FETCH
    if parcel.closed_at is not None:
        return OVER
    if parcel.missing:
        return LOST
    if parcel.unclean:
        return CLEAN
    return MEET if way == OUT else BRING
