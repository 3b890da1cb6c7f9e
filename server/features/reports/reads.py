"""What other features read of reports: who has reported, never what, unless they may know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, select

from server.db.bulk import Query, among
from server.features.people.tables import residents
from server.features.reports.tables import report_states
from server.features.rounds.kinds import REPORTED
from server.features.rounds.tables import round_doors


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
