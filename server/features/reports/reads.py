"""What other features read of reports: who has reported, never what, unless they may know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from server.db.bulk import Query, among
from server.features.people.tables import residents
from server.features.reports.tables import report_states
from server.features.rounds.kinds import NEGATIVE, POSITIVE, REPORTED
from server.features.rounds.tables import round_doors, rounds


@dataclass(frozen=True, slots=True)
class Behind:
    """Somebody who lives behind a door of a board."""

    door: int
    resident: int
    name: str
    reported: bool


def behind(
    connection: Connection, community_id: int, round_id: str, doors: list[int]
) -> tuple[Behind, ...]:
    """Who is present behind these doors, and of whom something was reported."""
    here = {"community": community_id, "round": round_id, "doors": doors}
    reported = {row[0] for row in _REPORTED.rows(connection, here)}
    return tuple(
        Behind(door, resident, name, resident in reported)
        for resident, door, name in _PEOPLE.rows(connection, here)
    )


def not_reported() -> ColumnElement[bool]:
    """The condition on doors of a round that somebody there has not reported."""
    table = round_doors.c
    return (table.due > 0) & (table.answer.is_(None) | (table.answer != REPORTED.key))


def opens(round_id: str) -> str:
    """The page on which a household reports, as a reminder for one round opens it."""
    return f"/reports/mine#r-{round_id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has come to in a round."""

    op_id: str  # the report that stands
    at: int
    positive: bool
    disputed: bool


def standing(
    connection: Connection, community_id: int, round_id: str, resident_id: int
) -> Standing | None:
    """What stands for a person in a round; None where nothing does."""
    table = report_states.c
    row = connection.execute(
        select(table.op_id, table.at, table.finding, table.disputed).where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.resident_id == resident_id,
        )
    ).first()
    if row is None:
        return None
    return Standing(row.op_id, row.at, row.finding == POSITIVE.key, bool(row.disputed))


def reported_since(
    connection: Connection, community_id: int, residents_: Collection[int], since: int
) -> dict[int, int]:
    """When each of these people last reported a test since then, and never what."""
    table = report_states.c
    tests = select(rounds.c.id).where(rounds.c.community_id == community_id, rounds.c.kind == TEST)
    rows = connection.execute(
        select(table.resident_id, func.max(table.at))
        .where(
            table.community_id == community_id,
            table.round_id.in_(tests),
            table.resident_id.in_(list(residents_)),
            table.at >= since,
        )
        .group_by(table.resident_id)
    )
    return {row[0]: row[1] for row in rows}


def last_tested(
    connection: Connection, community_id: int, residents_: Collection[int], since: int
) -> dict[int, tuple[int, bool]]:
    """When each of these people last reported a test since then, and whether it was negative.

    For what asks whether a test counts; nobody is shown more of it than that.
    """
    table = report_states.c
    tests = select(rounds.c.id).where(rounds.c.community_id == community_id, rounds.c.kind == TEST)
    rows = connection.execute(
        select(table.resident_id, table.at, table.finding)
        .where(
            table.community_id == community_id,
            table.round_id.in_(tests),
            table.resident_id.in_(list(residents_)),
            table.at >= since,
        )
        .order_by(table.at)
    )
    return {row.resident_id: (row.at, row.finding == NEGATIVE.key) for row in rows}


TEST = "antigen"
"""The kind of round in which people report tests."""


def made_by(connection: Connection, community_id: int, round_id: str) -> str | None:
    """Who made a round of reports."""
    return connection.execute(
        select(rounds.c.made_by).where(
            rounds.c.community_id == community_id, rounds.c.id == round_id
        )
    ).scalar()


_PEOPLE = Query(
    select(residents.c.id, residents.c.household_id, residents.c.name)
    .where(
        residents.c.community_id == bindparam("community"),
        among(residents.c.household_id, "doors"),
        residents.c.present,
    )
    .order_by(residents.c.household_id, residents.c.id)
)
_REPORTED = Query(
    select(report_states.c.resident_id).where(
        report_states.c.community_id == bindparam("community"),
        report_states.c.round_id == bindparam("round"),
        among(report_states.c.household_id, "doors"),
    )
)
