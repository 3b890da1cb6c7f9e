"""What the events of a stay come to. No session, request or clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.i18n import mark
from server.oplog.events import Event, in_order

WENT_HOME, MISTAKE = "home", "mistake"
ENDS = {WENT_HOME: mark("Went home"), MISTAKE: mark("Entered by mistake")}
"""How a stay ends."""


@dataclass(slots=True)
class State:
    """What a stay has come to."""

    household: int = 0
    relation: str = ""
    home: int | None = None
    home_words: str = ""
    since: int = 0
    ended: Event | None = None
    doors: list[int] = field(default_factory=list)  # everywhere they stayed, in order

    @property
    def left_at(self) -> int | None:
        """When they went home, or the entry was taken back."""
        return self.ended.at if self.ended else None


def fold(events: Iterable[Event]) -> State:
    """What the events come to, whatever the order in which they arrived."""
    state = State()
    for event in in_order(events):
        if event.what == "come":
            state.relation, state.since = event.said["relation"], event.said["since"]
            state.home, state.home_words = event.said["home"], event.said["home_words"]
        if event.what in ("come", "move"):
            state.household = event.said["household"]
            state.doors.append(state.household)
        elif event.what == "leave":
            state.ended = state.ended or event
    return state
