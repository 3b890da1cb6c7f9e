"""What several pages about standing trips read: lines of trips and of plans."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.rules import May, may_somewhere
from server.features.trips import rules
from server.features.trips.clearance import Asked, Clearance, clearances
from server.features.trips.rules import Plan, Trip
from server.features.trips.tables import PLAN_EVENTS, TRIP_EVENTS, trip_plans
from server.features.trips.views import PlanLine, TripLine
from server.oplog.events import Event


@dataclass(frozen=True, slots=True)
class Known:
    """What is read at once for several trips or plans."""

    rows: Mapping[str, AnyRow]  # of plans
    plans: Mapping[str, Plan]
    trips: Mapping[str, Trip]
    doors: Mapping[int, Household]
    names: Mapping[str, str]  # of accounts
    people: Mapping[int, str]  # residents of these homes
    clearances: Mapping[str, Clearance]  # of trips


def known_of(
    connection: Connection,
    community_id: int,
    plans: Collection[str],
    trips: Sequence[AnyRow],
    now: int,
) -> Known:
    """Everything that lines of these plans and trips say."""
    wanted = {*plans} | {row.plan_id for row in trips}
    rows = {
        row.id: row
        for row in connection.execute(
            select(trip_plans).where(
                trip_plans.c.community_id == community_id, trip_plans.c.id.in_(sorted(wanted))
            )
        )
    }
    said: dict[str, list[Event]] = {one: [] for one in wanted}
    for plan_id, event in PLAN_EVENTS.by_thing(connection, community_id, wanted):
        said[plan_id].append(event)
    told: dict[str, list[Event]] = {row.id: [] for row in trips}
    for trip_id, event in TRIP_EVENTS.by_thing(connection, community_id, list(told)):
        told[trip_id].append(event)
    homes = {row.household_id for row in rows.values()}
    accounts = {event.actor for events in told.values() for event in events}
    folded = {one: rules.fold_plan(events) for one, events in said.items()}
    accounts |= {row.driver for row in trips}
    accounts |= {one for plan in folded.values() for one in (plan.driver, plan.deputy)}
    named = people.accounts_by_id(connection, community_id, accounts)
    known = {one: rules.fold_trip(events) for one, events in told.items()}
    asked = [
        Asked(rows[row.plan_id].resident_id, folded[row.plan_id], known[row.id]) for row in trips
    ]
    cleared = clearances(connection, community_id, asked, now)
    return Known(
        rows,
        folded,
        known,
        estates.households_by_id(connection, community_id, homes) if homes else {},
        {one: account.name for one, account in named.items()},
        {one.id: one.name for one in people.residents_in(connection, community_id, homes)},
        {row.id: one for row, one in zip(trips, cleared, strict=True)},
    )


def trip_line(row: AnyRow, known: Known, now: int) -> TripLine:
    """One trip as lists have it."""
    trip, plan = known.trips[row.id], known.plans[row.plan_id]
    of = known.rows[row.plan_id]
    return TripLine(
        id=row.id,
        plan=row.plan_id,
        household=row.household_id,
        place=known.doors[row.household_id].short_words,
        name=known.people.get(of.resident_id, ""),
        hospital=plan.hospital,
        day=row.day,
        leaves_at=row.leaves_at,
        back_at=row.back_at,
        driver=known.names.get(row.driver, ""),
        state=row.state,
        ready=rules.READY in trip.steps,
        late=_late(row, now),
        clearance=known.clearances[row.id],
    )


def _late(row: AnyRow, now: int) -> bool:
    """True where nobody says that they are back, or that they did not go."""
    return row.state in (rules.PLANNED, rules.AWAY) and now >= row.back_at + rules.LATE_AFTER


def plan_line(row: AnyRow, known: Known, *, kind: bool) -> PlanLine:
    """One plan as lists have it; without `kind` nobody reads what it is for."""
    plan = known.plans[row.id]
    return PlanLine(
        row.id,
        known.doors[row.household_id].short_words,
        known.people.get(row.resident_id, ""),
        plan.kind if kind else "",
        plan.hospital,
        plan.days,
        plan.leaves,
        plan.back,
        known.names.get(plan.driver, ""),
        known.names.get(plan.deputy, ""),
    )


def residents(
    connection: Connection, community_id: int, household: int
) -> tuple[tuple[int, str], ...]:
    """Who lives behind a door: number and name."""
    found = people.residents_of(connection, community_id, household)
    return tuple((one.id, one.name) for one in found)


def drivers(connection: Connection, community_id: int, now: int) -> tuple[tuple[str, str], ...]:
    """Who can drive: everybody on duty, by name."""
    held = people.staff_roles(connection, community_id, now)
    able = [one for one, roles in held.items() if may_somewhere(roles, May.HOLD, now)]
    known = people.accounts_by_id(connection, community_id, able)
    return tuple(sorted(((one, known[one].name) for one in able), key=lambda one: one[::-1]))
