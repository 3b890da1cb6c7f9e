"""Is every plan of standing trips and every trip what was said of it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.trips import file, rules
from server.features.trips.operations.planning import id_of
from server.features.trips.tables import (
    PLAN_EVENTS,
    TRIP_EVENTS,
    trip_events,
    trip_plan_events,
    trip_plans,
    trips,
)
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

OF_PLANS = ("plan.make", "plan.change", "plan.end")
OF_TRIPS = tuple(
    f"trip.{what}" for what in ("make", "step", "undo", "drive", "allow", "skip", "keep", "remind")
)
"""Kinds that say something of a plan or a trip, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of standing trips, one sentence each."""
    yield from same("word of a plan", history, trip_plan_events, "op_id", *OF_PLANS)
    yield from same("word of a trip", history, trip_events, "op_id", *OF_TRIPS)
    yield from same("plan", history, trip_plans, "id", "plan.make")
    of_plans: dict[tuple[int, str], list[Event]] = defaultdict(list)
    of_trips: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, trip_plan_events, PLAN_EVENTS, "plan_id", "plan", of_plans)
    yield from words_of(history, trip_events, TRIP_EVENTS, "trip_id", "trip", of_trips)
    for row in history.connection.execute(select(trip_plans)):
        events = of_plans[row.community_id, row.id]
        wanted = file.plan_kept(rules.fold_plan(events)) | {"version": events[-1].seq}
        if any(getattr(row, name) != value for name, value in wanted.items()):
            yield f"plan {row.id} is not what its history comes to"
    for row in history.connection.execute(select(trips)):
        events = of_trips[row.community_id, row.id]
        wanted = file.trip_kept(rules.fold_trip(events)) | {"version": events[-1].seq}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"trip {row.id} is {found} and its history comes to {wanted}"
        if row.id != id_of(row.plan_id, row.day):
            yield f"trip {row.id} does not follow from its plan and its day"
