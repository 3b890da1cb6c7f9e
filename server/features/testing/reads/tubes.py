"""Tubes and what came of them, and who is swabbed at home."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds.reads import parts as round_parts
from server.features.rounds.tables import round_doors
from server.features.testing import day as days
from server.features.testing import rules
from server.features.testing.reads import parts
from server.features.testing.tables import excuses, test_records
from server.features.testing.tables import tubes as tubes_table
from server.features.testing.views import AtHome, Positive, Tube, TubesPage
from server.i18n import say


def tubes(connection: Connection, person: Person, language: str, round_id: str) -> TubesPage:
    """The tubes of a day; results only for those who may know. Raises `NotThere`, `NotAllowed`."""
    community_id, now = person.community_id, clock.now()
    found = parts.load(connection, community_id, round_id)
    sees = person.may(May.SEE_RESULTS, now)
    if not sees and not parts.works(connection, person, round_id, found.stairwells):
        raise NotAllowed(round_id)
    rows = connection.execute(
        select(tubes_table)
        .where(tubes_table.c.community_id == community_id, tubes_table.c.round_id == round_id)
        .order_by(tubes_table.c.filled_at.desc())
    ).all()
    return TubesPage(
        round=round_parts.head(found.round),
        tube=found.test.tube,
        tubes=tuple(
            Tube(row.code, len(row.residents), row.filled_at, (row.result or "") if sees else "")
            for row in rows
        ),
        waiting=sum(row.result is None for row in rows),
        homes=tuple(_at_home(connection, community_id, language, round_id)),
        positives=tuple(_positives(connection, community_id, language, round_id)) if sees else (),
        may_see_results=sees,
        may_lead=person.leads(now),
        seq=round_parts.newest(connection, community_id),
    )


def _positives(
    connection: Connection, community_id: int, language: str, round_id: str
) -> Iterable[Positive]:
    """Those whose own test of the day was positive, where they live now."""
    rows = connection.execute(
        select(residents.c.id, residents.c.household_id, residents.c.name, test_records.c.tested_at)
        .join(
            test_records,
            (test_records.c.community_id == residents.c.community_id)
            & (test_records.c.resident_id == residents.c.id),
        )
        .where(
            residents.c.community_id == community_id,
            test_records.c.round_id == round_id,
            test_records.c.result == rules.POSITIVE,
        )
        .order_by(test_records.c.tested_at, residents.c.id)
    ).all()
    doors = estates.households_by_id(connection, community_id, [row.household_id for row in rows])
    for row in rows:
        place = say(language, doors[row.household_id].words)
        yield Positive(row.id, row.household_id, row.name, place, row.tested_at)


def _at_home(
    connection: Connection, community_id: int, language: str, round_id: str
) -> Iterable[AtHome]:
    rows = connection.execute(
        select(excuses.c.household_id, residents.c.name, round_doors.c.answer)
        .join(
            residents,
            (residents.c.community_id == excuses.c.community_id)
            & (residents.c.id == excuses.c.resident_id),
        )
        .join(
            round_doors,
            (round_doors.c.community_id == excuses.c.community_id)
            & (round_doors.c.round_id == excuses.c.round_id)
            & (round_doors.c.household_id == excuses.c.household_id),
        )
        .where(
            excuses.c.community_id == community_id,
            excuses.c.round_id == round_id,
            excuses.c.reason == rules.HOME,
        )
        .order_by(round_doors.c.stairwell_id, round_doors.c.level.desc())
    ).all()
    places = estates.households_by_id(connection, community_id, [row.household_id for row in rows])
    for row in rows:
        place = say(language, places[row.household_id].words)
        yield AtHome(row.household_id, place, row.name, row.answer in days.FINAL)
