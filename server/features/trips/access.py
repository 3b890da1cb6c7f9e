"""Who may know of a standing trip, who drives it, who runs it, and who may set a check aside.

Where somebody is driven again and again is their health. A driver reads who, from which door, to
which hospital and when, and not why.
"""

from __future__ import annotations

from server.features.people.actors import Person
from server.features.people.rules import May, Somewhere


def whose(person: Person, household: int, now: int) -> bool:
    """True for those who speak for the household."""
    return household in person.homes(now)


def minds(person: Person, place: Somewhere, now: int) -> bool:
    """True for those who answer for health at that door: they read why somebody is driven."""
    return person.may(May.SEE_HEALTH_REQUESTS, now, place)


def runs(person: Person, place: Somewhere, now: int) -> bool:
    """True for those who make plans there, and the passes that go with them."""
    return person.may(May.APPROVE_PASSES, now, place) and minds(person, place, now)


def leads(person: Person, place: Somewhere, now: int) -> bool:
    """True for those who may let somebody go without a test that counts."""
    return person.may(May.LEAD, now, place)
