"""Trips age: how many were driven is counted."""

from __future__ import annotations

from sqlalchemy import and_

from server.db.base import AnyRow
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.features.trips.rules import DONE, HOME, SKIPPED
from server.features.trips.tables import PLAN_EVENTS, TRIP_EVENTS, trip_plans, trips
from server.i18n import mark


@ages("requests", {"trips": mark("Trips to a hospital")})
def driven(over: Over) -> int:
    """Trips that are over; before the plans that they are of."""

    def one(row: AnyRow) -> None:
        if row.state in {DONE, HOME}:
            over.count("trips", row.leaves_at)

    ended = and_(trips.c.state.in_((DONE, HOME, SKIPPED)), trips.c.back_at < over.before)
    return ageing.things(over, trips, TRIP_EVENTS, ended, one)


@ages("requests")
def planned(over: Over) -> int:
    """Plans that were ended, once no trip is left of them."""
    ended = trip_plans.c.ended_at.is_not(None)
    of_it = (trips, "plan_id")
    return ageing.things(over, trip_plans, PLAN_EVENTS, ended, ageing.nothing, named_by=of_it)
