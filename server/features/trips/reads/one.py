"""One trip, one plan, and the form of a new plan."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.passes import reads as passes
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds.reads import parts as round_parts
from server.features.trips import access, rules
from server.features.trips.file import path_of, plan_row, trip_row
from server.features.trips.reads import parts
from server.features.trips.rules import Trip
from server.features.trips.tables import trips
from server.features.trips.views import PlanPage, StepLine, TripPage, Writing


def trip(connection: Connection, person: Person, trip_id: str) -> TripPage:
    """One trip, as far as whoever looks may know of it. Raises `NotThere`."""
    now, community_id = clock.now(), person.community_id
    row = trip_row(connection, community_id, trip_id)
    if row is None:
        raise NotThere(trip_id)
    known = parts.known_of(connection, community_id, (), [row], now)
    plan, found, door = known.plans[row.plan_id], known.trips[row.id], known.doors[row.household_id]
    drives = person.id in (row.driver, plan.driver, plan.deputy)
    minds = access.minds(person, door, now)
    theirs = access.whose(person, row.household_id, now)
    if not (drives or minds or theirs):
        raise NotThere(trip_id)
    runs = access.runs(person, door, now)
    told_why = (minds or theirs) and not drives  # a driver's page is kept on a phone
    both = dict.fromkeys((plan.driver, plan.deputy)) if drives else {}
    line = parts.trip_line(row, known, now)
    return TripPage(
        line=line,
        kind=rules.KINDS.get(plan.kind, "") if told_why else "",
        companion=known.people.get(plan.companion or 0, "") or plan.escort,
        plate=plan.plate,
        steps=_steps(found, known, person, drives or runs),
        next_step=found.next_step,
        passes=passes.made_for(connection, community_id, path_of(row.id)),
        allowed_why=str(found.allowed.said["why"]) if found.allowed and told_why else "",
        skipped_why=str(found.skipped.said["why"]) if found.skipped and told_why else "",
        drives=drives,
        runs=runs,
        leads=access.leads(person, door, now),
        theirs=theirs,
        driver_id=row.driver,
        names=parts.drivers(connection, community_id, now)
        if runs
        else tuple((one, known.names.get(one, "")) for one in both),
        wanted=found.wanted,
        to_come=row.leaves_at > now,
        asks=tuple(rules.reminders(found, line.clearance.cleared, now)),
        seq=round_parts.newest(connection, community_id),
    )


def _steps(found: Trip, known: parts.Known, person: Person, works: bool) -> tuple[StepLine, ...]:
    lines = []
    last = next((key for key in reversed(rules.STEPS) if key in found.steps), "")
    for key, step in rules.STEPS.items():
        event = found.steps.get(key)
        lines.append(
            StepLine(
                step,
                event.at if event else None,
                known.names.get(event.actor, "") if event else "",
                bool(event and event.said.get("uncleared")),
                event is not None and (works or event.actor == person.id),
                key == last,
            )
        )
    return tuple(lines)


def plan(connection: Connection, person: Person, plan_id: str) -> PlanPage:
    """One plan, for those who run it. Raises `NotThere`."""
    now, community_id = clock.now(), person.community_id
    row = plan_row(connection, community_id, plan_id)
    door = estates.household(connection, community_id, row.household_id) if row else None
    if row is None or door is None or not access.runs(person, door, now):
        raise NotThere(plan_id)
    coming = connection.execute(
        select(trips)
        .where(
            trips.c.community_id == community_id,
            trips.c.plan_id == plan_id,
            trips.c.back_at > now - SHOWN_BEFORE,
        )
        .order_by(trips.c.leaves_at)
    ).all()
    known = parts.known_of(connection, community_id, [plan_id], coming, now)
    return PlanPage(
        parts.plan_line(row, known, kind=True),
        known.plans[plan_id],
        parts.residents(connection, community_id, row.household_id),
        row.resident_id,
        parts.drivers(connection, community_id, now),
        tuple(parts.trip_line(one, known, now) for one in coming),
        known.plans[plan_id].ended is None,
        round_parts.newest(connection, community_id),
    )


def writing(connection: Connection, person: Person, household: int | None, typed: str) -> Writing:
    """A form to plan trips, of one door where it is known by its number or as it was typed.

    Raises `NotAllowed` for those who approve passes nowhere, `NotThere` for no door of theirs.
    """
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.APPROVE_PASSES, now):
        raise NotAllowed("trips")
    seq = round_parts.newest(connection, community_id)
    people = parts.drivers(connection, community_id, now)
    if household is None and typed:
        doors = estates.find_doors(connection, community_id, typed)
        household = doors[0].household if len(doors) == 1 else None
    if household is None:
        return Writing(None, typed, (), people, seq)
    door = estates.household(connection, community_id, household)
    if door is None or not access.runs(person, door, now):
        raise NotThere(household)
    return Writing(door, "", parts.residents(connection, community_id, household), people, seq)


SHOWN_BEFORE = 14 * clock.DAY
"""How far back a plan's page has its trips."""
