"""The need lists of buildings, one's own, and what is on a door's list already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.medicine import access
from server.features.medicine.file import needs_of
from server.features.medicine.reads import parts
from server.features.medicine.tables import batch_needs, batches, needs
from server.features.medicine.views import (
    BatchLine,
    Building,
    Home,
    Index,
    Mine,
    NeedLine,
    Writing,
)
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import MEDICAL, May, is_a, may_somewhere
from server.features.rounds.reads import parts as round_parts

SHOWN = 2_000
CLOSED_SHOWN = 3 * clock.DAY
"""How long a batch that is closed still stands in the list."""


def index(connection: Connection, person: Person) -> Index:
    """What people need where somebody answers for health, and the batches they may know of.

    Raises `NotAllowed` for those who work nowhere here.
    """
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.HOLD, now):
        raise NotAllowed("medicine")
    minds = person.may_somewhere(May.SEE_HEALTH_REQUESTS, now)
    rows: Sequence[AnyRow] = []
    doors: dict[int, Household] = {}
    if minds:
        rows = connection.execute(
            select(needs)
            .where(needs.c.community_id == community_id, needs.c.ended_at.is_(None))
            .order_by(needs.c.runs_out_at)
            .limit(SHOWN)
        ).all()
        doors = parts.doors_of(connection, rows)
        rows = [
            row
            for row in rows
            if access.minds(person, doors[row.household_id], bool(row.controlled), now)
        ]
    found = parts.lines(connection, rows, doors, now)
    asked = {row.household_id for row in rows if row.asked_at is not None}
    reading = people.on_the_phone(connection, community_id, asked, now) if asked else set()
    vain = parts.asked_in_vain(rows, reading, now)
    to_ask = {row.id for row in vain}
    return Index(
        minds=minds,
        buildings=_by_building(connection, community_id, found, doors),
        pressing=sum(one.wanted and one.pressing for one in found),
        to_ask=tuple(one for one in found if one.id in to_ask),
        batches=_batches(connection, person, now),
        people=on_duty(connection, community_id, now) if minds else (),
        seq=round_parts.newest(connection, community_id),
    )


def _by_building(
    connection: Connection,
    community_id: int,
    found: Sequence[NeedLine],
    doors: dict[int, Household],
) -> tuple[Building, ...]:
    """In the order of the estate."""
    stairwells = {doors[one.household].stairwell for one in found}
    buildings: dict[int, Building] = {}
    for place in estates.places(connection, community_id, stairwells).values():
        if place.building in buildings:
            continue
        here = [one for one in found if doors[one.household].building == place.building]
        buildings[place.building] = Building(
            place.building, place.address.compound, place.building_words, tuple(here)
        )
    return tuple(buildings.values())


def _batches(connection: Connection, person: Person, now: int) -> tuple[BatchLine, ...]:
    """The batches that somebody is named for, or of whose needs they may read some."""
    community_id = person.community_id
    rows = connection.execute(
        select(batches)
        .where(
            batches.c.community_id == community_id,
            batches.c.closed_at.is_(None) | (batches.c.closed_at > now - CLOSED_SHOWN),
        )
        .order_by(batches.c.closed_at.is_not(None), batches.c.due_at)
    ).all()
    if not rows:
        return ()
    ids = [row.id for row in rows]
    inside = connection.execute(
        select(batch_needs.c.batch_id, needs)
        .join(
            needs,
            (batch_needs.c.community_id == needs.c.community_id)
            & (batch_needs.c.need_id == needs.c.id),
        )
        .where(batch_needs.c.community_id == community_id, batch_needs.c.batch_id.in_(ids))
    ).all()
    doors = parts.doors_of(connection, inside)
    states = parts.states(connection, community_id, ids)
    buyers = people.accounts_by_id(connection, community_id, {row.buyer for row in rows})
    names = {key: one.name for key, one in buyers.items()}
    found = []
    for row in rows:
        of = [one for one in inside if one.batch_id == row.id]
        seen = visible(person, row, of, doors, now)
        if seen or (person.id in access.named(row) and row.closed_at is None):
            found.append(parts.batch_line(row, states[row.id], [one.id for one in seen], names))
    return tuple(found)


def visible(
    person: Person,
    row: AnyRow,
    inside: Sequence[AnyRow],
    doors: dict[int, Household],
    now: int,
) -> list[AnyRow]:
    """The needs of a batch that somebody reads: all while they buy or check it, else their own."""
    if row.closed_at is None and person.id in access.reads_names(row):
        return list(inside)
    return [
        one
        for one in inside
        if access.minds(person, doors[one.household_id], bool(one.controlled), now)
    ]


def on_duty(
    connection: Connection, community_id: int, now: int
) -> tuple[tuple[str, str, bool], ...]:
    """Who can buy, check and go to doors: those who are medical first."""
    held = people.staff_roles(connection, community_id, now)
    able = [one for one, roles in held.items() if may_somewhere(roles, May.HOLD, now)]
    known = people.accounts_by_id(connection, community_id, able)
    found = [(one, known[one].name, is_a(held[one], MEDICAL, now)) for one in able]
    return tuple(sorted(found, key=lambda one: (not one[2], one[1], one[0])))


def mine(connection: Connection, person: Person) -> Mine:
    """What somebody's household needs and those they act for; their own first."""
    now, community_id = clock.now(), person.community_id
    homes = person.homes(now)
    rows = needs_of(connection, community_id, homes) if homes else []
    doors = estates.households_by_id(connection, community_id, homes) if homes else {}
    found = parts.lines(connection, rows, doors, now)
    ordered = sorted(doors.values(), key=lambda one: (one.household != person.household_id,))
    return Mine(
        tuple(
            Home(
                door.household,
                door.short_words,
                tuple(one for one in found if one.household == door.household),
            )
            for door in ordered
        ),
        round_parts.newest(connection, community_id),
    )


def writing(connection: Connection, person: Person, household: int | None) -> Writing:
    """A form to write medicine down for others, of one door where it is known.

    Raises `NotAllowed` for those who answer for health nowhere, `NotThere` for no door of theirs.
    """
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_HEALTH_REQUESTS, now):
        raise NotAllowed("medicine")
    seq = round_parts.newest(connection, community_id)
    if household is None:
        return Writing(None, (), seq)
    door = estates.household(connection, community_id, household)
    if door is None or not access.minds(person, door, False, now):
        raise NotThere(household)
    rows = [
        row
        for row in needs_of(connection, community_id, [household])
        if access.minds(person, door, bool(row.controlled), now)
    ]
    return Writing(door, tuple(parts.lines(connection, rows, {household: door}, now)), seq)
