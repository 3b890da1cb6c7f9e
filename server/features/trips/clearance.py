"""Whether the tests of those who go count when they leave: in order or not, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from server import clock
from server.features.passes import freshness
from server.features.passes.file import limits
from server.features.trips.rules import EVE, Plan, Trip


@dataclass(frozen=True, slots=True)
class Clearance:
    """What is known of the tests for one trip. Nobody learns which of them does not count."""

    counts: bool
    until: int | None  # until when all of them count; None where one does not
    from_at: int  # a test taken from then on counts for the trip
    allowed: bool  # who leads lets them go all the same
    pressing: bool  # it is the evening before, or later: now somebody has to do something

    @property
    def cleared(self) -> bool:
        """True where they may leave."""
        return self.counts or self.allowed


def clearance(
    connection: Connection, community_id: int, resident: int, plan: Plan, trip: Trip, now: int
) -> Clearance:
    """Whether whoever is driven, and who of the household goes along, may leave.

    After the trip has begun it is about the moment at which it was to leave.
    """
    hours = limits(connection, community_id).test_hours
    going = {resident} | ({plan.companion} if plan.companion is not None else set())
    at = min(now, trip.leaves_at)
    known = freshness.counts_until(connection, community_id, going, hours, at)
    until = min(known.values()) if known.keys() >= going else None
    return Clearance(
        until is not None and until >= trip.leaves_at,
        until,
        trip.leaves_at - hours * clock.HOUR,
        trip.allowed is not None,
        now >= trip.leaves_at - EVE,
    )
