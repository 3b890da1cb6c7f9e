"""What a household may declare, and what declarations add up to. No session, request or clock."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from server.features.people.keeping import OLDEST, TENURES
from server.i18n import Words, mark
from server.oplog.kinds import Refused

HERE, AWAY, GONE = "here", "away", "gone"
WHERE = {HERE: mark("Is here"), AWAY: mark("Away"), GONE: mark("Does not live here any more")}
"""Where somebody is of whom the register says that they live there."""

OWN, DOOR, LINK = "own", "door", "link"
"""Who declared: the household, somebody at its door in its words, or whoever proved by the link on
a poster that they belong there."""

SCREENING = "screening"
"""The kind of round in which households declare."""

MOST_PEOPLE = 30
"""Behind one door; a shared flat of more is declared by its landlord at the desk."""

FEWEST_HOMES = 5
"""Buildings with fewer are shown together: of two in three everybody knows who the third is."""


class Said(Protocol):
    """One declaration as the rules need it."""

    @property
    def household(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> int: ...


S = TypeVar("S", bound=Said)


def standing(said: Iterable[S]) -> dict[int, S]:
    """The declaration that stands of each household: the one made last, however it arrived."""
    found: dict[int, S] = {}
    for one in said:
        before = found.get(one.household)
        if before is None or (before.at, before.seq) < (one.at, one.seq):
            found[one.household] = one
    return found


def first_moments(said: Iterable[Said]) -> list[int]:
    """When each household first declared, in ms, in no order."""
    found: dict[int, int] = {}
    for one in said:
        found[one.household] = min(one.at, found.get(one.household, one.at))
    return list(found.values())


def must_be_so(
    people: Mapping[int, str], others: Sequence[str], ill: Sequence[str], living: Collection[int]
) -> None:
    """Raises `Refused` for people who cannot be told of this door."""
    if len(people) + len(others) > MOST_PEOPLE or len(ill) > MOST_PEOPLE:
        raise Refused(TOO_MANY, most=MOST_PEOPLE)
    if not people and not others:
        raise Refused(NOBODY_NAMED)
    if not set(people) <= set(living):
        raise Refused(NOT_THERE)
    if not set(people.values()) <= WHERE.keys():
        raise Refused(NO_SUCH_PLACE)


def must_be_tenure(tenure: str) -> None:
    """Raises `Refused` for what nobody is called by whom a flat is lived in."""
    if tenure not in {"", *TENURES}:
        raise Refused(NO_TENURE)


def must_be_since(since: str, today: str) -> None:
    """Raises `Refused` for a year or month that cannot be when somebody moved in."""
    if not since:
        return
    if not re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", since):
        raise Refused(NO_SINCE, text=since[:12])
    if since > today[: len(since)] or int(since[:4]) < int(today[:4]) - OLDEST:
        raise Refused(NO_SINCE, text=since)


class Steps(NamedTuple):
    """How far the three steps of a screening are in one place, in doors."""

    doors: int = 0
    vacant: int = 0
    declared: int = 0
    asked: int = 0

    @property
    def homes(self) -> int:
        """Doors behind which somebody lives, as far as is known."""
        return self.doors - self.vacant

    @property
    def left(self) -> int:
        """Doors of which nothing is known yet."""
        return self.doors - self.vacant - self.declared - self.asked

    @property
    def share(self) -> int:
        """Declared homes in whole per cent, never rounded up."""
        return self.declared * 100 // self.homes if self.homes else 0

    def __add__(self, other: object) -> Steps:
        if not isinstance(other, Steps):
            return NotImplemented
        return Steps(*(one + two for one, two in zip(self, other, strict=True)))


class Share(NamedTuple):
    """What everybody may know of a place: how many of its homes have declared."""

    place: Words | None  # None: the small buildings together
    steps: Steps


def shares(buildings: Iterable[tuple[Words, Steps]]) -> list[Share]:
    """The share of each building, those of fewer homes than `FEWEST_HOMES` together.

    One that would stand alone as the small ones is not shown at all.
    """
    shown, small, count = [], Steps(), 0
    for place, steps in buildings:
        if steps.homes >= FEWEST_HOMES:
            shown.append(Share(place, steps))
        elif steps.homes:
            small, count = small + steps, count + 1
    if count > 1 and small.homes >= FEWEST_HOMES:
        shown.append(Share(None, small))
    return shown


TOO_MANY = mark("More than %(most)s people behind one door: go to the committee's desk for that.")
NOBODY_NAMED = mark("Say of at least one person where they are.")
NOT_THERE = mark("Somebody you named does not belong to this household. Write their name below.")
NO_SUCH_PLACE = mark("Say of each person: here, away, or not living here any more.")
NO_TENURE = mark("Choose owner, tenant or neither.")
NO_SINCE = mark("“%(text)s” cannot be since when you live here; write a year like 2019.")
