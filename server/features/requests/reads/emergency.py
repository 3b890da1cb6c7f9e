"""The steps of an emergency, for those who take them, for those who asked, and for the desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import HOUSEHOLD
from server.features.requests import access, emergency, rules
from server.features.requests.emergency import AT_THE_DOOR, KIND, STEPS, State
from server.features.requests.reads import parts
from server.features.requests.tables import REQUEST_EVENTS, requests
from server.features.requests.views import Progress, StepLine, StepsPage
from server.features.rounds.reads import parts as round_parts
from server.i18n import say
from server.oplog.events import Event


def steps(connection: Connection, person: Person, language: str, request_id: str) -> StepsPage:
    """The steps of one emergency, without a word of what has happened.

    Raises `NotThere`, also for who may not see it and where it is no emergency.
    """
    now, community_id = clock.now(), person.community_id
    rows = parts.rows_of(connection, community_id, [request_id])
    if not rows or rows[0].kind != KIND:
        raise NotThere(request_id)
    row = rows[0]
    place = access.place_of(connection, row)
    events = REQUEST_EVENTS.of(connection, community_id, request_id)
    state = emergency.fold(events)
    if not access.helps(person, place, state, now):
        raise NotThere(request_id)
    request = rules.fold(events)
    stairwell = estates.places(connection, community_id, [row.stairwell_id])[row.stairwell_id]
    goes_up = emergency.reads_the_floor(person.roles, place, now)
    goes_up = goes_up or bool({*state.of(person.id)} & {*AT_THE_DOOR})
    return StepsPage(
        id=row.id,
        place=say(language, stairwell.short_words),
        floor=place.address.floor if goes_up and request.open else "",
        state=request.state,
        open=request.open,
        progress=_progress(connection, person, state),
        answers=access.answers(person, row, place, request, now),
        joined_to=_joined_to(connection, person, row, now),
        seq=round_parts.newest(connection, community_id),
    )


def _joined_to(connection: Connection, person: Person, row: AnyRow, now: int) -> str:
    """The emergency to which one was joined, where it is theirs to see too; else nothing."""
    joined_to = [row.joined_to] if row.joined_to else []
    for main in parts.rows_of(connection, row.community_id, joined_to):
        events = REQUEST_EVENTS.of(connection, row.community_id, main.id)
        state = emergency.fold(events)
        if main.kind == KIND and access.helps(
            person, access.place_of(connection, main), state, now
        ):
            return str(main.id)
    return ""


def progress(
    connection: Connection, person: Person, row: AnyRow, events: Iterable[Event]
) -> Progress | None:
    """How far the steps of a request are; None where it is no emergency."""
    if row.kind != KIND:
        return None
    return _progress(connection, person, emergency.fold(events))


def _progress(connection: Connection, person: Person, state: State) -> Progress:
    whos = {one.who for one in state.steps.values() if one.who}
    names = people.accounts_by_id(connection, person.community_id, whos)
    return Progress(
        state.began,
        state.arrived,
        state.open,
        tuple(
            StepLine(
                STEPS[key],
                one.since,
                names[one.who].name if one.who in names else "",
                one.who == person.id,
                one.done,
            )
            for key, one in state.steps.items()
        ),
    )


def on_the_desk(
    connection: Connection, person: Person, rows: Collection[AnyRow]
) -> Mapping[str, Progress]:
    """How far each emergency among requests is, by request."""
    ids = [row.id for row in rows if row.kind == KIND]
    if not ids:
        return {}
    events: dict[str, list[Event]] = {one: [] for one in ids}
    for request_id, event in REQUEST_EVENTS.by_thing(connection, person.community_id, ids):
        events[request_id].append(event)
    return {one: _progress(connection, person, emergency.fold(events[one])) for one in ids}


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """The steps of open emergencies of which somebody was told or in which they do something."""
    now = clock.now()
    if not any(one.role != HOUSEHOLD and one.holds(now) for one in person.roles):
        return []
    rows = connection.execute(
        select(requests)
        .where(
            requests.c.community_id == person.community_id,
            requests.c.closed_at.is_(None),
            requests.c.kind == KIND,
        )
        .order_by(requests.c.opened_at.desc())
        .limit(MOST)
    ).all()
    if not rows:
        return []
    events: dict[str, list[Event]] = {row.id: [] for row in rows}
    for request_id, event in REQUEST_EVENTS.by_thing(connection, person.community_id, [*events]):
        events[request_id].append(event)
    states = {one: emergency.fold(said) for one, said in events.items()}
    return [
        (f"/requests/{row.id}/steps", str(row.version))
        for row in rows
        if person.id in states[row.id].told or states[row.id].of(person.id)
    ]


MOST = 20
"""Emergencies at once whose steps a phone keeps."""
