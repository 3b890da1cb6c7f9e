"""The staff as pages show it, and their personal links."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from server import clock
from server.db.base import AnyRow
from server.features.estates.tables import compounds
from server.features.people import reads, signing
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import (
    GATE,
    MEDICAL,
    OFFICER,
    POLICE,
    PROPERTY,
    STAFF,
    STEWARD,
    VOLUNTEER,
    May,
    Role,
)
from server.features.people.tables import accounts, sessions, sign_in_codes
from server.features.people.views import StaffLine, StaffMember, StaffPage
from server.i18n import mark

LABELS = {
    STEWARD: mark("Steward"),
    OFFICER: mark("Information officer"),
    VOLUNTEER: mark("Volunteer"),
    PROPERTY: mark("Property company"),
    GATE: mark("Gate guard"),
    MEDICAL: mark("Medical volunteer"),
    POLICE: mark("Police officer"),
}


def everybody(connection: Connection, person: Person) -> StaffPage:
    """Everybody who works here. Raises `NotAllowed`."""
    now = clock.now()
    if not person.leads(now):
        raise NotAllowed("staff")
    rows = connection.execute(
        select(accounts)
        .where(accounts.c.community_id == person.community_id, accounts.c.household_id.is_(None))
        .order_by(accounts.c.team, accounts.c.name)
    ).all()
    held = reads.roles_by_account(connection, person.community_id, [row.id for row in rows])
    named = connection.execute(
        select(compounds.c.id, compounds.c.name)
        .where(compounds.c.community_id == person.community_id)
        .order_by(compounds.c.position)
    )
    return StaffPage(
        tuple(_line(row, held.get(row.id, ()), now) for row in rows),
        tuple((role, LABELS[role]) for role in STAFF),
        tuple((row.id, row.name) for row in named),
        person.may(May.MANAGE_STAFF, now),
    )


def one(connection: Connection, person: Person, account_id: str) -> StaffMember:
    """One of the staff. Raises `NotThere`, `NotAllowed`."""
    now = clock.now()
    if not person.leads(now):
        raise NotAllowed("staff")
    row = _find(connection, person, account_id)
    held = reads.roles(connection, person.community_id, account_id)
    return StaffMember(
        _line(row, held, now),
        _count(connection, person, sign_in_codes, sign_in_codes.c.revoked_at, account_id),
        _count(connection, person, sessions, sessions.c.ended_at, account_id),
        person.may(May.MANAGE_STAFF, now),
    )


def new_link(connection: Connection, person: Person, account_id: str, now: int) -> str:
    """A secret for a personal link that works once. Raises `NotThere`, `NotAllowed`."""
    if not person.may(May.MANAGE_STAFF, now):
        raise NotAllowed("staff")
    row = _find(connection, person, account_id)
    if row.revoked_at is not None:
        raise NotThere(account_id)
    made = signing.make(connection, person.community_id, [account_id], "link", now, once=True)
    return made[account_id]


def _find(connection: Connection, person: Person, account_id: str) -> AnyRow:
    row = connection.execute(
        select(accounts).where(
            accounts.c.community_id == person.community_id,
            accounts.c.id == account_id,
            accounts.c.household_id.is_(None),
        )
    ).first()
    if row is None:
        raise NotThere(account_id)
    return row


def _count(connection: Connection, person: Person, table, ended, account_id: str) -> int:  # type: ignore[no-untyped-def]
    """Links not used or taken back, or phones still signed in."""
    query = select(func.count()).where(
        table.c.community_id == person.community_id,
        table.c.account_id == account_id,
        ended.is_(None),
    )
    if table is sign_in_codes:
        query = query.where(table.c.once.is_(False) | table.c.used_at.is_(None))
    return connection.execute(query).scalar_one()


def _line(row: AnyRow, held: tuple[Role, ...], now: int) -> StaffLine:
    labels = dict.fromkeys(
        LABELS[role.role] for role in held if role.role in LABELS and role.holds(now)
    )
    return StaffLine(row.id, row.name, row.team, tuple(labels), row.revoked_at is not None)
