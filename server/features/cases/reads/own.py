"""A household's own: its cases, its people who are contacts of others, and who has looked."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.cases import rules
from server.features.cases.reads import parts
from server.features.cases.reads.contacts import own_contacts
from server.features.cases.reads.looks import looks_at
from server.features.cases.tables import CASE_EVENTS, cases
from server.features.cases.views import OwnCase, OwnCases
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people.actors import Person
from server.features.rounds.reads import parts as round_parts
from server.i18n import say
from server.oplog.events import in_order

SHOWN_AFTER = 14 * clock.DAY
"""How long a household sees a case that is closed."""


def mine(connection: Connection, person: Person, language: str) -> OwnCases:
    """What concerns one's household and those one acts for, and who of the staff has looked."""
    now, community_id = clock.now(), person.community_id
    homes = person.homes(now)
    rows = connection.execute(
        select(cases)
        .where(
            cases.c.community_id == community_id,
            cases.c.household_id.in_(list(homes)),
            cases.c.closed_at.is_(None) | (cases.c.closed_at > now - SHOWN_AFTER),
        )
        .order_by(cases.c.opened_at.desc())
    ).all()
    who = parts.residents_by_id(connection, community_id, [row.resident_id for row in rows])
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    contacts = own_contacts(connection, person, language, homes, now - SHOWN_AFTER)
    return OwnCases(
        tuple(
            _own(
                connection, language, row, who[row.resident_id].name,
                doors[row.household_id] if row.household_id != person.household_id else None,
            )
            for row in rows
        ),
        contacts,
        tuple(looks_at(connection, community_id, homes)) if rows or contacts else (),
        round_parts.newest(connection, community_id),
    )  # fmt: skip


def _own(
    connection: Connection, language: str, row: AnyRow, name: str, other: Household | None
) -> OwnCase:
    events = CASE_EVENTS.of(connection, row.community_id, row.id)
    state = rules.fold(events)
    named = parts.Names(connection, row.community_id, events)
    contacts = parts.contacts_of(connection, row.community_id, language, state, row.household_id)
    clean = state.disinfecting
    first = state.positives[0]
    return OwnCase(
        id=row.id,
        name=name,
        whose=say(language, other.short_words) if other else "",
        why=rules.WHYS[first.key],
        opened_at=first.at,
        step=state.step,
        booked=state.booked if state.confirmed is None else None,
        confirmed=state.confirmed.key if state.confirmed else "",
        doubted=state.doubted is not None,
        owner=named.of(state.owner),
        owner_phone=state.phone,
        cares=tuple(one for one in parts.cares_of(state) if not one.done),
        isolated=tuple(one for one in contacts if not one.place and one.resident),
        clean=clean,
        closed=row.closed_why or "",
        story=tuple(
            named.line(one)
            for one in reversed(in_order(events))
            if one.what in _TO_THE_HOUSEHOLD and not one.again
        ),
    )


_TO_THE_HOUSEHOLD = ("open", "book", "confirm", "step", "disinfect", "close")
"""What a household reads of the story; the rest is how the staff go about it."""
