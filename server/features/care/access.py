"""Who may know of somebody in care, who decides, and who says that they were heard of.

What somebody needs may be their health: those who may see care, the keeper for theirs, and the
household itself know of it. Whoever goes to a door in a round reads what helps there, and no needs.
"""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.people.actors import Person
from server.features.people.rules import May, Somewhere


def keeps(person: Person, row: AnyRow, now: int) -> bool:
    """True for the keeper and the deputy, while they work here."""
    works = person.may_somewhere(May.SEE_ESTATE, now)
    return works and person.id in (row.keeper, row.deputy)


def sees(person: Person, row: AnyRow, place: Somewhere, now: int) -> bool:
    """True for those who read all that is known of somebody."""
    return person.may(May.SEE_CARE, now, place) or keeps(person, row, now)


def runs(person: Person, place: Somewhere, now: int) -> bool:
    """True for those who confirm, name the keeper, and end it."""
    return person.may(May.RUN_CARE, now, place)


def whose(person: Person, household: int, now: int) -> bool:
    """True for those who speak for the household."""
    return household in person.homes(now)


def goes_there(person: Person, place: Somewhere, now: int) -> bool:
    """True for those who go to that door."""
    return person.may(May.MARK, now, place)
