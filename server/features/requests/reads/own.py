"""What those read who ask: their own requests, and for whom they may ask."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from server import clock
from server.features.estates import reads as estates
from server.features.people import finding
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.requests.kinds import KINDS, OPEN
from server.features.requests.reads import parts
from server.features.requests.tables import requests
from server.features.requests.views import Asking, FoundDoor, Intake, OwnList, RequestLine
from server.features.rounds.reads import parts as round_parts
from server.i18n import say

SHOWN = 30
SHOWN_AFTER = 3 * clock.DAY
"""How long a household's list still has what is over."""

FOUND = 12
"""Doors that are offered while somebody types."""


def mine(connection: Connection, person: Person, language: str) -> OwnList:
    """What a household asked for, or others for it: the open ones first."""
    now = clock.now()
    rows = connection.execute(
        select(requests)
        .where(
            requests.c.community_id == person.community_id,
            parts.own(connection, person, now),
            requests.c.closed_at.is_(None) | (requests.c.closed_at > now - SHOWN_AFTER),
        )
        .order_by(requests.c.closed_at.is_not(None), requests.c.opened_at.desc())
        .limit(SHOWN)
    ).all()
    return OwnList(
        parts.lines(connection, person, language, rows),
        round_parts.newest(connection, person.community_id),
    )


def door_of(connection: Connection, community_id: int, request_id: str) -> int | None:
    """The household of a request that is open; None where there is none."""
    table = requests.c
    found: int | None = connection.execute(
        select(table.household_id).where(
            table.community_id == community_id,
            table.id == request_id,
            table.closed_at.is_(None),
        )
    ).scalar()
    return found


def owner_of(connection: Connection, community_id: int, request_id: str, kind: str) -> str:
    """Who has an open request of a kind; empty where nobody does."""
    table = requests.c
    found = connection.execute(
        select(table.owner).where(
            table.community_id == community_id,
            table.id == request_id,
            table.kind == kind,
            table.closed_at.is_(None),
        )
    ).scalar()
    return found or ""


def open_at(
    connection: Connection, person: Person, language: str, household_id: int
) -> tuple[RequestLine, ...]:
    """What is open for a home, as far as somebody may know of it."""
    now = clock.now()
    known = parts.visible(connection, person, now) | parts.own(connection, person, now)
    rows = connection.execute(
        select(requests)
        .where(
            requests.c.community_id == person.community_id,
            requests.c.household_id == household_id,
            requests.c.closed_at.is_(None),
            known,
        )
        .order_by(requests.c.opened_at)
        .limit(SHOWN)
    ).all()
    return parts.lines(connection, person, language, rows)


def asking(connection: Connection, person: Person, language: str) -> Asking:
    """The homes for which somebody may ask without typing an address."""
    now = clock.now()
    homes = person.homes(now)
    doors = estates.households_by_id(connection, person.community_id, homes)
    first = sorted(doors, key=lambda one: (one != person.household_id, one))
    return Asking(
        tuple((one, say(language, doors[one].words)) for one in first),
        "/" if parts.answers_somewhere(person, now) else "/requests",
        round_parts.newest(connection, person.community_id),
    )


def intake(connection: Connection, person: Person, language: str, typed: str) -> Intake:
    """The doors that what was typed so far may mean, of those whose people one may know.

    By address, name, how it sounds, telephone. Raises `NotAllowed`.
    """
    now, community_id = clock.now(), person.community_id
    if not parts.finds(person, now):
        raise NotAllowed("intake")
    found: dict[int, FoundDoor] = {}
    said = finding.find(connection, person, language, typed)
    for one in said.all:
        if len(found) < FOUND and one.household not in found:
            there = people.residents_of(connection, community_id, one.household)
            names = tuple(somebody.name for somebody in there)
            found[one.household] = FoundDoor(one.household, one.place, names)
    newest = round_parts.newest(connection, community_id)
    return Intake(said.typed, tuple(found.values()), newest)


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """Pages about requests to have without a signal, each with a version.

    Whoever answers has no list on their phone, but the requests that they have, where those say
    nothing of health.
    """
    now = clock.now()
    homes = "-".join(map(str, sorted(person.homes(now))))
    pages = [("/requests/new", homes)]
    table = requests.c
    here = table.community_id == person.community_id
    if not parts.answers_somewhere(person, now):
        newest = connection.execute(
            select(func.max(table.version)).where(here, parts.own(connection, person, now))
        ).scalar()
        return [*pages, ("/requests", str(newest or 0))]
    kinds = [kind.key for kind in KINDS.values() if kind.sees == OPEN]
    rows = connection.execute(
        select(table.id, table.version)
        .where(here, table.closed_at.is_(None), table.owner == person.id, table.kind.in_(kinds))
        .order_by(table.due_at)
        .limit(SHOWN)
    )
    return pages + [(f"/requests/{row.id}", str(row.version)) for row in rows]
