"""What a door system sends: read strictly, matched with doors, kept in place of what was there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, field
from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.db.bulk import upserting
from server.features.access import keys, rules
from server.features.access.tables import door_counts
from server.features.estates import reads as estates
from server.features.register import reads as register
from server.i18n import mark

Times = Annotated[int, Meta(ge=0, le=rules.MOST_TIMES)]


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """How often people went in and out of one flat on one day."""

    flat: Annotated[str, Meta(min_length=1, max_length=rules.LONGEST_FLAT)]
    day: date
    ins: Times = field(name="in")
    outs: Times = field(name="out")


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Rows as they are posted; no field but these, so that nobody sends a name by mistake."""

    rows: list[Row]


class Unknown(msgspec.Struct):
    """A row, counted from 0, whose flat is none of the compound."""

    row: int
    flat: str


class Taken(msgspec.Struct):
    """What became of every row: the four numbers and the list add up to `rows`."""

    rows: int
    stored: int  # new, or in place of another count of that flat and day
    same: int
    over: int  # older than counts are kept
    unknown: list[Unknown]


class NotTaken(ValueError):
    """Nothing of the batch is taken; `text` is said."""

    def __init__(self, text: str, *, large: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.large = large


def decode(body: bytes) -> Batch:
    """Read a batch. Raises `NotTaken` with what is wrong, and where."""
    try:
        batch = msgspec.json.decode(body, type=Batch)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotTaken(str(error)) from error
    except RecursionError as error:
        raise NotTaken(TOO_DEEP) from error
    if len(batch.rows) > rules.MOST_ROWS:
        raise NotTaken(TOO_MANY, large=True)
    return batch


def doors_meant(connection: Connection, system: AnyRow, batch: Batch) -> dict[str, int]:
    """The doors of the system's compound that a batch is about, by how it writes them."""
    written = {row.flat for row in batch.rows}
    return register.doors_meant(connection, system.community_id, system.compound_id, written)


def take(
    connection: Connection, system: AnyRow, batch: Batch, doors: Mapping[str, int], now: int
) -> Taken:
    """Keep what a system sent of these doors. Raises `NotTaken`, having kept nothing."""
    today = rules.today_of(now, estates.zone(connection, system.community_id))
    if not all(rules.is_possible(row.day, today) for row in batch.rows):
        raise NotTaken(NO_SUCH_DAY)
    kept = _kept(connection, system, {row.day.isoformat() for row in batch.rows})
    fresh, became, unknown = _sort(batch, doors, kept, rules.first_kept(today).isoformat())
    _KEEP.run(
        connection,
        [
            (system.community_id, door, day, system.id, ins, outs)
            for (door, day), (ins, outs) in fresh.items()
        ],
    )
    keys.used(connection, system, now)
    return Taken(len(batch.rows), became["stored"], became["same"], became["over"], unknown)


Place = tuple[int, str]
"""A door and a day."""

InOut = tuple[int, int]


def _sort(
    batch: Batch, doors: Mapping[str, int], kept: Mapping[Place, InOut], first: str
) -> tuple[dict[Place, InOut], Counter[str], list[Unknown]]:
    """What is to be written, what became of how many rows, and whose flats are unknown."""
    fresh: dict[Place, InOut] = {}
    became: Counter[str] = Counter()
    unknown: list[Unknown] = []
    for number, row in enumerate(batch.rows):
        door, day, said = doors.get(row.flat), row.day.isoformat(), (row.ins, row.outs)
        if door is None:
            unknown.append(Unknown(number, row.flat))
        elif day < first:
            became["over"] += 1
        elif (fresh.get((door, day)) or kept.get((door, day))) == said:
            became["same"] += 1
        else:
            fresh[door, day] = said
            became["stored"] += 1
    return fresh, became, unknown


def _kept(connection: Connection, system: AnyRow, days: set[str]) -> dict[Place, InOut]:
    """What the system has sent of these days before."""
    table = door_counts.c
    rows = connection.execute(
        select(table.household_id, table.day, table.ins, table.outs).where(
            table.community_id == system.community_id,
            table.day.in_(days),
            table.system_id == system.id,
        )
    )
    return {(door, day): (ins, outs) for door, day, ins, outs in rows}


_KEEP = upserting(
    door_counts, "community_id", "household_id", "day", "system_id", "ins", "outs"
)  # fmt: skip

TOO_DEEP = mark("It is nested too deeply.")
TOO_MANY = mark("A batch has at most 5,000 rows. Send it in parts.")
NO_SUCH_DAY = mark("A day lies in the future, or more than 60 days back. Nothing was kept.")
