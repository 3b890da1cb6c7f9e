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
class Vacancies:
    """The vacant flats that somebody keeps: those to be looked at first."""

    due: tuple[VacancyLine, ...]
    buildings: tuple[tuple[Words, tuple[VacancyLine, ...]], ...]
    screenings: tuple[tuple[str, str], ...]  # open ones, by id
    seq: int

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.due) + sum(len(lines) for _, lines in self.buildings)
