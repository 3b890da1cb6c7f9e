"""What several pages about requests read: which of them somebody may know of, and their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people import finding
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.requests.kinds import HEALTH, KINDS, OPEN, PRIVATE
from server.features.requests.tables import requests
from server.features.requests.views import Progress, RequestLine
from server.i18n import say


def visible(connection: Connection, person: Person, now: int) -> ColumnElement[bool]:
    """Requests that somebody may know of by their roles, and those that they have."""
    places = estates.places(connection, person.community_id)
    found: list[ColumnElement[bool]] = [requests.c.owner == person.id]
    for right in (OPEN, HEALTH, PRIVATE):
        mine = [one for one, place in places.items() if person.may(right, now, place)]
        if not mine:
            continue
        kinds = [kind.key for kind in KINDS.values() if kind.sees == right]
        where = [requests.c.kind.in_(kinds)]
        if len(mine) < len(places):
            where.append(requests.c.stairwell_id.in_(mine))
        found.append(and_(*where))
    return or_(*found)


def own(connection: Connection, person: Person, now: int) -> ColumnElement[bool]:
    """Requests that somebody asked, or their household, or others for it."""
    homes = person.homes(now)
    if not homes:
        return requests.c.asked_by == person.id
    accounts = people.household_accounts(connection, person.community_id, homes)
    askers = {person.id, *(one.id for one in accounts.values())}
    told = [kind.key for kind in KINDS.values() if not kind.private]
    return requests.c.asked_by.in_(askers) | (
        requests.c.household_id.in_(homes) & requests.c.kind.in_(told)
    )


def answers_somewhere(person: Person, now: int) -> bool:
    """True for whoever answers requests in some place."""
    return person.may_somewhere(May.ANSWER, now)


def finds(person: Person, now: int) -> bool:
    """True for those who may look up by telephone who lives behind which door."""
    return answers_somewhere(person, now) and finding.finds(person, now)


def lines(
    connection: Connection,
    person: Person,
    language: str,
    rows: Sequence[AnyRow],
    progress: Mapping[str, Progress] | None = None,
) -> tuple[RequestLine, ...]:
    """Rows as pages list them, each emergency with how far its steps are."""
    community_id = person.community_id
    doors = estates.households_by_id(
        connection, community_id, {row.household_id for row in rows if row.household_id}
    )
    places = estates.places(connection, community_id, {row.stairwell_id for row in rows})
    owners = {row.owner for row in rows if row.owner}
    names = people.accounts_by_id(connection, community_id, owners)
    same = same_as(rows)
    return tuple(
        RequestLine(
            row.id,
            KINDS[row.kind],
            say(
                language,
                doors[row.household_id].short_words
                if row.household_id
                else places[row.stairwell_id].short_words
                if row.breadth == "stairwell"
                else places[row.stairwell_id].building_words,
            ),
            row.state,
            row.opened_at,
            row.since,
            row.due_at,
            names[row.owner].name if row.owner in names else "",
            row.owner == person.id,
            same.get(row.id, ""),
            (progress or {}).get(row.id),
        )
        for row in rows
    )


def same_as(rows: Iterable[AnyRow]) -> dict[str, str]:
    """Which of these may be the same as an older one: of one kind, for one home or one place."""
    first: dict[tuple[object, ...], str] = {}
    found = {}
    for row in sorted(rows, key=lambda row: (row.opened_at, row.id)):
        where = row.household_id or (
            row.breadth, row.stairwell_id if row.breadth == "stairwell" else row.building_id,
        )  # fmt: skip
        older = first.setdefault((row.kind, where), row.id)
        if older != row.id:
            found[row.id] = older
    return found


def rows_of(connection: Connection, community_id: int, ids: Collection[str]) -> Sequence[AnyRow]:
    """Requests by id."""
    return connection.execute(
        select(requests).where(
            requests.c.community_id == community_id, requests.c.id.in_(list(ids))
        )
    ).all()
