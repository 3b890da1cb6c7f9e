"""Lists of standing trips: for who runs and drives them, for households, for phones to keep."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from server import clock
from server.db.base import AnyRow
from server.features.passes import reads as passes
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.rounds.reads import parts as round_parts
from server.features.trips import access, rules
from server.features.trips.file import path_of
from server.features.trips.reads import parts
from server.features.trips.tables import trip_plans, trips
from server.features.trips.views import Index, Mine

SHOWN_AFTER = 12 * clock.HOUR
"""How long lists still have what is over."""

KEPT_BEFORE = 36 * clock.HOUR
"""How long before a trip its page is on its driver's phone."""


def index(connection: Connection, person: Person) -> Index:
    """The trips of those for whom somebody answers, and those they drive themselves.

    Raises `NotAllowed` for those who work nowhere here.
    """
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.HOLD, now):
        raise NotAllowed("trips")
    rows = _trips(connection, community_id, now)
    plans = connection.execute(
        select(trip_plans).where(
            trip_plans.c.community_id == community_id, trip_plans.c.ended_at.is_(None)
        )
    ).all()
    known = parts.known_of(connection, community_id, [row.id for row in plans], rows, now)
    minded = {home for home, door in known.doors.items() if access.minds(person, door, now)}
    lines = [
        parts.trip_line(row, known, now)
        for row in rows
        if row.household_id in minded or _drives(person, row, known)
    ]
    return Index(
        tuple(sorted(lines, key=lambda one: (not one.wrong, one.leaves_at, one.id))),
        tuple(
            parts.plan_line(row, known, kind=row.household_id in minded)
            for row in plans
            if row.household_id in minded or person.id in (row.driver, row.deputy)
        ),
        person.may_somewhere(May.APPROVE_PASSES, now),
        round_parts.newest(connection, community_id),
    )


def _drives(person: Person, row: AnyRow, known: parts.Known) -> bool:
    plan = known.plans[row.plan_id]
    return person.id in (row.driver, plan.driver, plan.deputy)


def mine(connection: Connection, person: Person) -> Mine:
    """The trips of somebody's household and of those they act for, with their passes."""
    now, community_id = clock.now(), person.community_id
    homes = person.homes(now)
    if not homes:
        return Mine((), (), {}, round_parts.newest(connection, community_id))
    rows = _trips(connection, community_id, now, trips.c.household_id.in_(sorted(homes)))
    plans = connection.execute(
        select(trip_plans).where(
            trip_plans.c.community_id == community_id,
            trip_plans.c.household_id.in_(sorted(homes)),
            trip_plans.c.ended_at.is_(None),
        )
    ).all()
    known = parts.known_of(connection, community_id, [row.id for row in plans], rows, now)
    return Mine(
        tuple(parts.trip_line(row, known, now) for row in rows),
        tuple(parts.plan_line(row, known, kind=True) for row in plans),
        {row.id: passes.made_for(connection, community_id, path_of(row.id)) for row in rows},
        round_parts.newest(connection, community_id),
    )


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """The trips that somebody drives soon, or is on, to have without a signal."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.HOLD, now):
        return []
    open_ = trips.c.state.in_(rules.OPEN)
    rows = connection.execute(
        select(trips.c.id, trips.c.version, trip_plans.c.version.label("plan"))
        .join(
            trip_plans,
            (trip_plans.c.community_id == trips.c.community_id)
            & (trip_plans.c.id == trips.c.plan_id),
        )
        .where(
            trips.c.community_id == community_id,
            or_(
                trips.c.driver == person.id,
                trip_plans.c.driver == person.id,
                trip_plans.c.deputy == person.id,
            ),
            open_,
            trips.c.leaves_at < now + KEPT_BEFORE,
            trips.c.leaves_at > now - 2 * clock.DAY,
        )
        .order_by(trips.c.leaves_at)
    ).all()
    return [(path_of(row.id), _version(connection, community_id, row)) for row in rows]


def _version(connection: Connection, community_id: int, row: AnyRow) -> str:
    made = passes.made_for(connection, community_id, path_of(row.id))
    shown = (f"{one.number}{one.state}" for one in made)
    return "-".join((str(row.version), str(row.plan), *shown))


def _trips(
    connection: Connection, community_id: int, now: int, *more: ColumnElement[bool]
) -> Sequence[AnyRow]:
    """Trips to come, those on the way, and what was over lately."""
    table = trips.c
    return connection.execute(
        select(trips)
        .where(
            table.community_id == community_id,
            or_(
                table.state.in_((rules.AWAY, rules.HOME)),
                and_(table.state == rules.PLANNED, table.back_at > now - 2 * clock.DAY),
                table.back_at > now - SHOWN_AFTER,
            ),
            *more,
        )
        .order_by(table.leaves_at, table.id)
    ).all()
