"""What the events of a mediation come to, and who reads which of them. No session or clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.i18n import mark
from server.oplog.events import Event, in_order

OUTCOMES = {
    "agreed": mark("Agreed"),
    "not_agreed": mark("Not agreed"),
    "police": mark("Passed to the police"),
    "withdrawn": mark("Withdrawn"),
}

FEWEST, MOST = 2, 6
"""Sides of a quarrel."""

LONGEST = 1000
"""Characters of what is said at once."""

SHOWN_FROM = 3
"""Fewer mediations than this are not counted anywhere: a number would point at somebody."""

TO_A_SIDE = ("say", "answer", "agreement", "accept", "take_over", "close")
"""What a side reads, where it was said by it or to it."""


@dataclass(slots=True)
class State:
    """What a mediation has come to."""

    officer: str = ""
    deputy: str = ""
    follow_at: int | None = None
    agreement: Event | None = None
    accepted: dict[int, Event] = field(default_factory=dict)  # by side
    closed: Event | None = None

    @property
    def version(self) -> int:
        """Which agreement stands: the number of the operation that wrote it; 0 before any."""
        return self.agreement.seq if self.agreement else 0


def fold(events: Iterable[Event]) -> State:
    """What the events come to, whatever the order in which they arrived."""
    state = State()
    for event in in_order(events):
        if event.what == "open":
            state.officer, state.deputy = event.actor, event.key
        elif event.what == "deputy":
            state.deputy = event.key
        elif event.what == "take_over":
            state.officer, state.deputy = event.actor, ""
        elif event.what == "follow":
            state.follow_at = event.said["at"]
        elif event.what == "agreement":
            state.agreement, state.accepted = event, {}
        elif event.what == "accept":
            if event.said["version"] == state.version:
                state.accepted[int(event.key)] = event
        elif event.what == "close":
            state.closed = state.closed or event
    return state


def reads(event: Event, side: int) -> bool:
    """True where a side may read it: what was said to all or to it, and its own words."""
    if event.what not in TO_A_SIDE:
        return False
    return event.key in ("", str(side)) or event.what in ("close", "take_over")
