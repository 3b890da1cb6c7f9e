"""Laying places down that a register names: buildings, stairwells, floors, doors.

A register says where somebody lives and not how a house is built: its floors are those on which it
names a door, and its doors stand in the order of their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, insert, select

from server.features.estates import rules
from server.features.estates.tables import buildings, compounds, floors, households, stairwells

CARD = Callable[[int], str]


class NewDoor(NamedTuple):
    """A door that is to be: where, and what is painted on it."""

    compound: int
    building: str
    stairwell: str  # empty where the building has only one
    label: str
    floor: str = ""  # as painted on the wall; empty: what the door's own number says
    shop: bool = False

    @property
    def storey(self) -> str:
        """What is painted on its landing: 11 for 1102, 1 where nothing says it."""
        return self.floor or _STOREY.sub("", self.label) or "1"


_STOREY = re.compile(r"(?:\d{2}[A-Z]?|\D.*)$")
"""What of a door's number is not its floor: its last two digits, or all of what is no number."""


def compound(connection: Connection, community_id: int, name: str, scheme: str, number: str) -> int:
    """Wall a compound in; returns its number."""
    last, position = _last(connection, community_id, compounds)
    connection.execute(
        insert(compounds),
        {
            "community_id": community_id,
            "id": last + 1,
            "name": name,
            "scheme": scheme,
            "number": number,
            "position": position + 1,
        },
    )
    return last + 1


def lay(
    connection: Connection,
    community_id: int,
    wanted: Iterable[NewDoor],
    at: int,
    card_number: CARD,
) -> dict[NewDoor, int]:
    """Make these doors, vacant, with all that they stand in; returns the number of each."""
    doors = sorted(dict.fromkeys(wanted), key=_order)
    houses = _buildings(connection, community_id, doors)
    wells = _stairwells(connection, community_id, doors, houses)
    levels = _floors(connection, community_id, doors, wells)
    last, _ = _last(connection, community_id, households)
    rows: list[dict[str, Any]] = []
    made = {}
    positions = _positions(connection, community_id, set(wells.values()))
    for number, door in enumerate(doors, start=last + 1):
        well = wells[door.compound, door.building, door.stairwell]
        landing = well, levels[well, door.storey]
        positions[landing] = positions.get(landing, 0) + 1
        made[door] = number
        rows.append(
            {
                "community_id": community_id,
                "id": number,
                "stairwell_id": well,
                "level": landing[1],
                "position": positions[landing],
                "label": door.label,
                "use": "shop" if door.shop else "home",
                "vacant": not door.shop,
                "name": "",
                "card_number": card_number(number),
                "changed_at": at,
            }
        )
    _insert(connection, households, rows)
    return made


def _order(door: NewDoor) -> tuple[Any, ...]:
    """The order of an estate: by number where it is one."""
    return (
        door.compound,
        *(_natural(one) for one in (door.building, door.stairwell, door.storey, door.label)),
    )


def _natural(text: str) -> tuple[int, str]:
    found = re.match(r"\d+", text)
    return (int(found[0]) if found else 0, text)


def _buildings(
    connection: Connection, community_id: int, doors: Sequence[NewDoor]
) -> dict[tuple[int, str], int]:
    table = buildings.c
    query = select(table.compound_id, table.number, table.id)
    known = {
        (row.compound_id, row.number): row.id
        for row in connection.execute(query.where(table.community_id == community_id))
    }
    last, position = _last(connection, community_id, buildings)
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys((door.compound, door.building) for door in doors):
        if key not in known:
            known[key] = last + len(rows) + 1
            rows.append(
                {
                    "community_id": community_id,
                    "id": known[key],
                    "compound_id": key[0],
                    "number": key[1],
                    "position": position + len(rows) + 1,
                }
            )
    _insert(connection, buildings, rows)
    return known


def _stairwells(
    connection: Connection,
    community_id: int,
    doors: Sequence[NewDoor],
    houses: dict[tuple[int, str], int],
) -> dict[tuple[int, str, str], int]:
    table = stairwells.c
    of = {number: key for key, number in houses.items()}
    query = select(table.building_id, table.number, table.id)
    known = {
        (*of[row.building_id], row.number): row.id
        for row in connection.execute(query.where(table.community_id == community_id))
    }
    last, position = _last(connection, community_id, stairwells)
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys((door.compound, door.building, door.stairwell) for door in doors):
        if key not in known:
            known[key] = last + len(rows) + 1
            rows.append(
                {
                    "community_id": community_id,
                    "id": known[key],
                    "compound_id": key[0],
                    "building_id": houses[key[:2]],
                    "number": key[2],
                    "short": rules.short_label(key[1], key[2]),
                    "position": position + len(rows) + 1,
                }
            )
    _insert(connection, stairwells, rows)
    return known


def _floors(
    connection: Connection,
    community_id: int,
    doors: Sequence[NewDoor],
    wells: dict[tuple[int, str, str], int],
) -> dict[tuple[int, str], int]:
    """The level of each landing, by stairwell and what is painted there."""
    table = floors.c
    query = select(table.stairwell_id, table.label, table.level)
    known = {
        (row.stairwell_id, row.label): row.level
        for row in connection.execute(query.where(table.community_id == community_id))
    }
    taken: dict[int, set[int]] = {}
    for (well, _), level in known.items():
        taken.setdefault(well, set()).add(level)
    rows: list[dict[str, Any]] = []
    for door in doors:
        well = wells[door.compound, door.building, door.stairwell]
        if (well, door.storey) in known:
            continue
        level = _level(door.storey, taken.setdefault(well, set()))
        taken[well].add(level)
        known[well, door.storey] = level
        rows.append(
            {
                "community_id": community_id,
                "stairwell_id": well,
                "level": level,
                "label": door.storey,
                "lobby": "",
            }
        )
    _insert(connection, floors, rows)
    return known


def _level(storey: str, taken: set[int]) -> int:
    """How high a landing is: what is painted there, or the next above where that is taken."""
    level = _natural(storey)[0] or 1
    while level in taken:
        level += 1
    return level


def _positions(
    connection: Connection, community_id: int, wells: set[int]
) -> dict[tuple[int, int], int]:
    """The last door's place on each landing."""
    table = households.c
    query = (
        select(table.stairwell_id, table.level, func.max(table.position))
        .where(table.community_id == community_id)
        .group_by(table.stairwell_id, table.level)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query) if row[0] in wells}


def _last(connection: Connection, community_id: int, table: Table) -> tuple[int, int]:
    """The highest number and place of a table's rows in a community."""
    query = select(func.max(table.c.id), func.max(table.c.position))
    row = connection.execute(query.where(table.c.community_id == community_id)).one()
    return row[0] or 0, row[1] or 0


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))
