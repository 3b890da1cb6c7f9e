"""Named queries about door systems, and what they have counted of doors."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, distinct, func, select

from server import clock
from server.features.access.tables import door_counts, door_systems
from server.features.access.views import DoorSystems, SystemLine
from server.features.estates import reads as estates
from server.features.estates.tables import buildings, compounds, households, stairwells
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May, Where
from server.features.rounds.reads import parts


def index(connection: Connection, person: Person) -> DoorSystems:
    """The door systems of the compounds where the person may connect some. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.CONNECT, now):
        raise NotAllowed("access")
    names = {
        row.id: row.name
        for row in connection.execute(
            select(compounds.c.id, compounds.c.name)
            .where(compounds.c.community_id == community_id)
            .order_by(compounds.c.position)
        )
        if person.may(May.CONNECT, now, Where(compound=row.id))
    }
    rows = connection.execute(
        select(door_systems)
        .where(
            door_systems.c.community_id == community_id,
            door_systems.c.compound_id.in_(names),
            door_systems.c.ended_at.is_(None),
        )
        .order_by(door_systems.c.made_at, door_systems.c.id)
    )
    lines = tuple(
        SystemLine(
            row.id, row.name, names[row.compound_id], row.made_at, row.key_made_at, row.used_at
        )
        for row in rows
    )
    return DoorSystems(lines, tuple(names.items()), parts.newest(connection, community_id))


class Passages(NamedTuple):
    """How often, and on how many days, people went through one door in the last days."""

    ins: int
    outs: int
    days: int
    last: str  # the last day on which anybody did


class Heard(NamedTuple):
    """From when until when a system has counted people in one building."""

    first: str
    last: str


def passages(
    connection: Connection, community_id: int, stairwell_ids: Collection[int], since: date
) -> dict[int, Passages]:
    """What was counted at each door of some stairwells since a day; doors without are left out."""
    table = door_counts.c
    moved = table.ins + table.outs > 0
    rows = connection.execute(
        select(
            table.household_id,
            func.sum(table.ins),
            func.sum(table.outs),
            func.count(distinct(case((moved, table.day)))),
            func.max(table.day),
        )
        .join(
            households,
            and_(
                households.c.community_id == table.community_id,
                households.c.id == table.household_id,
            ),
        )
        .where(
            table.community_id == community_id,
            table.day >= since.isoformat(),
            moved,
            households.c.stairwell_id.in_(stairwell_ids),
        )
        .group_by(table.household_id)
    )
    return {door: Passages(int(ins), int(outs), days, last) for door, ins, outs, days, last in rows}


def heard(connection: Connection, community_id: int) -> dict[int, list[Heard]]:
    """Of each building, from when until when each connected system counted somebody there."""
    table = door_counts.c
    rows = connection.execute(
        select(buildings.c.id, func.min(table.day), func.max(table.day))
        .select_from(estates.HOUSED)
        .join(
            door_counts,
            and_(
                table.community_id == households.c.community_id,
                table.household_id == households.c.id,
            ),
        )
        .join(
            door_systems,
            and_(
                door_systems.c.community_id == table.community_id,
                door_systems.c.id == table.system_id,
            ),
        )
        .where(
            stairwells.c.community_id == community_id,
            door_systems.c.ended_at.is_(None),
            table.ins + table.outs > 0,
        )
        .group_by(buildings.c.id, table.system_id)
    )
    found: dict[int, list[Heard]] = {}
    for building, first, last in rows:
        found.setdefault(building, []).append(Heard(first, last))
    return found


class Connected(NamedTuple):
    """A door system that is connected, as those who live there are told of it."""

    compound: int
    name: str


def connected(connection: Connection, community_id: int) -> list[Connected]:
    """The door systems that may send counts."""
    table = door_systems.c
    rows = connection.execute(
        select(table.compound_id, table.name)
        .where(table.community_id == community_id, table.ended_at.is_(None), table.key_hash != "")
        .order_by(table.made_at)
    )
    return [Connected(*row) for row in rows]


class Kept(NamedTuple):
    """All that is kept of one door, of every day and system together."""

    household: int
    ins: int
    outs: int
    days: int
    first: str
    last: str


def kept(connection: Connection, community_id: int, homes: Collection[int]) -> list[Kept]:
    """What is kept of some households, for themselves to read."""
    table = door_counts.c
    rows = connection.execute(
        select(
            table.household_id, func.sum(table.ins), func.sum(table.outs),
            func.count(distinct(table.day)), func.min(table.day), func.max(table.day),
        )
        .where(table.community_id == community_id, table.household_id.in_(homes))
        .group_by(table.household_id)
    )  # fmt: skip
    return [Kept(door, int(ins), int(outs), *more) for door, ins, outs, *more in rows]


def version(connection: Connection, community_id: int) -> int:
    """A number that moves whenever a system has sent something."""
    table = door_systems.c
    newest = select(func.max(table.used_at)).where(table.community_id == community_id)
    return connection.execute(newest).scalar_one() or 0
