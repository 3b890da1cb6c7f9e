"""Finding anybody in two seconds: by name, by how it sounds, by flat, by the end of a telephone.

Only where somebody who works here may know who lives behind the doors. What was typed is never
written down; opening a household is (`opened`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.people import sounds
from server.features.people.actors import Person
from server.features.people.looks import looked
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.people.tables import residents
from server.i18n import Words, mark, say

LONGEST = 40

SHOWN = 30
"""Lines of one answer: who finds more types more."""

MOST = 400
"""Rows that are put in order before that."""

EVERY = 10_000
"""Doors that are looked at for whoever has only some of them."""

TAIL = 4
"""Digits from which on a telephone number is compared."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One line: a person where they live, or a door nobody is known behind."""

    household: int
    place: str
    name: str  # empty: nobody is known to live there
    age: Words | None  # None where it is not known
    tail: str  # the last digits of a telephone number


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the exact first."""

    typed: str
    exact: tuple[Somebody, ...]
    others: tuple[Somebody, ...]
    more: bool  # there are others that are not shown

    @property
    def all(self) -> tuple[Somebody, ...]:
        """Every line, in order."""
        return (*self.exact, *self.others)


def finds(person: Person, now: int) -> bool:
    """True for those who work here and may know who lives behind some door."""
    return person.may_somewhere(May.FIND_PEOPLE, now)


def find(connection: Connection, person: Person, language: str, typed: str) -> Found:
    """Whoever what was typed so far may mean. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not finds(person, now):
        raise NotAllowed("find")
    typed = typed.replace("\0", "").strip()[:LONGEST]  # which no text in PostgreSQL may hold
    if not typed:
        return Found("", (), (), more=False)
    here = _where(connection, person, now)
    doors = _doors(connection, person, typed, now)
    rows = _people(connection, community_id, typed, here, set(doors))
    homes = estates.households_by_id(connection, community_id, {*doors, *(r[1] for r in rows)})
    exactly = {one.household for one in estates.find_doors(connection, community_id, typed)}
    year = datetime.fromtimestamp(now / 1000, estates.zone(connection, community_id)).year
    lines = [
        (
            _is_exact(name, phone, typed) or household in exactly,
            Somebody(household, say(language, homes[household].words), name, _age(born, year),
                     phone[-TAIL:]),
        )
        for _, household, name, born, phone in rows
        if household in homes
    ]  # fmt: skip
    inhabited = {one.household for _, one in lines}
    lines += [
        (one in exactly, Somebody(one, say(language, homes[one].words), "", None, ""))
        for one in doors
        if one not in inhabited and one in homes
    ]
    exact = [one for is_exact, one in lines if is_exact][:SHOWN]
    others = [one for is_exact, one in lines if not is_exact][: SHOWN - len(exact)]
    return Found(typed, tuple(exact), tuple(others), len(lines) > len(exact) + len(others))


def opened(connection: Connection, person: Person, household_id: int, now: int) -> None:
    """Write down that somebody looked a household up. Raises `NotThere`, `NotAllowed`."""
    door = estates.household(connection, person.community_id, household_id)
    if door is None:
        raise NotThere(household_id)
    if not person.may(May.FIND_PEOPLE, now, door):
        raise NotAllowed(household_id)
    if household_id not in person.homes(now):
        looked(connection, person, "household", [household_id], now, 10 * clock.MINUTE)


def _where(connection: Connection, person: Person, now: int) -> Collection[int] | None:
    """The stairwells in which somebody may know people; None: in all of them."""
    if person.may(May.FIND_PEOPLE, now):
        return None
    places = estates.places(connection, person.community_id)
    return [one for one, place in places.items() if person.may(May.FIND_PEOPLE, now, place)]


def _doors(connection: Connection, person: Person, typed: str, now: int) -> dict[int, None]:
    """The doors that what was typed may come to mean, of those whose people one may know."""
    limit = MOST if person.may(May.FIND_PEOPLE, now) else EVERY
    found = estates.begin_doors(connection, person.community_id, typed, limit)
    may = [one.household for one in found if person.may(May.FIND_PEOPLE, now, one)]
    return dict.fromkeys(may[:SHOWN])


class Row(NamedTuple):
    """Somebody as the register has them."""

    id: int
    household: int
    name: str
    born: int | None
    phone: str


def _people(
    connection: Connection,
    community_id: int,
    typed: str,
    here: Collection[int] | None,
    doors: Collection[int],
) -> list[Row]:
    """Those whose name or number it may be, or who live behind the doors that were found."""
    table = residents.c
    if said := sounds.letters(typed):
        known = _names(connection, community_id, here)
        heard = [(one, name) for one, name in known if sounds.sounds(name, said)]
        heard.sort(key=lambda found: not sounds.is_whole(found[1], said))
        matches: ColumnElement[bool] = table.id.in_([one for one, _ in heard[:MOST]])
    else:
        matches = table.name.contains(typed, autoescape=True)
    digits = "".join(typed.split()).replace("-", "")
    if digits.isascii() and digits.isdigit() and len(digits) >= TAIL:
        matches |= (
            table.phone.endswith(digits) if len(digits) == TAIL else table.phone.contains(digits)
        )
    if doors:
        matches |= table.household_id.in_(list(doors))
    columns = (table.id, table.household_id, table.name, table.born, table.phone)
    query = select(*columns).where(*_conditions(community_id, here), matches)
    order = (table.household_id, table.born, table.id)
    rows = [Row(*row) for row in connection.execute(query.order_by(*order).limit(MOST))]
    return sorted(rows, key=lambda row: not _is_exact(row.name, row.phone, typed))


def _names(
    connection: Connection, community_id: int, here: Collection[int] | None
) -> list[tuple[int, str]]:
    """The number and name of everybody there."""
    query = select(residents.c.id, residents.c.name).where(*_conditions(community_id, here))
    return [(row[0], row[1]) for row in connection.execute(query)]


def _conditions(community_id: int, here: Collection[int] | None) -> tuple[ColumnElement[bool], ...]:
    """Who lives in these stairwells and did not move away."""
    table = residents.c
    lives = (table.community_id == community_id, table.left_at.is_(None))
    if here is None:
        return lives
    there = select(households.c.id).where(
        households.c.community_id == community_id, households.c.stairwell_id.in_(list(here))
    )
    return (*lives, table.household_id.in_(there))


def _is_exact(name: str, phone: str, typed: str) -> bool:
    """True where it is the whole name, its pinyin or initials, or the end of the number."""
    said = sounds.letters(typed)
    return (
        name.casefold() == typed.casefold()
        or bool(said and sounds.is_whole(name, said))
        or (len(typed) >= TAIL and typed.isdigit() and phone.endswith(typed))
    )


def _age(born: int | None, year: int) -> Words | None:
    """An age group as people say it."""
    if born is None:
        return None
    years = max(0, year - born)
    if years >= OLD:
        return Words(AGED, {"n": years // 10 * 10})
    return Words(CHILD if years < GROWN else ADULT)


GROWN, OLD = 18, 60

CHILD = mark("child")
ADULT = mark("adult")
AGED = mark("%(n)s or older")
