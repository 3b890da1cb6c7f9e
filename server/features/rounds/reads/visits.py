"""Who came to a round where people come to a site: expected by floor, and when each came."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from server.features.rounds.tables import marks, round_doors


class Expected(NamedTuple):
    """The doors of one floor that are due something."""

    stairwell: int
    level: int
    people: int
    doors: int
    open: int  # people of doors that nothing final was said of


class Visit(NamedTuple):
    """Something said at the site about one household, still standing."""

    household: int
    stairwell: int
    level: int
    answer: str
    people: int  # given: how many were served
    due: int
    at: int


def expected(
    connection: Connection, community_id: int, round_id: str, final: tuple[str, ...]
) -> list[Expected]:
    """Floors with anybody due, top first; `final` are the answers after which nobody is missing."""
    table = round_doors.c
    still = func.sum(table.due).filter(table.answer.is_(None) | table.answer.not_in(final))
    rows = connection.execute(
        select(
            table.stairwell_id,
            table.level,
            func.sum(table.due),
            func.count(),
            func.coalesce(still, 0),
        )
        .where(table.community_id == community_id, table.round_id == round_id, table.due > 0)
        .group_by(table.stairwell_id, table.level)
        .order_by(table.stairwell_id, table.level.desc())
    )
    return [Expected(*row) for row in rows]


def visits(connection: Connection, community_id: int, round_id: str) -> list[Visit]:
    """What was said and not taken back, in the order in which it was so."""
    door, said = round_doors.c, marks.c
    rows = connection.execute(
        select(
            said.household_id,
            door.stairwell_id,
            door.level,
            said.answer,
            said.given,
            door.due,
            said.at,
        )
        .join(
            round_doors,
            (door.community_id == said.community_id)
            & (door.round_id == said.round_id)
            & (door.household_id == said.household_id),
        )
        .where(
            said.community_id == community_id,
            said.round_id == round_id,
            said.undone_seq.is_(None),
        )
        .order_by(said.at, said.seq)
    )
    return [Visit(*row) for row in rows]


def unfinished(
    connection: Connection, community_id: int, round_id: str, final: tuple[str, ...]
) -> list[tuple[int, int, int, int]]:
    """Doors of which something is still missing: household, stairwell, level, people."""
    table = round_doors.c
    rows = connection.execute(
        select(table.household_id, table.stairwell_id, table.level, table.due - table.given).where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.due > 0,
            table.answer.is_(None) | table.answer.not_in(final),
        )
    )
    return [tuple(row) for row in rows]
