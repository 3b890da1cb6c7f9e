"""Whom to chase: who has not reported, and how far reminders have reached them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices import rules as notices
from server.features.notices.tables import notices as notices_table
from server.features.notices.tables import reach
from server.features.people.actors import Person
from server.features.people.rules import OFFICER, May
from server.features.reports import reads
from server.features.reports.pages import shared
from server.features.reports.views import (
    Chase,
    MissingDoor,
    MissingPage,
    MissingStairwell,
)
from server.features.rounds import rules as rounds
from server.features.rounds.kinds import KINDS
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors
from server.features.rounds.tables import rounds as rounds_table
from server.i18n import say


def missing(connection: Connection, person: Person, language: str, round_id: str) -> MissingPage:
    """Who has not reported where the person enters reports. Raises `NotThere`, `NotAllowed`."""
    community_id = person.community_id
    found = shared.round_of(connection, community_id, round_id)
    places = shared.places_of(connection, person, round_id, May.REPORT)
    rows = _missing_rows(connection, community_id, round_id, places)
    doors = estates.households_by_id(connection, community_id, [row.household_id for row in rows])
    names = _who_is_missing(connection, community_id, round_id, list(doors))
    notice, told = _last_reminder(connection, community_id, round_id)
    by_stairwell: dict[int, list[MissingDoor]] = {}
    for row in rows:
        by_stairwell.setdefault(row.stairwell_id, []).append(
            MissingDoor(
                row.household_id,
                row.stairwell_id,
                doors[row.household_id].label,
                tuple(names.get(row.household_id, ())),
                row.answer or "",
                told.get(row.household_id, ""),
            )
        )
    now = clock.now()
    return MissingPage(
        round=found,
        stairwells=tuple(
            MissingStairwell(
                one,
                say(language, places[one].short_words),
                tuple(by_stairwell[one]),
                sum(len(door.names) for door in by_stairwell[one]),
            )
            for one in places
            if one in by_stairwell
        ),
        people=sum(len(who) for who in names.values()),
        notice=notice,
        may_lead=all(person.may(May.LEAD, now, place) for place in places.values()),
        seq=parts.newest(connection, community_id),
    )


def _missing_rows(
    connection: Connection, community_id: int, round_id: str, stairwells: Collection[int]
) -> Sequence[AnyRow]:
    table = round_doors.c
    return connection.execute(
        select(table.household_id, table.stairwell_id, table.level, table.answer)
        .where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(stairwells)),
            reads.not_reported(),
        )
        .order_by(table.stairwell_id, table.level.desc(), table.household_id)
    ).all()


def _who_is_missing(
    connection: Connection, community_id: int, round_id: str, doors: list[int]
) -> dict[int, list[str]]:
    """The names of those who have not reported, by door."""
    found: dict[int, list[str]] = {}
    for one in reads.behind(connection, community_id, round_id, doors):
        if not one.reported:
            found.setdefault(one.door, []).append(one.name)
    return found


def _last_reminder(
    connection: Connection, community_id: int, round_id: str
) -> tuple[str, dict[int, str]]:
    """The newest reminder of a round and how far it has reached each household."""
    table = notices_table.c
    newest = connection.execute(
        select(table.id)
        .where(
            table.community_id == community_id,
            table.kind == "reminder",
            table.opens == reads.opens(round_id),
            table.withdrawn_at.is_(None),
        )
        .order_by(table.made_at.desc())
        .limit(1)
    ).scalar()
    if newest is None:
        return "", {}
    lines = connection.execute(
        select(reach).where(reach.c.community_id == community_id, reach.c.notice_id == newest)
    ).all()
    return str(newest), {line.household_id: notices.step(line) for line in lines}


def chasing(connection: Connection, person: Person) -> tuple[Chase, ...]:
    """The open rounds of reports in which the person goes after somebody, the newest first."""
    now = clock.now()
    if not person.is_a(OFFICER, now):
        return ()
    rows = connection.execute(
        select(rounds_table)
        .where(
            rounds_table.c.community_id == person.community_id,
            rounds_table.c.status == rounds.OPEN,
            rounds_table.c.kind.in_([one.key for one in KINDS.values() if one.reported]),
        )
        .order_by(rounds_table.c.made_at.desc())
    ).all()
    found = []
    for row in rows:
        here = parts.tallies(connection, person.community_id, row.id)
        places = estates.places(connection, person.community_id, here)
        mine = [here[one] for one, place in places.items() if person.may(May.REPORT, now, place)]
        if mine:
            found.append(Chase(parts.head(row), sum(tally.due - tally.given for tally in mine)))
    return tuple(found)
