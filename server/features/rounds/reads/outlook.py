"""What rounds say to everybody: how far reporting has got by building, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.rounds import rules
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_stairwells, rounds
from server.features.rounds.views import RoundHead

ANTIGEN = "antigen"
SHOWN = 20
"""Rounds that are planned, at most."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Of a building: doors that were asked, people behind them, and how many have reported."""

    doors: int
    due: int
    given: int

    def __add__(self, other: Reported) -> Reported:
        return Reported(self.doors + other.doors, self.due + other.due, self.given + other.given)


def reported(connection: Connection, community_id: int) -> dict[int, Reported]:
    """By building, for antigen rounds that are open, or else the newest of them.

    Where a stairwell is in several, the newest counts. Whether a test was positive is not read.
    """
    newest = _antigen_rounds(connection, community_id)
    sums: dict[int, AnyRow] = {}
    for found in newest:
        for row in connection.execute(
            select(round_stairwells).where(
                round_stairwells.c.community_id == community_id,
                round_stairwells.c.round_id == found,
            )
        ):
            sums.setdefault(row.stairwell_id, row)
    buildings: dict[int, Reported] = {}
    for stairwell, place in estates.places(connection, community_id, sums).items():
        row = sums[stairwell]
        more = Reported(row.doors, row.due, row.given)
        buildings[place.building] = buildings.get(place.building, Reported(0, 0, 0)) + more
    return buildings


def _antigen_rounds(connection: Connection, community_id: int) -> Sequence[str]:
    """Those that are under way, the newest first; else the one that was opened last."""
    found = connection.execute(
        select(rounds.c.id, rounds.c.status)
        .where(
            rounds.c.community_id == community_id,
            rounds.c.kind == ANTIGEN,
            rounds.c.status != rules.PLANNED,
        )
        .order_by(rounds.c.made_at.desc(), rounds.c.id.desc())
    ).all()
    under_way = [row.id for row in found if row.status in {rules.OPEN, rules.PAUSED}]
    return under_way or [row.id for row in found[:1]]


def planned(
    connection: Connection, community_id: int, since: int, until: int
) -> tuple[RoundHead, ...]:
    """Rounds and testing days planned for a time, and those that repeat; each title once.

    A round that is planned and says no deadline may begin at any time, so it counts.
    """
    table = rounds.c
    soon = table.deadline.is_(None) | ((table.deadline >= since) & (table.deadline <= until))
    rows = connection.execute(
        select(rounds)
        .where(
            table.community_id == community_id,
            ((table.status == rules.PLANNED) & soon)
            | ((table.repeats == "daily") & (table.status != rules.CLOSED)),
        )
        .order_by(table.made_at.desc())
        .limit(SHOWN)
    )
    heads = {row.title: parts.head(row) for row in rows}
    return tuple(reversed(heads.values()))
