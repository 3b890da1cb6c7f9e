"""What the page of vacant flats is given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.i18n import Words


@dataclass(frozen=True, slots=True)
class VacancyLine:
    """A flat that is kept as vacant."""

    household: int
    place: Words
    building: int
    evidence: str  # a key of rules.EVIDENCE
    seal: str
    words: str
    since: int
    checked_at: int
    due: bool
    late: bool
    moved_in: bool  # the register has it that somebody lives there


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What counts of a door system suggest of a flat, and why."""

    household: int
    place: Words
    what: str  # one of suggesting.SUGGESTIONS
    ins: int  # how often people went in and out in the recent days,
    outs: int
    days: int  # and on how many of them
    kept: bool  # it is kept as vacant, and may be ended here
    living: int  # people whom the register has as being here
    may_open: bool  # whoever reads this may see and change who lives there


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Those that are shown, and how many more there are."""

    lines: tuple[Suggestion, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Vacancies:
    """The vacant flats that somebody keeps: those to be looked at first."""

    due: tuple[VacancyLine, ...]
    buildings: tuple[tuple[Words, tuple[VacancyLine, ...]], ...]
    screenings: tuple[tuple[str, str], ...]  # open ones, by id
    suggestions: Suggestions
    seq: int

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.due) + sum(len(lines) for _, lines in self.buildings)
