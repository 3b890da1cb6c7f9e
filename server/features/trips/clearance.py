"""Whether the tests of those who go count when they leave: in order or not, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from server import clock
from server.features.passes import freshness
from server.features.passes.file import limits
from server.features.trips.rules import EVE, Plan, Trip


@dataclass(frozen=True, slots=True)
class Clearance:
    """What is known of the tests for one trip. Nobody learns which of them does not count."""

    counts: bool
    from_at: int  # a test taken from then on counts for the trip
    allowed: bool  # who leads lets them go all the same
    pressing: bool  # it is the evening before, or later: now somebody has to do something

    @property
    def cleared(self) -> bool:
        """True where they may leave."""
        return self.counts or self.allowed


class Asked(NamedTuple):
    """A trip of which it is asked, with whom it is for and what its plan says."""

    resident: int
    plan: Plan
    trip: Trip

    @property
    def going(self) -> set[int]:
        """Who of the household goes: whoever is driven, and who goes along."""
        along = {self.plan.companion} if self.plan.companion is not None else set()
        return {self.resident, *along}


def clearances(
    connection: Connection, community_id: int, asked: Sequence[Asked], now: int
) -> list[Clearance]:
    """Whether those of each of these trips may leave, or might have when it left."""
    if not asked:
        return []
    hours = limits(connection, community_id).test_hours
    going = set().union(*(one.going for one in asked))
    earliest = min(now, *(one.trip.leaves_at for one in asked))
    known = freshness.counts_until(connection, community_id, going, hours, earliest)
    found = []
    for one in asked:
        until = min(known.get(who, 0) for who in one.going)
        leaves_at = one.trip.leaves_at
        found.append(
            Clearance(
                counts=until >= leaves_at,
                from_at=leaves_at - hours * clock.HOUR,
                allowed=one.trip.allowed is not None,
                pressing=now >= leaves_at - EVE,
            )
        )
    return found


def clearance(
    connection: Connection, community_id: int, resident: int, plan: Plan, trip: Trip, now: int
) -> Clearance:
    """The same of one trip."""
    return clearances(connection, community_id, [Asked(resident, plan, trip)], now)[0]
