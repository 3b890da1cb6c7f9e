"""What closing an incident comes to: two people want it, it is announced, and its day comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from server import clock
from server.features.retention.rules import HOUR
from server.i18n import mark
from server.oplog.events import Event, in_order

PROPOSE, AGREE, CALL_OFF, BEGIN, FINISH = "propose", "agree", "call_off", "begin", "finish"
"""What can be said of a closing."""

PROPOSED, AGREED, CALLED_OFF, CLOSING, CLOSED = (
    "proposed", "agreed", "called_off", "closing", "closed",
)  # fmt: skip
STATES: Mapping[str, str] = {
    PROPOSED: mark("Waits for a second person to agree"),
    AGREED: mark("Announced; what is kept goes on its day"),
    CALLED_OFF: mark("Called off"),
    CLOSING: mark("What was kept is being deleted"),
    CLOSED: mark("Closed"),
}
UNDER_WAY = (PROPOSED, AGREED, CLOSING)

LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 3, 7, 90
"""Between agreeing and the day itself: households read and take away what is kept of them."""

LONGEST_TITLE = 60
LONGEST_WORDS = 200


@dataclass(slots=True)
class State:
    """How a closing stands."""

    title: str = ""
    days: int = USUAL_DAYS
    register: bool = False
    state: str = PROPOSED
    proposed_by: str = ""
    proposed_at: int = 0
    agreed_by: str | None = None
    agreed_at: int | None = None
    due_at: int | None = None
    began_at: int | None = None
    closed_at: int | None = None


def fold(events: Iterable[Event]) -> State:
    """What was said of a closing comes to."""
    state = State()
    for event in in_order(events):
        if event.what == PROPOSE:
            state.title, state.days = event.said["title"], event.said["days"]
            state.register = event.said["register"]
            state.proposed_by, state.proposed_at = event.actor, event.at
        elif event.what == AGREE:
            state.state, state.due_at = AGREED, event.said["due_at"]
            state.agreed_by, state.agreed_at = event.actor, event.at
        elif event.what == CALL_OFF:
            state.state, state.due_at = CALLED_OFF, None
        elif event.what == BEGIN:
            state.state, state.began_at = CLOSING, event.at
        elif event.what == FINISH:
            state.state, state.closed_at = CLOSED, event.at
    return state


def kept(state: State) -> dict[str, Any]:
    """What the row beside the events says of a closing."""
    names = ("title", "register", "state", "due_at", "closed_at")
    return {name: getattr(state, name) for name in names}


def due(agreed_at: int, days: int, zone: tzinfo) -> int:
    """When what is kept goes: at night, after so many whole days, in milliseconds since 1970."""
    here = datetime.fromtimestamp(agreed_at / 1000, UTC).astimezone(zone)
    day = here.replace(hour=HOUR, minute=0, second=0, microsecond=0) + timedelta(days=days + 1)
    return clock.from_datetime(day)


def day_of(moment: int, zone: tzinfo) -> str:
    """The day of a moment where people live: 2022-05-31."""
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone).date().isoformat()
