"""What pages about a household's own record are given to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.features.people.history import Entry
from server.features.people.reads import Resident
from server.features.record.asks import AskLine
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class Known:
    """One of the household as the register has them."""

    resident: Resident
    phone: str  # in full: it is theirs


@dataclass(frozen=True, slots=True)
class Home:
    """One household that somebody speaks for."""

    household: int
    place: Words
    name: str
    people: tuple[Known, ...]
    history: tuple[Entry, ...]  # the newest first


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is kept: as people read it, and as a program does."""

    at: int | None
    words: tuple[Words | str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """Everything of one kind that is kept."""

    key: str
    label: str  # marked words
    path: str  # the page where the household works with it
    lines: tuple[Line, ...]  # the newest first


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw something of the household, or took it away."""

    at: int
    name: str
    duty: str  # marked words
    what: Words
    key: str  # of what was seen; the list's where one was taken away
    taken: bool  # in a list to take away, with the others of the stairwell


@dataclass(frozen=True, slots=True)
class Record:
    """All that is kept of the households that somebody speaks for."""

    homes: tuple[Home, ...]
    sections: tuple[Section, ...]
    days: tuple[tuple[str, tuple[Look, ...]], ...]  # who looked, by day, the newest first
    asks: tuple[AskLine, ...]  # what they asked to have erased
    seq: int

    @property
    def looks(self) -> tuple[Look, ...]:
        """All of them, the newest first."""
        return tuple(one for _, some in self.days for one in some)
