"""Named queries for the page of vacant flats. Each takes a connection; the page gets `views`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.access import reads as access
from server.features.access.rules import today_of
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.rounds import reads as rounds
from server.features.rounds.reads import parts
from server.features.vacancies import rules, suggestions
from server.features.vacancies.file import PATH
from server.features.vacancies.tables import vacancies
from server.features.vacancies.views import Vacancies, VacancyLine


def index(connection: Connection, person: Person) -> Vacancies:
    """The vacant flats that the person keeps, the longest due first. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.KEEP_VACANCIES, now):
        raise NotAllowed("vacancies")
    places = estates.places(connection, community_id)
    seen = _kept_by(person, places, now)
    rows = connection.execute(
        select(vacancies)
        .where(
            vacancies.c.community_id == community_id,
            vacancies.c.stairwell_id.in_(seen),
            vacancies.c.vacant,
        )
        .order_by(vacancies.c.due_at, vacancies.c.id)
    ).all()
    ids = [row.household_id for row in rows]
    doors = estates.households_by_id(connection, community_id, ids)
    lines = {row.household_id: _line(row, doors[row.household_id], now) for row in rows}
    by_place: dict[int, list[VacancyLine]] = defaultdict(list)
    for number, door in doors.items():  # in the order of the estate
        if not lines[number].due:
            by_place[door.stairwell].append(lines[number])
    return Vacancies(
        due=tuple(one for one in lines.values() if one.due),
        buildings=tuple(
            (places[one].short_words, tuple(by_place[one])) for one in places if one in by_place
        ),
        screenings=rounds.open_screenings(connection, community_id, seen),
        suggestions=suggestions.of(connection, person, seen, now),
        seq=parts.newest(connection, community_id),
    )


def _line(row: AnyRow, door: Household, now: int) -> VacancyLine:
    return VacancyLine(
        row.household_id,
        door.short_words,
        door.building,
        row.evidence,
        row.seal,
        row.words,
        row.since,
        row.checked_at,
        due=rules.is_due(row.due_at, now) or not door.vacant,
        late=rules.is_late(row.due_at, now),
        moved_in=not door.vacant,
    )


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """The page of vacant flats, for those who keep them: in a cellar there is no signal."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.KEEP_VACANCIES, now):
        return []
    table = vacancies.c
    newest, due = connection.execute(
        select(func.max(table.version), func.count().filter(table.due_at <= now)).where(
            table.community_id == community_id
        )
    ).one()
    seen = _kept_by(person, estates.places(connection, community_id), now)
    offered = rounds.open_screenings(connection, community_id, seen)
    today = today_of(now, estates.zone(connection, community_id))
    counted = f"{access.version(connection, community_id)}.{today}"
    stands = [str(newest or 0), str(due), counted, *(one for one, _ in offered)]
    return [(PATH, "-".join(stands))]


def _kept_by(person: Person, places: Mapping[int, Place], now: int) -> list[int]:
    """The stairwells in which the person keeps vacant flats."""
    return [one for one, place in places.items() if person.may(May.KEEP_VACANCIES, now, place)]
