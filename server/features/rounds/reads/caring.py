"""Visits at one door, and rounds that are still open, for those who look after somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from server.features.rounds import rules
from server.features.rounds.kinds import KINDS
from server.features.rounds.tables import marks, round_stairwells, rounds

VISITING = tuple(one.key for one in KINDS.values() if one.looks_after)


def visits_at(
    connection: Connection, community_id: int, household_id: int, since: int
) -> list[tuple[str, str, int, str]]:
    """Every mark of a door in rounds of visits made since then and not taken back, in order.

    Each with its id, its answer, when it was made, and by whom.
    """
    visiting = select(rounds.c.id).where(
        rounds.c.community_id == community_id, rounds.c.kind.in_(VISITING)
    )
    table = marks.c
    rows = connection.execute(
        select(table.op_id, table.answer, table.at, table.actor)
        .where(
            table.community_id == community_id,
            table.round_id.in_(visiting),
            table.household_id == household_id,
            table.undone_seq.is_(None),
            table.at >= since,
        )
        .order_by(table.at, table.seq)
    )
    return [(row.op_id, row.answer, row.at, row.actor) for row in rows]


def still_open(
    connection: Connection, community_id: int, ids: Collection[str]
) -> dict[str, list[int]]:
    """Those of some rounds that are open or paused, with their stairwells."""
    table, place = rounds.c, round_stairwells.c
    rows = connection.execute(
        select(table.id, place.stairwell_id)
        .join(
            round_stairwells,
            (place.community_id == table.community_id) & (place.round_id == table.id),
        )
        .where(
            table.community_id == community_id,
            table.id.in_(list(ids)),
            table.status.in_((rules.OPEN, rules.PAUSED)),
        )
        .order_by(place.stairwell_id)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[row.id].append(row.stairwell_id)
    return found
