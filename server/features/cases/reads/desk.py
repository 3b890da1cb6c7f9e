"""The desk: what needs a person now, every open case by building, and doors to open one for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, select

from server import clock
from server.features.cases import rules
from server.features.cases.reads import parts
from server.features.cases.views import BuildingCases, CaseLine, Desk
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds.reads import parts as round_parts
from server.i18n import say


def desk(connection: Connection, person: Person, language: str, typed: str = "") -> Desk:
    """What needs a person now, and every open case by building. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_CASES, now):
        raise NotAllowed("cases")
    doors, rows = parts.open_where(connection, person, May.SEE_CASES, now)
    states = parts.states_of(connection, community_id, [row.id for row in rows])
    homes = _homes(connection, community_id, [row.resident_id for row in rows])
    names = people.accounts_by_id(
        connection, community_id, {one.owner for one in states.values() if one.owner}
    )
    lines = [
        CaseLine(
            id=row.id,
            household=row.household_id,
            building=row.building_id,
            place=say(language, doors[row.household_id].short_words),
            step=rules.STEPS.get(row.step, ""),
            since=states[row.id].since,
            owner=names[row.owner].name if row.owner in names else "",
            dangers=tuple(
                rules.dangers(
                    states[row.id], now, moved=homes.get(row.resident_id) != row.household_id
                )
            ),
        )
        for row in rows
    ]
    pressing = sorted((one for one in lines if one.dangers), key=lambda one: one.dangers[0].since)
    return Desk(
        pressing=tuple(pressing),
        buildings=tuple(_by_building(connection, community_id, language, lines)),
        typed=typed.strip(),
        found=parts.doors_typed(connection, person, language, typed, now),
        may_run=person.may_somewhere(May.RUN_CASES, now),
        seq=round_parts.newest(connection, community_id),
    )


def _homes(connection: Connection, community_id: int, ids: Collection[int]) -> dict[int, int]:
    """Where people live now."""
    rows = connection.execute(
        select(residents.c.id, residents.c.household_id).where(
            residents.c.community_id == community_id, residents.c.id.in_(list(ids))
        )
    )
    return {row.id: row.household_id for row in rows}


def _by_building(
    connection: Connection, community_id: int, language: str, lines: Sequence[CaseLine]
) -> Iterable[BuildingCases]:
    """Open cases by building, in the order of the estate."""
    held = {line.building for line in lines}
    places: dict[int, str] = {}
    for place in estates.places(connection, community_id).values():
        if place.building in held:
            places.setdefault(place.building, say(language, place.building_words))
    for building, words in places.items():
        yield BuildingCases(words, tuple(one for one in lines if one.building == building))


def open_cases_of(
    connection: Connection, person: Person, resident_ids: Collection[int]
) -> dict[int, str]:
    """The open cases of some people, of those that this person may see."""
    _, rows = parts.open_where(connection, person, May.SEE_CASES, clock.now())
    return {row.resident_id: row.id for row in rows if row.resident_id in resident_ids}
