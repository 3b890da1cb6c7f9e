"""What pages about relays are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.features.custody.reads import ThingLine, ThingStory
from server.features.relays.rules import NEXT, STATES, WAYS
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class RelayLine:
    """One relay in a list."""

    id: str
    way: str
    place: Words
    state: str
    since: int
    due_at: int
    closed_at: int | None
    version: int

    @property
    def label(self) -> str:
        """How it stands, in marked words."""
        return STATES[self.state]

    @property
    def way_label(self) -> str:
        """Which way it goes, in marked words."""
        return WAYS[self.way]


@dataclass(frozen=True, slots=True)
class RelayList:
    """Relays that somebody runs, carries, waits for or answers for."""

    lines: tuple[RelayLine, ...]
    may_make: bool
    seq: int


@dataclass(frozen=True, slots=True)
class NewRelay:
    """Starting a relay: for which door, and with which request it helps."""

    household: int | None
    place: Words | None
    request: str
    seq: int


@dataclass(frozen=True, slots=True)
class RelayStep:
    """One thing that was said of a relay."""

    at: int
    label: str  # marked words
    by: str  # empty for what went by itself


@dataclass(frozen=True, slots=True)
class RelayPage:
    """One relay: where its parcel is and what comes next."""

    line: RelayLine
    what: str
    start: str
    gate: str
    household: int
    request: str
    owner: str
    carrier: str
    half: str  # our own, for those who go; else empty
    other_half: str  # theirs, for who runs it, until it was told
    told: bool
    met: bool  # the parcel has passed the gate, and it is known here
    code_holds: bool
    other_side: tuple[tuple[str, int], ...]  # what is known of it there: marked words and when
    parcel: ThingLine | None
    story: tuple[ThingStory, ...]  # every hand it went through
    steps: tuple[RelayStep, ...]
    next: str  # see rules.NEXT
    runs: bool
    leads: bool
    waits: bool  # whoever looks lives where it is for
    has_it: bool
    others: tuple[tuple[str, str], ...]  # who may be asked to go
    seq: int

    @property
    def next_label(self) -> str:
        """What comes next, in marked words."""
        return NEXT[self.next]

    @property
    def kept(self) -> bool:
        """True where a phone may keep the page: of those who carry it only."""
        return self.runs
