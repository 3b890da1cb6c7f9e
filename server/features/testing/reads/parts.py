"""What several pages about testing days read: the day, who works there, a household's days."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.rounds.tables import assignments, round_doors, rounds
from server.features.testing import day as days
from server.features.testing.day import Day
from server.features.testing.tables import test_rounds


def load(connection: Connection, community_id: int, round_id: str) -> Day:
    found = days.load(connection, community_id, round_id)
    if found is None:
        raise NotThere(round_id)
    return found


def works(connection: Connection, person: Person, round_id: str, stairwells: Iterable[int]) -> bool:
    """True where the person was given one of these stairwells for the day."""
    table = assignments.c
    given = connection.execute(
        select(table.stairwell_id).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.account_id == person.id,
            table.stairwell_id.in_(list(stairwells)),
            table.until.is_(None),
        )
    ).first()
    return given is not None


def days_of(
    connection: Connection, community_id: int, household_id: int, states: Collection[str]
) -> list[AnyRow]:
    """The testing days with a household that are in one of these states, the newest first.

    Each with what is known of the household's door: how many are due, what was said, its landing.
    """
    door = round_doors.c
    rows = connection.execute(
        select(rounds.c.id, door.due, door.answer, door.stairwell_id, door.level)
        .join(
            test_rounds,
            (test_rounds.c.community_id == rounds.c.community_id)
            & (test_rounds.c.round_id == rounds.c.id),
        )
        .join(
            round_doors,
            (door.community_id == rounds.c.community_id) & (door.round_id == rounds.c.id),
        )
        .where(
            rounds.c.community_id == community_id,
            rounds.c.status.in_(list(states)),
            door.household_id == household_id,
        )
        .order_by(rounds.c.made_at.desc())
    )
    return list(rows)
