"""Claims, for those who keep flats; and how one stands, for whoever said it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.arrivals import file, rules
from server.features.arrivals.tables import ARRIVAL_EVENTS, arrivals
from server.features.arrivals.views import Desk, Line
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.reads import Resident
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.posters import reads as posters
from server.features.posters.views import Poster
from server.features.rounds.reads import parts
from server.ids import is_uuid
from server.oplog.events import Event

SHOWN = 200
"""Claims on one page, of those that wait and of those that were decided."""


def desk(connection: Connection, person: Person) -> Desk:
    """All of them, where one keeps flats. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.KEEP_VACANCIES, now):
        raise NotAllowed("arrivals")
    table = arrivals.c
    stairs = [
        one
        for one, place in estates.places(connection, community_id).items()
        if person.may(May.KEEP_VACANCIES, now, place)
    ]
    mine = [table.community_id == community_id, table.stairwell_id.in_(stairs)]
    waiting = connection.execute(
        select(arrivals)
        .where(*mine, table.state == rules.WAITING)
        .order_by(table.said_at, table.id)
        .limit(SHOWN)
    ).all()
    decided = connection.execute(
        select(arrivals)
        .where(*mine, table.decided_at >= now - rules.KEPT)
        .order_by(table.decided_at.desc(), table.id)
        .limit(SHOWN)
    ).all()
    rows = [*waiting, *decided]
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    living: dict[int, list[Resident]] = defaultdict(list)
    for one in people.residents_in(connection, community_id, list(doors)):
        living[one.household_id].append(one)
    names = parts.names(connection, community_id, {row.decided_by for row in rows})
    beside = Counter(row.household_id for row in waiting)
    events: dict[str, list[Event]] = defaultdict(list)
    ids = [row.id for row in rows]
    for arrival, event in ARRIVAL_EVENTS.by_thing(connection, community_id, ids):
        events[arrival].append(event)
    lines = [
        _line(person, row, events[row.id], doors[row.household_id], living, names, beside, now)
        for row in rows
    ]
    return Desk(
        tuple(one for one in lines if one.state == rules.WAITING),
        tuple(one for one in lines if one.state != rules.WAITING),
        parts.newest(connection, community_id),
    )


def standing(connection: Connection, poster: Poster, arrival: str) -> tuple[str, str] | None:
    """How a claim stands and why, for whoever has its address; None where there is none."""
    row = file.row_of(connection, poster.community, arrival) if is_uuid(arrival) else None
    if row is None:
        return None
    state = rules.fold(ARRIVAL_EVENTS.of(connection, poster.community, row.id))
    return state.state, state.why


def in_whose_name(connection: Connection, poster: Poster, door: Household) -> str:
    """Who enters what somebody says by a poster: whoever hung it, else another who may."""
    made_by = posters.made_by(connection, poster)
    return people.in_whose_name(
        connection, poster.community, made_by, May.KEEP_VACANCIES, [door], clock.now()
    )


def _line(
    person: Person,
    row: AnyRow,
    events: Iterable[Event],
    door: Household,
    living: Mapping[int, list[Resident]],
    names: Mapping[str, str],
    beside: Mapping[int, int],
    now: int,
) -> Line:
    state = rules.fold(events)
    there = living.get(row.household_id, [])
    waits = row.state == rules.WAITING
    return Line(
        row.id,
        row.household_id,
        door.words,
        row.way,
        file.content_of(row),
        row.state,
        row.said_at,
        waits and now - row.said_at >= rules.PATIENCE,
        names.get(row.decided_by, ""),
        row.decided_at,
        state.why,
        door.vacant,
        len(there),
        tuple(one.name for one in there) if person.may(May.SEE_PEOPLE, now, door) else (),
        beside[row.household_id] - 1 if waits else 0,
    )
