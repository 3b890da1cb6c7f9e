"""A household's own record: for whoever speaks for it, and for nobody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from server import clock
from server.features.cases import reads as cases
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import history
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.looks import looked
from server.features.people.register import NotAllowed
from server.features.people.tables import residents
from server.features.record import asks, looks, sections
from server.features.record.views import Home, Known, Record
from server.features.rounds.reads import parts
from server.i18n import Words, say


def record(connection: Connection, person: Person, language: str) -> Record:
    """All that is kept of the households that somebody speaks for. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    ids = sorted(person.homes(now), key=lambda one: (one != person.household_id, one))
    doors = estates.households_by_id(connection, community_id, ids)
    if not doors:
        raise NotAllowed("record")
    own = cases.mine(connection, person, language)
    asking = sections.Asking(connection, person, language, tuple(doors), own, now)
    seen = looks.of_homes(
        connection,
        community_id,
        doors,
        {door.stairwell for door in doors.values()},
        cases=bool(own.cases or own.contacts),
    )
    return Record(
        tuple(_home(connection, community_id, doors[one]) for one in ids if one in doors),
        sections.every(asking),
        looks.by_day(connection, community_id, language, seen),
        asks.of_homes(connection, community_id, doors),
        parts.newest(connection, community_id),
    )


def taken(connection: Connection, person: Person, now: int) -> None:
    """Write down that somebody takes the record away, before it leaves. Raises `NotAllowed`."""
    homes = person.homes(now)
    if not homes:
        raise NotAllowed("record")
    looked(connection, person, "record", sorted(homes), now)


def as_data(found: Record, language: str) -> dict[str, Any]:
    """A record as a program reads it: times in RFC 3339, years as numbers."""
    return {
        "households": [_home_data(one, language) for one in found.homes],
        "sections": {one.key: [line.data for line in one.lines] for one in found.sections},
        "who_looked": [
            {
                "at": clock.rfc3339(one.at),
                "name": one.name,
                "what": one.key,
                "taken_away": one.taken,
                "words": say(language, one.what),
            }
            for one in found.looks
        ],
        "asked_to_erase": [
            {
                "what": say(language, Words(one.what)),
                "words": one.words,
                "asked_at": clock.rfc3339(one.asked_at),
                "state": one.state,
                "why": one.why,
            }
            for one in found.asks
        ],
    }


def _home(connection: Connection, community_id: int, door: Household) -> Home:
    phones = _phones(connection, community_id, door.household)
    return Home(
        door.household,
        door.words,
        door.name,
        tuple(
            Known(one, phones.get(one.id, ""))
            for one in people.residents_of(connection, community_id, door.household)
        ),
        history.of_household(connection, community_id, door.household, most=None),
    )


def _phones(connection: Connection, community_id: int, household: int) -> dict[int, str]:
    table = residents.c
    query = select(table.id, table.phone).where(
        table.community_id == community_id, table.household_id == household
    )
    return {row.id: row.phone for row in connection.execute(query)}


def _home_data(home: Home, language: str) -> dict[str, Any]:
    return {
        "place": say(language, home.place),
        "name": home.name,
        "people": [
            {
                "name": one.resident.name,
                "born": one.resident.born,
                "phone": one.phone,
                "tenure": one.resident.tenure,
                "registered_here": one.resident.registered,
                "here": one.resident.present,
            }
            for one in home.people
        ],
        "changes": [
            {
                "at": clock.rfc3339(one.at),
                "what": say(language, one.words),
                "by": one.by,
                "fields": [
                    {"field": label, "before": _text(before, language)}
                    | {"after": _text(after, language)}
                    for label, before, after in one.parts
                ],
            }
            for one in home.history
        ],
    }


def _text(value: Any, language: str) -> str:
    return value if isinstance(value, str) else say(language, value)
