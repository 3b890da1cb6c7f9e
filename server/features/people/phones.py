"""Telephone numbers, which are shown to who may see them, one at a time and on record."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.looks import looked
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.people.tables import residents


def reveal(connection: Connection, person: Person, household_id: int, now: int) -> str:
    """A household's number, once it is written down who looked. Raises `NotThere`, `NotAllowed`."""
    door = estates.household(connection, person.community_id, household_id)
    if door is None:
        raise NotThere(household_id)
    if not person.may(May.TELL, now, door):
        raise NotAllowed(household_id)
    return look_up(connection, person, household_id, now)


def look_up(connection: Connection, person: Person, household_id: int, now: int) -> str:
    """The same for whoever is known to have a reason of their own. Raises `NotThere`."""
    number: str | None = connection.execute(
        select(residents.c.phone)
        .where(
            residents.c.community_id == person.community_id,
            residents.c.household_id == household_id,
            residents.c.phone != "",
        )
        .order_by(residents.c.id)
        .limit(1)
    ).scalar()
    if number is None:
        raise NotThere(household_id)
    looked(connection, person, "phone", [household_id], now)
    return number
