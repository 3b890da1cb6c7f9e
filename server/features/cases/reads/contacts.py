"""What a household reads of its close contacts: nothing of whom they met, or where."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.reads import parts
from server.features.cases.rules import State
from server.features.cases.tables import case_events, cases
from server.features.cases.views import OwnContact
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.tables import residents
from server.features.rounds.reads import parts as round_parts
from server.i18n import say
from server.oplog.events import Event


class Met(NamedTuple):
    """Somebody as a contact in one case, and when they need not stay at home any more for it."""

    state: State
    contact: Event
    ends: int | None


def own_contacts(
    connection: Connection, person: Person, language: str, homes: Collection[int], since: int
) -> tuple[OwnContact, ...]:
    """Who of these homes is a close contact in another household's case, or was until `since`.

    Whoever is one in several cases reads of the one that keeps them at home the longest.
    """
    who = connection.execute(
        select(residents)
        .where(
            residents.c.community_id == person.community_id,
            residents.c.household_id.in_(list(homes)),
        )
        .order_by(residents.c.id)
    ).all()
    met = _met(connection, person.community_id, who, since)
    doors = estates.households_by_id(
        connection, person.community_id, {row.household_id for row in who if row.id in met}
    )
    found = []
    for row in who:
        if row.id in met:
            door = doors[row.household_id]
            whose = "" if door.household == person.household_id else say(language, door.short_words)
            found.append(_own(connection, person.community_id, row.name, whose, door, met[row.id]))
    return tuple(found)


def _met(
    connection: Connection, community_id: int, who: Iterable[AnyRow], since: int
) -> dict[int, Met]:
    """Each of these people as the contact that lasts the longest, of those who are or were one."""
    homes = {f"r{row.id}": (row.id, row.household_id) for row in who}
    table = case_events.c
    rows = connection.execute(
        select(table.case_id, table.key, cases.c.household_id)
        .distinct()
        .join(cases, (cases.c.community_id == table.community_id) & (cases.c.id == table.case_id))
        .where(
            table.community_id == community_id,
            table.what == "contact",
            table.key.in_(list(homes)),
        )
    ).all()
    states = parts.states_of(connection, community_id, {row.case_id for row in rows})
    met: dict[int, Met] = {}
    for row in rows:
        resident, home = homes[row.key]
        state = states[row.case_id]
        contact = state.contacts.get(row.key)
        if contact is None or row.household_id == home:
            continue
        ends = rules.ends_at(state, contact)
        if ends is not None and ends <= since:
            continue
        known = met.get(resident)
        if known is None or _later(ends, known.ends):
            met[resident] = Met(state, contact, ends)
    return met


def _later(one: int | None, other: int | None) -> bool:
    """True where the first moment is after the second; one that nobody knows is after all."""
    return other is not None and (one is None or one > other)


def _own(
    connection: Connection, community_id: int, name: str, whose: str, door: Household, met: Met
) -> OwnContact:
    state, contact, ends = met
    owner = people.accounts_by_id(connection, community_id, [state.owner] if state.owner else [])
    round_id = contact.said.get("round")
    return OwnContact(
        name=name,
        whose=whose,
        over=ends is not None and ends <= clock.now(),
        until=ends,
        daily=round_id is not None,
        asked_by=_carriers(connection, community_id, round_id, door) if round_id else (),
        owner=owner[state.owner].name if state.owner in owner else "",
        owner_phone=state.phone,
    )


def _carriers(
    connection: Connection, community_id: int, round_id: str, door: Household
) -> tuple[str, ...]:
    """Who carries a round to a door."""
    given = round_parts.assigned(connection, community_id, round_id, door.stairwell)
    return tuple(
        row.name
        for row in given.get(door.stairwell, ())
        if (row.low is None or row.low <= door.level)
        and (row.high is None or door.level <= row.high)
    )
