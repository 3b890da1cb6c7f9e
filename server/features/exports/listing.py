"""A list is data: its columns, the right to it, and how its rows are read, some buildings at once.

A new list is one `Listing`, named in `lists.LISTINGS`. Its `rows` gets some stairwells in the order
of the estate, always all of a building, and only those for which whoever asks has the right; so
nothing is ever read whole, and nobody gets a row from where their roles do not reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.rules import May

Value = str | int | float | None
Row = Sequence[Value]

TEXT, NUMBER, MOMENT, SHARE = "text", "number", "moment", "share"

ROUND, NOTICE, DAYS = "round", "notice", "days"
"""What a list is about, where it is about anything: one of those is chosen, or some days."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a moment is in ms, a share from 0 to 1."""

    label: str  # marked words
    kind: str = TEXT
    width: int = 12  # characters
    total: bool = False  # its numbers are added up at the end


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked of a list, once it is known that they may have it."""

    person: Person
    language: str
    now: int
    places: Mapping[int, Place]  # the stairwells that it reaches, in the order of the estate
    health: bool = False
    about: Any = None  # a round's row, an announcement's, or the first and the next ms of days

    @property
    def community_id(self) -> int:
        """Whose list it is."""
        return self.person.community_id


@dataclass(frozen=True, slots=True)
class Listing:
    """One list that can be taken away or printed."""

    key: str
    label: str  # marked words
    right: May
    columns: Callable[[Asked], Sequence[Column]]
    rows: Callable[[Connection, Asked, Sequence[int]], Iterable[Row]]
    about: str = ""
    health: May | None = None  # the right to its columns or lines of health, where it has any
    whole: bool = False  # of the community, not of its stairwells: the right is needed everywhere
    kinds: frozenset[str] | None = None  # of rounds, where it is only about some
