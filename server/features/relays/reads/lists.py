"""Relays that concern somebody, and what a new one needs."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.custody import reads as custody
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.relays.tables import relays
from server.features.relays.views import NewRelay, RelayLine, RelayList
from server.features.requests import reads as requests
from server.features.rounds.reads import parts as round_parts
from server.i18n import Words

SHOWN = 50
SHOWN_AFTER = clock.DAY


def listed(connection: Connection, person: Person) -> RelayList:
    """Relays that somebody runs, carries, waits for or answers for: the open ones first."""
    now = clock.now()
    rows = connection.execute(
        select(relays)
        .where(
            relays.c.community_id == person.community_id,
            relays.c.closed_at.is_(None) | (relays.c.closed_at > now - SHOWN_AFTER),
        )
        .order_by(relays.c.closed_at.is_not(None), relays.c.due_at)
    ).all()
    doors = estates.households_by_id(
        connection, person.community_id, {row.household_id for row in rows}
    )
    homes = person.homes(now)
    mine = [
        row
        for row in rows
        if person.id in (row.owner, row.carrier)
        or row.household_id in homes
        or person.may(May.SEE_THINGS, now, doors[row.household_id])
    ]
    return RelayList(
        tuple(line(row, doors[row.household_id].short_words) for row in mine[:SHOWN]),
        person.may_somewhere(May.HOLD, now),
        round_parts.newest(connection, person.community_id),
    )


def new(connection: Connection, person: Person, language: str, request_id: str) -> NewRelay:
    """What the form for a relay knows already. Raises `NotAllowed`, `NotThere`."""
    if not person.may_somewhere(May.HOLD, clock.now()):
        raise NotAllowed("relays")
    household, place = None, None
    if request_id:
        found = requests.request(connection, person, language, request_id)
        if not found.answers:
            raise NotAllowed("relays")
        household = found.household
    if household is not None:
        door = estates.household(connection, person.community_id, household)
        place = door.short_words if door else None
    seq = round_parts.newest(connection, person.community_id)
    return NewRelay(household, place, request_id, seq)


def of_request(connection: Connection, community_id: int, request_id: str) -> tuple[str, ...]:
    """The relays that were started for a request. Whoever asks has settled who may know of it."""
    query = select(relays.c.id).where(
        relays.c.community_id == community_id, relays.c.request_id == request_id
    )
    return tuple(connection.execute(query.order_by(relays.c.id)).scalars())


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """Pages of the relays that somebody carries or runs, to have at a gate without a signal."""
    rows = connection.execute(
        select(relays)
        .where(
            relays.c.community_id == person.community_id,
            relays.c.closed_at.is_(None),
            (relays.c.owner == person.id) | (relays.c.carrier == person.id),
        )
        .order_by(relays.c.due_at)
        .limit(SHOWN)
    ).all()
    pages = [(f"/relays/{row.id}", row.version) for row in rows]
    moved = custody.newest_of(connection, person.community_id, [url for url, _ in pages])
    return [(url, f"{version}-{moved.get(url, 0)}") for url, version in pages]


def line(row: AnyRow, place: Words) -> RelayLine:
    """A row as pages list it."""
    return RelayLine(
        row.id, row.way, place, row.state, row.since, row.due_at, row.closed_at, row.version
    )
