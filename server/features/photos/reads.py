"""Named queries about photos: what became of those that facts name, and who may look."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.looks import looked
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.photos import rules
from server.features.photos.reading import Reading
from server.features.photos.tables import photos

ONE_LOOK = 10 * clock.MINUTE
"""Small pictures that somebody sees of one household within this are one look at its page."""

RECENT = 7 * clock.DAY
MOST_SHOWN = 6
"""Of the newest photos of a building, on the first page of who lives there."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as pages show it: there, on its way, refused or over."""

    op: str
    state: str
    why: str = ""  # marked words, where it was refused
    at: int = 0
    about: str = ""
    reading: Reading | None = None  # of a test's, for the order in which photos are looked at


def states(connection: Connection, community_id: int, op_ids: Collection[str]) -> dict[str, str]:
    """What became of the photos of these operations; operations without one are left out."""
    return {op: photo.state for op, photo in shown(connection, community_id, op_ids).items()}


def shown(
    connection: Connection, community_id: int, op_ids: Collection[str]
) -> Mapping[str, Photo]:
    """The photos of these operations, as pages show them."""
    if not op_ids:
        return {}
    rows = connection.execute(
        select(photos).where(
            photos.c.community_id == community_id, photos.c.op_id.in_(list(op_ids))
        )
    )
    return {row.op_id: _photo(row) for row in rows}


def _photo(row: AnyRow) -> Photo:
    seen = Reading(**row.reading) if row.reading else None
    return Photo(row.op_id, row.state, rules.REASONS.get(row.why, ""), row.at, row.about, seen)


def owed(connection: Connection, person: Person) -> tuple[Photo, ...]:
    """What this person's phones still owe: photos told of that have not arrived, oldest first."""
    rows = connection.execute(
        select(photos)
        .where(
            photos.c.community_id == person.community_id,
            photos.c.made_by == person.id,
            photos.c.state.in_(rules.STILL_TO_COME),
        )
        .order_by(photos.c.at)
    )
    return tuple(_photo(row) for row in rows)


def of_building(connection: Connection, person: Person) -> tuple[Photo, ...]:
    """The newest photos of the building that a person lives in, as everybody there may see them."""
    home = _home(connection, person)
    if home is None:
        return ()
    stairwells = estates.stairwells_within(
        connection, person.community_id, building_ids=[home.building]
    )
    rows = connection.execute(
        select(photos)
        .where(
            photos.c.community_id == person.community_id,
            photos.c.stairwell_id.in_(stairwells),
            photos.c.household_id.is_(None),
            photos.c.state == rules.KEPT,
            photos.c.kept_at > clock.now() - RECENT,
        )
        .order_by(photos.c.at.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(_photo(row) for row in rows)


def _home(connection: Connection, person: Person) -> estates.Household | None:
    if person.household_id is None:
        return None
    return estates.household(connection, person.community_id, person.household_id)


def look(connection: Connection, person: Person, op_id: str, now: int, *, small: bool) -> str:
    """The name of one operation's photo, once it is written down who looks.

    A large picture is a look of its own; small ones come several to a page, which is one look.
    Raises `NotThere`, also where it has not arrived or is gone, and `NotAllowed`.
    """
    row = connection.execute(
        select(photos).where(photos.c.community_id == person.community_id, photos.c.op_id == op_id)
    ).first()
    if row is None:
        raise NotThere(op_id)
    if not may_see(connection, person, row, now):
        raise NotAllowed(op_id)
    if row.state != rules.KEPT:
        raise NotThere(op_id)
    what, once = (SMALL, ONE_LOOK) if small else ("photo", 0)
    looked(connection, person, what, [row.household_id], now, once)
    return str(row.sha)


SMALL = "photos"
"""What is written down of a page with small pictures."""


def may_see(connection: Connection, person: Person, row: AnyRow, now: int) -> bool:
    """True for its maker, for whoever it is about, and for those whose right covers the place."""
    if row.made_by == person.id:
        return True
    if row.household_id is not None:
        door = estates.household(connection, person.community_id, row.household_id)
        return door is not None and (
            door.household in person.homes(now) or person.may(May(row.sees), now, door)
        )
    place = estates.places(connection, person.community_id, [row.stairwell_id or 0]).get(
        row.stairwell_id
    )
    if place is None:
        return False
    home = _home(connection, person)
    at_home = home is not None and home.building == place.building
    return at_home or person.may(May(row.sees), now, place)
