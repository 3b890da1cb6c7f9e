"""What pages about reports have in common: the round, where one may, until when."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.reports.tables import report_deadlines
from server.features.rounds.reads import parts
from server.features.rounds.views import RoundHead


def round_of(connection: Connection, community_id: int, round_id: str) -> RoundHead:
    """The round, where people report in it. Raises `NotThere`."""
    try:
        found = parts.find(connection, community_id, round_id)
    except parts.NotFound:
        raise NotThere(round_id) from None
    if not found.kind.reported:
        raise NotThere(round_id)
    return found


def places_of(connection: Connection, person: Person, round_id: str, what: May) -> dict[int, Place]:
    """Those of a round's stairwells over which the person has a right. Raises `NotAllowed`."""
    places = parts.places_where(connection, person, round_id, what)
    if not places:
        raise NotAllowed(round_id)
    return places


def deadlines(connection: Connection, community_id: int, round_id: str) -> dict[int, int]:
    table = report_deadlines.c
    query = select(table.building_id, table.due_at).where(
        table.community_id == community_id, table.round_id == round_id
    )
    return dict(connection.execute(query).all())
