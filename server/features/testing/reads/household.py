"""What a household is told: its turn on testing days, and its last tests."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.people.actors import Person
from server.features.people.tables import residents
from server.features.rounds import rules as round_rules
from server.features.rounds.reads import parts as round_parts
from server.features.testing import day as days
from server.features.testing import pacing, rules
from server.features.testing.day import Day
from server.features.testing.reads import parts
from server.features.testing.tables import test_records
from server.features.testing.views import LastTest, Turn

TOLD_OF = (round_rules.OPEN, round_rules.PAUSED)
"""Days of which a household is told its turn."""

MOST = 2
"""So many days at once, the newest."""


def turns(connection: Connection, person: Person) -> tuple[Turn, ...]:
    """What a household is told of testing days that are open or about to be."""
    if person.household_id is None:
        return ()
    found = parts.days_of(connection, person.community_id, person.household_id, TOLD_OF)
    return tuple(
        _turn(parts.load(connection, person.community_id, row.id), row, clock.now())
        for row in [row for row in found if row.due > 0][:MOST]
    )


def _turn(found: Day, row: AnyRow, now: int) -> Turn:
    here = found.site_of(row.stairwell_id)
    call = found.calls.get((row.stairwell_id, row.level))
    waits = None
    if row.answer in days.FINAL:
        state = "done"
    elif row.answer == rules.HERE:
        state = "here"
    elif call is not None:
        state = call.state
    else:
        state = "wait"
        if here is not None:
            waits = pacing.turn(
                here.seen, here.queue, now, here.limits, row.stairwell_id, row.level
            )
    return Turn(
        round_parts.head(found.round),
        here.site.name if here else "",
        here.site.place if here else "",
        state if waits or state != "wait" else "unknown",
        waits.minutes if waits else 0,
        waits.floors_before if waits else 0,
        (call.notice_id or "") if call else "",
    )


def last_tests(connection: Connection, person: Person) -> tuple[LastTest, ...]:
    """When each of one's own household was last tested, and what came of it."""
    if person.household_id is None:
        return ()
    rows = connection.execute(
        select(residents.c.name, residents.c.id, test_records.c.tested_at, test_records.c.result)
        .join(
            test_records,
            (test_records.c.community_id == residents.c.community_id)
            & (test_records.c.resident_id == residents.c.id),
        )
        .where(
            residents.c.community_id == person.community_id,
            residents.c.household_id == person.household_id,
        )
        .order_by(test_records.c.tested_at)
    )
    newest = {row.id: LastTest(row.name, row.tested_at, row.result) for row in rows}
    return tuple(newest.values())


def positive_at(
    connection: Connection, community_id: int, round_id: str, resident_id: int
) -> int | None:
    """When somebody whose own test of a day was positive was tested; None where it was not."""
    table = test_records.c
    tested_at: int | None = connection.execute(
        select(table.tested_at).where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.resident_id == resident_id,
            table.result == rules.POSITIVE,
        )
    ).scalar()
    return tested_at


def last_tested(
    connection: Connection, community_id: int, residents_: Collection[int], since: int
) -> dict[int, tuple[int, bool]]:
    """When each of these people was last tested since then, and whether it was negative.

    For what asks whether a test counts; nobody is shown more of it than that.
    """
    table = test_records.c
    rows = connection.execute(
        select(table.resident_id, table.tested_at, table.result)
        .where(
            table.community_id == community_id,
            table.resident_id.in_(list(residents_)),
            table.tested_at >= since,
        )
        .order_by(table.tested_at)
    )
    return {row.resident_id: (row.tested_at, row.result == rules.NEGATIVE) for row in rows}
