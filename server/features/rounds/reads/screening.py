"""Open screenings and what a door has come to in them, for those who keep vacant flats."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from server.features.rounds import rules
from server.features.rounds.kinds import ASKED, DECLARED
from server.features.rounds.kinds import VACANT as NOBODY_LIVES_THERE
from server.features.rounds.tables import round_doors, round_stairwells, rounds

VACANT = NOBODY_LIVES_THERE.key
SPOKEN_FOR = (ASKED.key, DECLARED.key)
"""Answers of a door behind which somebody lives."""


def screened(connection: Connection, community_id: int, household_id: int) -> dict[str, str | None]:
    """What a door has come to in each screening that is open and goes there, by round."""
    table, door = rounds.c, round_doors.c
    rows = connection.execute(
        select(table.id, door.answer)
        .join(
            round_doors,
            (door.community_id == table.community_id) & (door.round_id == table.id),
        )
        .where(
            table.community_id == community_id,
            table.kind == "screening",
            table.status == rules.OPEN,
            door.household_id == household_id,
        )
        .order_by(table.made_at, table.id)
    )
    return {row.id: row.answer for row in rows}


def open_screenings(
    connection: Connection, community_id: int, stairwells: Collection[int]
) -> tuple[tuple[str, str], ...]:
    """The id and title of each screening that is open in one of these stairwells."""
    table, place = rounds.c, round_stairwells.c
    there = select(place.round_id).where(
        place.community_id == community_id, place.stairwell_id.in_(list(stairwells))
    )
    rows = connection.execute(
        select(table.id, table.title)
        .where(
            table.community_id == community_id,
            table.kind == "screening",
            table.status == rules.OPEN,
            table.id.in_(there),
        )
        .order_by(table.made_at, table.id)
    )
    return tuple((row.id, row.title) for row in rows)
