"""What pages about a register that was given in are given to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.features.register import rules
from server.i18n import Words


@dataclass(frozen=True, slots=True)
class File:
    """One file, in a list or as the page of its own."""

    id: str
    name: str
    state: str
    counts: Mapping[str, int]  # rows by what becomes of them
    done: int
    total: int
    made_by: str
    made_at: int
    applied_by: str
    applied_at: int | None
    why: Words | None

    @property
    def label(self) -> str:
        """Marked words of its state."""
        return rules.STATES[self.state]

    @property
    def working(self) -> bool:
        """True while it is read: the page waits."""
        return self.state in {rules.WAITING, rules.READING}

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Index:
    """The files that were given in, and what there is to give them in for."""

    files: tuple[File, ...]
    compounds: tuple[str, ...]
    makes: bool  # may add a compound
    schemes: tuple[tuple[str, str, str], ...]  # key, marked words, an example
    seq: int


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column: what stands in it and how it is understood."""

    index: int
    letter: str
    header: str
    samples: tuple[str, ...]
    field: str
    because: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet of the file."""

    index: int
    name: str
    read: bool
    columns: tuple[ColumnView, ...]
    compound: int | None
    first: int  # row in which its data begins

    @property
    def used(self) -> tuple[ColumnView, ...]:
        """The columns that are read."""
        return tuple(one for one in self.columns if one.field not in {"", "ignored"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    key: str
    words: Words


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes: what, from what, to what."""

    label: str  # marked words
    before: str | Words
    after: str | Words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a row speaks of, and what becomes of them."""

    name: str
    what: str
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the file."""

    sheet: str
    row: int
    cell: str
    what: str
    place: Words | str
    new_door: bool
    people: tuple[Person, ...]
    reason: Words | None
    key: str  # by which a question is answered
    question: Words | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FilePage:
    """A file that was given in, and what would become of it."""

    file: File
    reading: int
    sheets: tuple[SheetView, ...]
    lays: bool  # buildings and doors that are not there yet are made
    fields: tuple[tuple[str, str], ...]  # what a column may mean: key and marked words
    compounds: tuple[tuple[int, str], ...]
    missing: Words | None
    what: str  # which rows are shown
    rows: tuple[RowView, ...]
    page: int
    pages: int
    may_undo: bool
    seq: int

    @property
    def outcomes(self) -> tuple[tuple[str, str, int], ...]:
        """What becomes of rows: key, marked words and how many; what needs somebody first."""
        return tuple(
            (key, label, self.file.counts[key])
            for key, label in rules.OUTCOMES.items()
            if self.file.counts.get(key)
        )

    @property
    def changes(self) -> int:
        """Rows that change the register."""
        return sum(self.file.counts.get(key, 0) for key in (rules.ADDED, rules.CHANGED))
