"""What pages about special care are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from server.i18n import Words


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in care, or suggested for it, in a list."""

    id: str
    name: str
    household: int
    stairwell: int
    place: Words
    state: str
    needs: tuple[str, ...]  # keys; empty for whoever may not know
    words: str
    keeper: str  # a name; empty: nobody yet
    deputy: str
    visits: int
    meals: int
    meals_from: str
    meals_until: str
    alert: str  # what is open, a key of rules.ALERTS
    alert_at: int | None
    alert_op: str  # what opened it, until those who lead were told, too
    heard_at: int | None  # the last contact of any kind
    silent: bool
    sources: tuple[str, ...] = ()  # from whom it is known, in marked words


@dataclass(frozen=True, slots=True)
class Board:
    """Everybody in care where somebody may know of it: what needs a person first."""

    suggested: tuple[PersonLine, ...]
    unanswered: tuple[PersonLine, ...]
    unkept: tuple[PersonLine, ...]
    stairwells: tuple[tuple[Words, tuple[PersonLine, ...]], ...]
    needs: tuple[tuple[str, int], ...]  # marked words and how many
    people: int
    silent: int
    may_run: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Mine:
    """Whom somebody keeps; it is kept on their phone and says no needs."""

    lines: tuple[PersonLine, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was said of somebody in care."""

    at: int
    by: str
    what: str  # marked words
    words: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person in care, for those who know of them."""

    line: PersonLine
    history: tuple[Word, ...]  # the newest first
    resident: int | None
    keeper: str  # ids
    deputy: str
    residents: tuple[tuple[int, str], ...]
    people: tuple[tuple[str, str], ...]  # who could keep them
    has_phone: bool
    may_run: bool
    seq: int


@dataclass(frozen=True, slots=True)
class SilentLine:
    """A household that nobody has heard of for three days."""

    household: int
    place: Words
    names: str
    person: str  # the id of somebody in care there; empty: nobody keeps them
    old: bool
    alone: bool
    heard_at: int | None
    has_phone: bool
    near: str  # who is nearest


@dataclass(frozen=True, slots=True)
class Silent:
    """Who was not heard of for three days where somebody may know of it."""

    lines: tuple[SilentLine, ...]
    total: int
    seq: int


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the staff who looked at what is noted."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Ours:
    """What is noted of one's own household, and who comes."""

    lines: tuple[PersonLine, ...]
    looks: tuple[Look, ...]
    seq: int


@dataclass(frozen=True, slots=True)
class Writing:
    """Suggesting somebody: one's own door, a door that is known, or one that is typed."""

    homes: tuple[tuple[int, str], ...]
    door: int | None
    place: Words | None
    residents: tuple[tuple[int, str], ...]
    back: str
    seq: int
