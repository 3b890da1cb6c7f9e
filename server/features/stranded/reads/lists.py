"""Who is shut in: for those who answer for them, and for the household whose guests they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.reports import reads as reports
from server.features.requests import reads as requests
from server.features.requests.views import RequestLine
from server.features.rounds import reads as rounds
from server.features.rounds.reads import parts as round_parts
from server.features.stranded.rules import fold
from server.features.stranded.tables import STRANDED_EVENTS, stranded
from server.features.stranded.views import Desk, Guests, StayLine
from server.i18n import Words, say


def desk(connection: Connection, person: Person, language: str) -> Desk:
    """Who is shut in behind the doors for which somebody answers. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_STRANDED, now):
        raise NotAllowed("stranded")
    places = estates.places(connection, community_id)
    mine_ = [one for one, place in places.items() if person.may(May.SEE_STRANDED, now, place)]
    found = _lines(connection, person, language, stranded.c.stairwell_id.in_(mine_), now)
    lines = sorted(found, key=lambda one: (one.fed_at or 0, one.tested_at or 0, one.since))
    return Desk(
        tuple(lines),
        sum(one.fed_at is None for one in lines),
        sum(one.tested_at is None for one in lines),
        round_parts.newest(connection, community_id),
    )


def mine(connection: Connection, person: Person, language: str) -> Guests:
    """Who is shut in with the households that somebody speaks for."""
    now = clock.now()
    homes = person.homes(now)
    doors = estates.households_by_id(connection, person.community_id, homes)
    first = sorted(doors, key=lambda one: (one != person.household_id, one))
    return Guests(
        tuple(_lines(connection, person, language, stranded.c.household_id.in_(homes), now)),
        tuple((one, say(language, doors[one].words)) for one in first),
        round_parts.newest(connection, person.community_id),
    )


def away(
    connection: Connection, person: Person, household_id: int, now: int
) -> dict[int, tuple[Words, int]]:
    """Where those of a household stay who are shut in elsewhere, and since when, by resident.

    For those who may know who is behind both doors.
    """
    rows = connection.execute(
        select(stranded).where(
            stranded.c.community_id == person.community_id,
            stranded.c.home_id == household_id,
            stranded.c.lives_id.is_not(None),
            stranded.c.left_at.is_(None),
        )
    ).all()
    doors = estates.households_by_id(
        connection, person.community_id, {row.household_id for row in rows}
    )
    return {
        row.lives_id: (doors[row.household_id].short_words, row.since)
        for row in rows
        if person.may(May.SEE_PEOPLE, now, doors[row.household_id])
        or household_id in person.homes(now)
    }


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """A household's page about its guests, so that one is registered without a signal too."""
    homes = person.homes(clock.now())
    if not homes:
        return []
    newest = connection.execute(
        select(func.max(stranded.c.version)).where(
            stranded.c.community_id == person.community_id, stranded.c.household_id.in_(homes)
        )
    ).scalar()
    return [("/stranded/mine", str(newest or 0))]


def _lines(
    connection: Connection, person: Person, language: str, wanted: object, now: int
) -> list[StayLine]:
    community_id = person.community_id
    rows = connection.execute(
        select(stranded, residents.c.name)
        .join(
            residents,
            (residents.c.community_id == stranded.c.community_id)
            & (residents.c.id == stranded.c.resident_id),
        )
        .where(
            stranded.c.community_id == community_id,
            stranded.c.left_at.is_(None),
            wanted,  # type: ignore[arg-type]
        )
        .order_by(stranded.c.since)
    ).all()
    if not rows:
        return []
    events: dict[str, list] = {row.id: [] for row in rows}
    for stay, event in STRANDED_EVENTS.by_thing(connection, community_id, list(events)):
        events[stay].append(event)
    today = _midnight(connection, community_id, now)
    doors = estates.households_by_id(
        connection,
        community_id,
        {row.household_id for row in rows} | {row.home_id for row in rows} - {None},
    )
    fed = rounds.brought_since(connection, community_id, {row.household_id for row in rows}, today)
    tested = reports.reported_since(
        connection, community_id, {row.resident_id for row in rows}, today
    )
    asked = _asked(connection, person, language, rows)
    found = []
    for row in rows:
        state = fold(events[row.id])
        home = doors[row.home_id].short_words if row.home_id is not None else None
        found.append(
            StayLine(
                row.id,
                row.name,
                state.relation,
                row.household_id,
                doors[row.household_id].short_words,
                row.since,
                row.home_id,
                home,
                state.home_words,
                fed.get(row.household_id),
                tested.get(row.resident_id),
                asked.get(row.home_id, ()),
            )
        )
    return found


def _asked(
    connection: Connection, person: Person, language: str, rows: Sequence[AnyRow]
) -> dict[int | None, tuple[RequestLine, ...]]:
    """What is open of the homes that were left, as far as somebody may know of it."""
    homes = {row.home_id for row in rows} - {None}
    return {
        home: requests.open_at(connection, person, language, home)
        for home in homes
        if home is not None
    }


def _midnight(connection: Connection, community_id: int, now: int) -> int:
    """When today began where people live."""
    zone = estates.zone(connection, community_id)
    today = datetime.fromtimestamp(now / 1000, zone).date()
    return clock.from_datetime(datetime.combine(today, time(), zone))
