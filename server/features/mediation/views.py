"""What pages about mediations are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Line:
    """One mediation in the list of those it concerns."""

    id: str
    about: str  # empty for a deputy
    role: str  # officer, deputy or side
    officer: str
    opened_at: int
    follow_at: int | None
    outcome: str  # marked words; empty while it is open


@dataclass(frozen=True, slots=True)
class Index:
    """One's own mediations, and how many there are where that points at nobody."""

    lines: tuple[Line, ...]
    may_open: bool
    others: tuple[tuple[str, str], ...]  # who may be deputy: account and name
    counts: tuple[int, int] | None  # open and closed in the community
    seq: int


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, as the reader may read it."""

    at: int
    by: str  # a name, or which side
    to: str  # which side; empty where it is for all
    label: str  # marked words
    words: str
    note: bool  # the officer's own


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a mediation, for its officer."""

    number: int
    household: int
    place: Words
    accepted: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One mediation: for its officer whole, for a side its own part, for the deputy its being."""

    line: Line
    sides: tuple[Side, ...]
    side: int  # of whoever looks; 0 for the officer
    agreement: str
    version: int
    accepted: bool  # by whoever looks
    deputy: str  # an account
    deputy_name: str
    others: tuple[tuple[str, str], ...]
    story: tuple[Said, ...]  # the newest first
    seq: int

    @property
    def open(self) -> bool:
        """True until it is closed."""
        return not self.line.outcome
