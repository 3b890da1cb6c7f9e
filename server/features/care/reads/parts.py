"""What several pages about care read: lines, and when households were last heard of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.care import rules
from server.features.care.tables import CARED_EVENTS, care_calls, cared
from server.features.care.views import PersonLine
from server.features.estates import reads as estates
from server.features.notices import reads as notices
from server.features.passes import reads as passes
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.looks import looked
from server.features.requests import reads as requests
from server.features.rounds import reads as rounds
from server.oplog.events import Event

HORIZON = 30 * clock.DAY
"""How far back somebody's last contact is looked for."""

LOOKED_ONCE = clock.HOUR
"""Drawing a list again within this time is one look at the doors that it shows."""


def known(connection: Connection, community_id: int) -> frozenset[int]:
    """The residents of whom somebody has said already that they need care, whatever came of it."""
    table = cared.c
    query = select(table.resident_id).where(
        table.community_id == community_id, table.resident_id.is_not(None)
    )
    return frozenset(connection.execute(query).scalars())


def heard(
    connection: Connection, community_id: int, households: Collection[int], now: int
) -> dict[int, int]:
    """When each household was last heard of by any means, each means one query for all of them.

    Spoken to at a door or a site, reported, told by telephone or answering, asking for help, going
    through a gate, on a phone, or somebody said so.
    """
    if not households:
        return {}
    since = now - HORIZON
    found: dict[int, int] = {}
    for means in (
        rounds.spoken_to_since,
        notices.told_since,
        requests.asked_since,
        passes.crossed_since,
        people.on_line_since,
        _said_since,
    ):
        for household, at in means(connection, community_id, households, since).items():
            found[household] = max(at or 0, found.get(household, 0))
    return found


def _said_since(
    connection: Connection, community_id: int, households: Collection[int], since: int
) -> dict[int, int]:
    table = care_calls.c
    rows = connection.execute(
        select(table.household_id, func.max(table.at))
        .where(
            table.community_id == community_id,
            table.household_id.in_(list(households)),
            table.at >= since,
        )
        .group_by(table.household_id)
    )
    return {row[0]: row[1] for row in rows}


def lines(
    connection: Connection, community_id: int, rows: Sequence[AnyRow], now: int, *, needs: bool
) -> list[PersonLine]:
    """People in care as lists show them; without their needs for whoever may not know them."""
    homes = {row.household_id for row in rows}
    doors = estates.households_by_id(connection, community_id, homes)
    last = heard(connection, community_id, homes, now)
    able = people.staff_roles(connection, community_id, now)
    kept = {one for row in rows for one in (row.keeper, row.deputy) if one in able}
    names = people.accounts_by_id(connection, community_id, kept)
    said: dict[str, list[Event]] = {row.id: [] for row in rows}
    for person_id, event in CARED_EVENTS.by_thing(connection, community_id, list(said)):
        said[person_id].append(event)

    def name(account: str | None) -> str:
        return names[account].name if account in names else ""

    found = []
    for row in rows:
        state = rules.fold(said[row.id])
        at = max(filter(None, (row.contact_at, last.get(row.household_id))), default=None)
        found.append(
            PersonLine(
                row.id,
                row.name,
                row.household_id,
                row.stairwell_id,
                doors[row.household_id].short_words,
                row.state,
                tuple(row.needs) if needs else (),
                row.words,
                name(row.keeper),
                name(row.deputy),
                row.visits,
                row.meals,
                row.meals_from,
                row.meals_until,
                state.alert.key if state.alert else "",
                row.alert_at,
                state.alert.op_id if state.alert and not state.escalated else "",
                at,
                row.state == rules.CONFIRMED and (at is None or now - at > rules.SILENCE),
                tuple(dict.fromkeys(_sources(state.said))),
            )
        )
    return found


def _sources(said: Iterable[Event]) -> Iterable[str]:
    return (rules.SOURCES[event.key] for event in said if event.what == "suggest")


def look(connection: Connection, person: Person, households: Collection[int], now: int) -> None:
    """Write down that somebody looked at who is in care there, before it is shown."""
    looked(connection, person, "care", households, now, LOOKED_ONCE)
