"""Who may read which need: its household, who answers for health there, who is named for it.

A controlled one, or one that says something of somebody's mind, is for its household, for those who
are medical there, and for the people whom its batch names, as long as that is open.
"""

from __future__ import annotations

from collections.abc import Collection

from server.db.base import AnyRow
from server.features.people.actors import Person
from server.features.people.rules import MEDICAL, May, Somewhere, covers


def whose(person: Person, household: int, now: int) -> bool:
    """True for those who speak for the household."""
    return household in person.homes(now)


def minds(person: Person, place: Somewhere, controlled: bool, now: int) -> bool:
    """True for those who answer for such a need at that door."""
    if controlled:
        return any(
            role.role == MEDICAL and role.holds(now) and covers(role, place)
            for role in person.roles
        )
    return person.may(May.SEE_HEALTH_REQUESTS, now, place)


def knows(person: Person, need: AnyRow, place: Somewhere, now: int) -> bool:
    """True for everybody who may read a need, whatever batch it is in."""
    return whose(person, need.household_id, now) or minds(person, place, need.controlled, now)


def reads_names(batch: AnyRow) -> Collection[str]:
    """The accounts that read what is bought in a batch: its buyer and those who check."""
    return {batch.buyer, *batch.checkers}


def named(batch: AnyRow) -> set[str]:
    """Everybody whom a batch names: they alone carry what is controlled."""
    return {batch.buyer, *batch.checkers, *batch.carriers}
