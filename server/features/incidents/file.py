"""One closing with everything said of it: read once, added to, written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from server.db.base import AnyRow
from server.features.incidents import rules
from server.features.incidents.tables import INCIDENT_EVENTS, incidents
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.requests import emergency
from server.features.requests.tables import requests
from server.features.rounds.rules import CLOSED
from server.features.rounds.tables import rounds
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused

TOPIC = "incidents"


def may(at: Moment, asked: Asked) -> Person:
    """Whoever asks, if they keep the whole community's clocks. Raises `Refused`."""
    person: Person = at.actors[asked.actor]  # type: ignore[assignment]
    if not person.may(May.KEEP_CLOCKS, asked.corrected_at):
        raise Refused(NOT_YOURS)
    return person


def row_of(connection: Connection, community_id: int, incident: str) -> AnyRow | None:
    """What is kept of a closing."""
    return connection.execute(
        select(incidents).where(
            incidents.c.community_id == community_id, incidents.c.id == incident
        )
    ).first()


def under_way(connection: Connection, community_id: int) -> AnyRow | None:
    """The closing that is proposed, announced or happening now; there is never more than one."""
    return connection.execute(
        select(incidents).where(
            incidents.c.community_id == community_id, incidents.c.state.in_(rules.UNDER_WAY)
        )
    ).first()


def state_of(connection: Connection, community_id: int, incident: str) -> rules.State:
    """How a closing stands."""
    return rules.fold(INCIDENT_EVENTS.of(connection, community_id, incident))


def open_rounds(connection: Connection, community_id: int) -> list[AnyRow]:
    """Rounds that somebody has to close first: id and title."""
    return list(
        connection.execute(
            select(rounds.c.id, rounds.c.title)
            .where(rounds.c.community_id == community_id, rounds.c.status != CLOSED)
            .order_by(rounds.c.made_at)
        )
    )


def emergencies(connection: Connection, community_id: int) -> int:
    """How many emergencies are under way: nothing of one may go while people work on it."""
    query = select(func.count()).where(
        requests.c.community_id == community_id,
        requests.c.kind == emergency.KIND,
        requests.c.closed_at.is_(None),
    )
    found: int = connection.execute(query).scalar_one()
    return found


def held_up(connection: Connection, community_id: int) -> str:
    """What has to be over before anything is deleted, in marked words; empty where nothing has."""
    if open_rounds(connection, community_id):
        return ROUNDS_FIRST
    return EMERGENCY_FIRST if emergencies(connection, community_id) else ""


def begin(at: Moment, asked: Asked, event: Event) -> None:
    """Enter a new one."""
    row = {"community_id": at.community_id, "id": asked.id, "version": asked.seq}
    at.connection.execute(insert(incidents), row | rules.kept(rules.fold([event])))
    INCIDENT_EVENTS.add(at, asked.id, event)
    _tell(at, asked, asked.id)


def enter(at: Moment, asked: Asked, row: AnyRow, event: Event, **more: Any) -> None:
    """Add what was said, and write what it comes to now."""
    INCIDENT_EVENTS.add(at, row.id, event)
    said = rules.kept(state_of(at.connection, at.community_id, row.id))
    at.connection.execute(
        update(incidents)
        .where(incidents.c.community_id == at.community_id, incidents.c.id == row.id)
        .values(version=asked.seq, **said, **more)
    )
    _tell(at, asked, row.id)


def _tell(at: Moment, asked: Asked, incident: str) -> None:
    asked.subject = f"/incidents/{incident}"
    at.tell(TOPIC)


NOT_YOURS = mark("Stewards of the whole community close an incident.")
ROUNDS_FIRST = mark("Rounds are still open. Close them first.")
EMERGENCY_FIRST = mark("An emergency is under way. Wait until it is over.")
