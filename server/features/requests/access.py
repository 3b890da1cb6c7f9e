"""Who may know of a request: those who answer it there, and those who asked or for whom it is."""

from __future__ import annotations

from sqlalchemy import Connection

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.estates.rules import in_compound
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import HOUSEHOLD, May
from server.features.requests import emergency, rules
from server.features.requests.kinds import KINDS
from server.features.requests.rules import State
from server.i18n import Words


def place_of(connection: Connection, row: AnyRow) -> Household | Place:
    """Where a request is: at a door, or in a stairwell where it concerns more than one home."""
    if row.household_id is not None:
        door = estates.household(connection, row.community_id, row.household_id)
        assert door is not None, "a household is never deleted"
        return door
    return estates.places(connection, row.community_id, [row.stairwell_id])[row.stairwell_id]


def called(row: AnyRow, place: Household | Place) -> Words:
    """The door, or the stairwell or building that it concerns."""
    if row.breadth != rules.BUILDING:
        return place.words
    return in_compound(place.scheme, place.address)


def answers(person: Person, row: AnyRow, place: Household | Place, state: State, now: int) -> bool:
    """True for the staff who may know of it, and for whoever has it or was asked to take it."""
    if person.may(KINDS[row.kind].sees, now, place):
        return True
    return person.id in state.asked and person.may_somewhere(May.ANSWER, now)


def helps(person: Person, place: Household | Place, steps: emergency.State, now: int) -> bool:
    """True for whoever may take a step of an emergency: on duty there, or told of it."""
    if emergency.helps(person.roles, place, now):
        return True
    on_duty = any(one.role != HOUSEHOLD and one.holds(now) for one in person.roles)
    return on_duty and person.id in steps.told


def asks(connection: Connection, person: Person, row: AnyRow, now: int) -> bool:
    """True for who asked, for their household, and for the household for which it was asked."""
    if row.asked_by == person.id:
        return True
    homes = person.homes(now)
    return bool(homes) and not homes.isdisjoint(asking_homes(connection, row))


def asking_homes(connection: Connection, row: AnyRow) -> set[int]:
    """The households that may read a request as theirs: the asker's, and the one it is for.

    Of a quarrel, or of somebody who is alone, they do not learn that others have spoken.
    """
    asker = people.account(connection, row.community_id, row.asked_by)
    homes = {asker.household_id} if asker and asker.household_id is not None else set()
    if row.household_id is not None and not KINDS[row.kind].private:
        homes.add(row.household_id)
    return homes
