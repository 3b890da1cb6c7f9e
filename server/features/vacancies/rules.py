"""What the words on a vacant flat come to, and when it is looked at again.

No session, request or clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server import clock
from server.i18n import mark
from server.oplog.events import Event, in_order

METER, LETTER, SEAL, NOBODY_KNOWS = "meter", "letter", "seal", "nobody_knows"
COUNTED = "counted"
EVIDENCE = {
    METER: mark("The meter stands still"),
    LETTER: mark("The letter was not taken in"),
    SEAL: mark("The seal is whole"),
    NOBODY_KNOWS: mark("Nobody knows of anybody there"),
    COUNTED: mark("Nobody went through the door for two weeks"),
}
"""How it shows that nobody lives there."""

AT_DOOR = (METER, LETTER, SEAL)
"""What somebody sees who stands there."""

INTACT, BROKEN, LIVED_IN = "intact", "broken", "lived_in"
FOUND = (INTACT, BROKEN, LIVED_IN)
"""What somebody who looks again finds."""

MOVED_IN, MISTAKE = "moved_in", "mistake"
ENDS = (MOVED_IN, MISTAKE)
"""Why a flat is vacant no more."""

LASTS = 3 * clock.DAY
"""How long what was seen holds: then somebody looks again."""

LATE = clock.DAY
"""How long after that nobody need be ashamed."""

LONGEST_SEAL, LONGEST_WORDS = 24, 200


@dataclass(slots=True)
class State:
    """What a flat has come to."""

    vacant: bool = False
    evidence: str = ""
    seal: str = ""
    words: str = ""
    by: str = ""
    since: int | None = None
    checked_at: int | None = None
    reminded: bool = False  # that it is due, since somebody last looked
    doubted: str | None = None  # a suggestion that somebody put aside
    doubted_at: int | None = None
    doubted_days: int | None = None

    @property
    def due_at(self) -> int | None:
        """When somebody is to look again."""
        return self.checked_at + LASTS if self.vacant and self.checked_at is not None else None


def fold(events: Iterable[Event]) -> State:
    """What the events come to, whatever the order in which they arrived."""
    state = State()
    for event in in_order(events):
        if event.what == "find":
            _find(state, event)
        elif event.what == "doubt":
            state.doubted, state.doubted_at = event.key, event.at
            state.doubted_days = event.said["days"]
        elif not state.vacant:
            continue
        elif event.what == "remind":
            state.reminded = True
        elif event.what == "recheck" and event.key == INTACT:
            state.checked_at, state.reminded = event.at, False
        else:
            state.vacant = False
    return state


def _find(state: State, event: Event) -> None:
    """It is found for the first time, once more after it was lived in, or with more to show."""
    if not state.vacant:
        state.since, state.by, state.seal, state.words = event.at, event.actor, "", ""
    state.vacant = True
    state.evidence = event.key
    state.seal = event.said["seal"] or state.seal
    state.words = event.said["words"] or state.words
    state.checked_at, state.reminded = event.at, False


def is_due(due_at: int, now: int) -> bool:
    """True once somebody should look."""
    return now >= due_at


def is_late(due_at: int, now: int) -> bool:
    """True once somebody should have looked a day ago."""
    return now >= due_at + LATE
