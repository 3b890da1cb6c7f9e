"""What follows by itself: a plan's trips, their passes, and that nobody is forgotten on one.

Each has an id that follows from what it follows from, so that nothing is done twice.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.passes import reads as passes
from server.features.passes.rules import PERSON, VALID, VEHICLE
from server.features.passes.views import PassLine
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.trips import rules
from server.features.trips.clearance import Clearance, clearance
from server.features.trips.file import door_of, path_of, plan_at, plan_row, trip_row
from server.features.trips.rules import Plan, Trip
from server.features.trips.tables import TRIP_EVENTS, trips
from server.i18n import DEFAULT, mark, translate
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("trips.plan")
def plan(at: Reacting) -> None:
    """Every day the trips of the next days are made; after a gap only those still to come.

    It goes on until its plan is said anew, which begins it anew, or ended.
    """
    plan_id, changed = at.subject.split()
    row = plan_row(at.connection, at.community_id, plan_id)
    if row is None or row.changed != changed:
        return
    said = plan_at(at.connection, at.community_id, plan_id)
    zone = estates.zone(at.connection, at.community_id)
    days = {one.day for one in rules.due(said, zone, at.now + 1, at.now + rules.AHEAD)}
    actor = _runs(at, row)
    for day in sorted(days | _planned(at, plan_id)):
        data = {"plan": plan_id, "day": day}
        at.submit(actor, derived(f"{changed}/{day}"), "trip.make", data)
    today = datetime.fromtimestamp(at.now / 1000, zone).date()
    if said.ended is None and (not said.until or said.until >= today.isoformat()):
        midnight = datetime.combine(today + timedelta(days=1), time(0, 5), zone)
        at.again_at = clock.from_datetime(midnight)


def _planned(at: Reacting, plan_id: str) -> set[str]:
    """The days of a plan's trips on which nobody has left yet."""
    query = select(trips.c.day).where(
        trips.c.community_id == at.community_id,
        trips.c.plan_id == plan_id,
        trips.c.leaves_at > at.now,
        trips.c.state.in_((rules.PLANNED, rules.SKIPPED)),
    )
    return {*at.connection.execute(query).scalars()}


@reaction("trips.watch")
def watch(at: Reacting) -> None:
    """Look after a trip from two days before until it is over."""
    row, of, said, trip = _trip(at, at.subject)
    known = _clearance(at, of, said, trip)
    for what in rules.reminders(trip, known.cleared, at.now):
        data = {"trip": row.id, "what": what}
        at.submit(_runs(at, of), derived(f"{row.id}/{what}"), "trip.remind", data)
    _passes(at, row, of, said, trip, known)
    at.again_at = rules.look_again(trip, at.now)


@reaction("trips.passes")
def passes_follow(at: Reacting) -> None:
    """A trip was moved, allowed, or does not take place: its passes follow at once."""
    trip_id, _ = at.subject.split()
    row, of, said, trip = _trip(at, trip_id)
    _passes(at, row, of, said, trip, _clearance(at, of, said, trip))


def _passes(
    at: Reacting, row: AnyRow, of: AnyRow, said: Plan, trip: Trip, known: Clearance
) -> None:
    """One for who is driven and one for the vehicle while they may leave, and none otherwise.

    What somebody has taken back or revoked themselves is not made again.
    """
    if trip.state not in (rules.PLANNED, rules.SKIPPED):
        return
    if not at.now < trip.leaves_at <= at.now + rules.AHEAD:
        return  # it has left, or is looked after later
    about = path_of(row.id)
    made = passes.made_for(at.connection, at.community_id, about)
    wanted = _wanted(at, row, of, said, trip) if _may_leave(trip, known) else {}
    actor = _runs(at, of)
    for one in made:
        if one.state == VALID and not (one.used or _fits(one, wanted.get(one.kind))):
            why = {"pass": one.id, "why": translate(DEFAULT, NOT_NOW)}
            at.submit(actor, _by_itself(one), "pass.revoke", why)
    ended = passes.ended_by(at.connection, at.community_id, [one.id for one in made])
    for kind, data in wanted.items():
        same = [one for one in made if one.kind == kind]
        there = [one for one in same if one.state == VALID or ended.get(one.id) != _by_itself(one)]
        if not any(_fits(one, data) for one in there):
            made_id = derived(f"{row.id}/{row.version}/{kind}/{len(same)}")
            at.submit(actor, made_id, "pass.make", {**data, "about": about})


def _by_itself(one: PassLine) -> str:
    """The id of the operation by which a trip revokes a pass of its own."""
    return derived(f"{one.id}/trip")


def _may_leave(trip: Trip, known: Clearance) -> bool:
    return trip.state == rules.PLANNED and known.cleared


def _wanted(
    at: Reacting, row: AnyRow, of: AnyRow, said: Plan, trip: Trip
) -> dict[str, dict[str, Any]]:
    """What the passes of a trip say, by kind."""
    names = {
        one.id: one.name
        for one in people.residents_of(at.connection, at.community_id, row.household_id)
    }
    drivers = people.accounts_by_id(at.connection, at.community_id, [trip.driver])
    along = names.get(said.companion or 0, "") or said.escort
    along = along or next((one.name for one in drivers.values()), "")
    common = {
        "reason": "hospital",
        "household": row.household_id,
        "since": clock.rfc3339(max(at.now, trip.leaves_at - rules.PASS_BEFORE)),
        "until": clock.rfc3339(trip.back_at + rules.PASS_AFTER),
    }
    test = ["slip"] if trip.allowed is not None else ["test"]
    person = {"kind": PERSON, "resident": of.resident_id, "name": names.get(of.resident_id, "")}
    wanted = {PERSON: {**common, **person, "conditions": [*test, "escort"], "escort": along}}
    if said.plate:
        wanted[VEHICLE] = {**common, "kind": VEHICLE, "name": said.plate}
    return wanted


def _fits(one: PassLine, data: dict[str, Any] | None) -> bool:
    """True for a pass that says what it should, so that the gate and the household keep it."""
    return data is not None and (one.name, clock.rfc3339(one.until), one.escort) == (
        data["name"],
        data["until"],
        data.get("escort", ""),
    )


def _trip(at: Reacting, trip_id: str) -> tuple[AnyRow, AnyRow, Plan, Trip]:
    row = trip_row(at.connection, at.community_id, trip_id)
    assert row is not None, "a trip is never deleted"
    of = plan_row(at.connection, at.community_id, row.plan_id)
    assert of is not None, "a plan is never deleted"
    events = TRIP_EVENTS.of(at.connection, at.community_id, trip_id)
    said = plan_at(at.connection, at.community_id, row.plan_id)
    return row, of, said, rules.fold_trip(events)


def _clearance(at: Reacting, of: AnyRow, said: Plan, trip: Trip) -> Clearance:
    return clearance(at.connection, at.community_id, of.resident_id, said, trip, at.now)


def _runs(at: Reacting, row: AnyRow) -> str:
    """In whose name it goes on: whoever made the plan, else another who approves passes there."""
    door = door_of(at.connection, row)
    return people.in_whose_name(
        at.connection, at.community_id, row.made_by, May.APPROVE_PASSES, [door], at.now
    )


NOT_NOW = mark("The trip does not take place, or has changed, or no test counts for it.")
