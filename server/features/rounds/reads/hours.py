"""How fast a screening gets on: a steward's page, and nothing of any door."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server import clock
from server.features.people.actors import Person
from server.features.rounds import rules
from server.features.rounds.hours import Hour, by_hour
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors, round_states
from server.features.rounds.views import RoundHead, Tally


@dataclass(frozen=True, slots=True)
class Progress:
    """Doors with nothing left to do, hour by hour, in the stairwells that the person leads."""

    round: RoundHead
    tally: Tally
    hours: tuple[Hour, ...]
    seq: int


def progress(connection: Connection, person: Person, _language: str, round_id: str) -> Progress:
    """How far a round was at each hour. Raises `NotFound` and `NotYours`."""
    found, places, sums = parts.places_led(connection, person, round_id)
    opened, ended = _span(connection, person.community_id, round_id, found.status)
    table = round_doors.c
    done = [one.key for one in found.kind.answers if rules.finished(one)]
    moments = connection.execute(
        select(table.at).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(places)),
            table.due > 0,
            table.answer.in_(done),
        )
    ).scalars()
    hours = by_hour(opened, moments, ended) if opened is not None else ()
    return Progress(
        found,
        parts.total(sums.values()),
        tuple(hours),
        parts.newest(connection, person.community_id),
    )


def _span(
    connection: Connection, community_id: int, round_id: str, status: str
) -> tuple[int | None, int]:
    """When the round was first opened, and now or when it was closed."""
    table = round_states.c
    here = (table.community_id == community_id, table.round_id == round_id)
    opened = connection.execute(
        select(func.min(table.at)).where(*here, table.status == rules.OPEN)
    ).scalar_one()
    closed = connection.execute(
        select(func.max(table.at)).where(*here, table.status == rules.CLOSED)
    ).scalar_one()
    return opened, closed if status == rules.CLOSED and closed is not None else clock.now()
