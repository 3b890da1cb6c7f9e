"""Named queries about people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, cast, func, select

from server.features.estates import reads as estates
from server.features.people.rules import (
    HOUSEHOLD,
    OFFICER,
    VOLUNTEER,
    May,
    Role,
    Somewhere,
    covers,
    may,
    scope_of,
)
from server.features.people.tables import accounts, devices, residents, sessions
from server.features.people.tables import roles as roles_table


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in."""

    id: str
    name: str
    team: str  # A, B or empty
    household_id: int | None
    language: str
    display: dict[str, Any] | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who goes to doors, with the stairwells they usually have."""

    id: str
    name: str
    team: str
    usual: frozenset[int]


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives here, by registration or in fact."""

    id: int
    household_id: int
    name: str
    born: int | None
    registered: bool
    present: bool
    tenure: str  # owner, tenant or empty


@dataclass(frozen=True, slots=True)
class Presence:
    """How many people a household has: who is here decides what is due, whoever is registered."""

    present: int = 0
    registered: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """An account with its roles: who is asking."""

    account: Account
    roles: tuple[Role, ...]


def account(connection: Connection, community_id: int, account_id: str) -> Account | None:
    """The account of that id, revoked or not."""
    return accounts_by_id(connection, community_id, [account_id]).get(account_id)


def accounts_by_id(
    connection: Connection, community_id: int, account_ids: Iterable[str]
) -> dict[str, Account]:
    """Accounts by id."""
    query = _accounts(community_id).where(accounts.c.id.in_(list(account_ids)))
    return {row.id: Account(*row) for row in connection.execute(query)}


def person(connection: Connection, community_id: int, account_id: str) -> Person | None:
    """The account of that id with all its roles."""
    found = account(connection, community_id, account_id)
    return Person(found, roles(connection, community_id, account_id)) if found else None


def roles(connection: Connection, community_id: int, account_id: str) -> tuple[Role, ...]:
    """All roles of an account, in force or not: `rules.may` judges by time."""
    return roles_by_account(connection, community_id, [account_id]).get(account_id, ())


def roles_by_account(
    connection: Connection, community_id: int, account_ids: Iterable[str]
) -> dict[str, tuple[Role, ...]]:
    """All roles of some accounts."""
    return _by_account(
        connection, _roles(community_id).where(roles_table.c.account_id.in_(list(account_ids)))
    )


def staff_roles(connection: Connection, community_id: int, at: int) -> dict[str, tuple[Role, ...]]:
    """The roles in force of everybody who works here and whose account is, by account."""
    query = _roles(community_id).where(
        roles_table.c.role != HOUSEHOLD,
        roles_table.c.since <= at,
        roles_table.c.until.is_(None) | (roles_table.c.until > at),
        roles_table.c.account_id.in_(
            select(accounts.c.id).where(
                accounts.c.community_id == community_id, accounts.c.revoked_at.is_(None)
            )
        ),
    )
    return _by_account(connection, query)


def who_may(
    connection: Connection, community_id: int, what: May, places: Collection[Somewhere], at: int
) -> list[str]:
    """Accounts of those who work here and have a right in all of these places then."""
    return sorted(
        account
        for account, held in staff_roles(connection, community_id, at).items()
        if places and all(may(held, what, place, at) for place in places)
    )


def nearest(
    connection: Connection,
    community_id: int,
    able: Collection[str],
    place: Somewhere,
    at: int,
    role: str = OFFICER,
) -> list[str]:
    """Those of some accounts with a role over a place, such as its officers; else all of them."""
    held = staff_roles(connection, community_id, at)
    near = {
        account
        for account in able
        if any(one.role == role and covers(one, place) for one in held.get(account, ()))
    }
    return sorted(near or able)


def in_whose_name(
    connection: Connection,
    community_id: int,
    first: str,
    what: May,
    places: Collection[Somewhere],
    at: int,
) -> str:
    """In whose name something goes on by itself: whoever began it, else another who may.

    Nobody's holiday and no closed account stops it. Where nobody may any more it is asked for by
    who began it, and the refusal is kept for whoever may next.
    """
    able = who_may(connection, community_id, what, places, at)
    return first if first in able else next(iter(able), first)


def volunteers(connection: Connection, community_id: int, at: int) -> tuple[Volunteer, ...]:
    """All volunteers at a time, team by team."""
    return tuple(
        Volunteer(
            one.id,
            one.name,
            one.team,
            scope_of(held, VOLUNTEER, at).get("stairwell", frozenset()),
        )
        for one, held in _holders(connection, community_id, VOLUNTEER, at)
    )


def residents_of(
    connection: Connection, community_id: int, household_id: int
) -> tuple[Resident, ...]:
    """Everybody of a household, the oldest first."""
    return residents_in(connection, community_id, [household_id])


def residents_in(
    connection: Connection, community_id: int, household_ids: Collection[int]
) -> tuple[Resident, ...]:
    """Everybody of some households, the oldest first."""
    columns = [residents.c[name] for name in Resident.__slots__]
    query = (
        select(*columns)
        .where(
            residents.c.community_id == community_id,
            residents.c.household_id.in_(list(household_ids)),
            residents.c.left_at.is_(None),
        )
        .order_by(residents.c.born, residents.c.id)
    )
    return tuple(Resident(*row) for row in connection.execute(query))


def phone_tails(connection: Connection, community_id: int, household_id: int) -> dict[int, str]:
    """The last four digits of everybody's telephone number; the whole is a tap that is logged."""
    table = residents.c
    query = select(table.id, table.phone).where(
        table.community_id == community_id, table.household_id == household_id, table.phone != ""
    )
    return {row.id: row.phone[-4:] for row in connection.execute(query)}


def moved_away(
    connection: Connection, community_id: int, household_id: int
) -> tuple[tuple[int, str], ...]:
    """The number and name of those who lived behind a door and moved away, the last first."""
    table = residents.c
    rows = connection.execute(
        select(table.id, table.name)
        .where(
            table.community_id == community_id,
            table.household_id == household_id,
            table.left_at.is_not(None),
        )
        .order_by(table.left_at.desc())
    )
    return tuple((row.id, row.name) for row in rows)


def resident_names(connection: Connection, community_id: int) -> frozenset[str]:
    """What everybody who lives here is called, whoever and wherever they are."""
    query = select(residents.c.name).where(residents.c.community_id == community_id)
    return frozenset(connection.execute(query.distinct()).scalars())


def presence(
    connection: Connection, community_id: int, household_ids: Iterable[int] | None = None
) -> dict[int, Presence]:
    """Who is here and who is registered, by household; homes where nobody is known are left out."""
    table = residents.c
    query = (
        select(
            table.household_id,
            func.sum(cast(table.present, Integer)),
            func.sum(cast(table.registered, Integer)),
        )
        .where(table.community_id == community_id)
        .group_by(table.household_id)
    )
    if household_ids is not None:
        query = query.where(table.household_id.in_(list(household_ids)))
    return {row[0]: Presence(row[1], row[2]) for row in connection.execute(query)}


def present_by_stairwell(connection: Connection, community_id: int) -> dict[int, int]:
    """How many people are here, by stairwell."""
    here = presence(connection, community_id)
    return {
        stairwell: sum(here[household].present for household in doors if household in here)
        for stairwell, doors in estates.households_by_stairwell(connection, community_id).items()
    }


def household_accounts(
    connection: Connection, community_id: int, household_ids: Iterable[int]
) -> dict[int, Account]:
    """The account of each household that has one in force."""
    query = _accounts(community_id).where(
        accounts.c.household_id.in_(list(household_ids)), accounts.c.revoked_at.is_(None)
    )
    return {row.household_id: Account(*row) for row in connection.execute(query)}


def acting_for(
    connection: Connection, community_id: int, household_id: int, at: int
) -> tuple[str, ...]:
    """The names of other accounts that act for a household."""
    table = roles_table.c
    query = (
        select(accounts.c.name)
        .join(
            roles_table,
            (table.community_id == accounts.c.community_id) & (table.account_id == accounts.c.id),
        )
        .where(
            table.community_id == community_id,
            table.role == HOUSEHOLD,
            table.scope == "household",
            table.scope_id == household_id,
            table.since <= at,
            table.until.is_(None) | (table.until > at),
            accounts.c.household_id.is_(None) | (accounts.c.household_id != household_id),
        )
    )
    return tuple(connection.execute(query).scalars())


def on_the_phone(
    connection: Connection, community_id: int, household_ids: Collection[int], at: int
) -> set[int]:
    """The households for which somebody is signed in: one of them, or who acts for them then."""
    wanted = list(household_ids)
    signed_in = select(sessions.c.account_id).where(
        sessions.c.community_id == community_id, sessions.c.ended_at.is_(None)
    )
    own = select(accounts.c.household_id).where(
        accounts.c.community_id == community_id,
        accounts.c.household_id.in_(wanted),
        accounts.c.revoked_at.is_(None),
        accounts.c.id.in_(signed_in),
    )
    table = roles_table.c
    acting = select(table.scope_id).where(
        table.community_id == community_id,
        table.role == HOUSEHOLD,
        table.scope == "household",
        table.scope_id.in_(wanted),
        table.since <= at,
        table.until.is_(None) | (table.until > at),
        table.account_id.in_(signed_in),
    )
    return {*connection.execute(own).scalars(), *connection.execute(acting).scalars()}


def on_line_since(
    connection: Connection, community_id: int, household_ids: Collection[int], since: int
) -> dict[int, int]:
    """When each of these households last signed in or used it on a phone, since then."""
    wanted = list(household_ids)
    found: dict[int, int] = {}
    for table, moment in ((sessions, sessions.c.made_at), (devices, devices.c.seen_at)):
        rows = connection.execute(
            select(accounts.c.household_id, func.max(moment))
            .join(
                table,
                (table.c.community_id == accounts.c.community_id)
                & (table.c.account_id == accounts.c.id),
            )
            .where(
                accounts.c.community_id == community_id,
                accounts.c.household_id.in_(wanted),
                moment >= since,
            )
            .group_by(accounts.c.household_id)
        )
        for household, at in rows:
            found[household] = max(at, found.get(household, 0))
    return found


def frail(
    connection: Connection, community_id: int, born_until: int, alone_until: int
) -> dict[int, tuple[bool, bool]]:
    """Households of somebody present who is old, or alone: whether old, and whether alone.

    Old is who was born in a year or before. Alone is the only one of a household, born by another
    year or before; of whom nobody knows a year counts too, that nobody is forgotten for it.
    """
    table = residents.c
    oldest, people = func.min(table.born), func.count()
    rows = connection.execute(
        select(table.household_id, oldest, people)
        .where(table.community_id == community_id, table.present)
        .group_by(table.household_id)
        .having(
            (oldest <= born_until) | ((people == 1) & (oldest.is_(None) | (oldest <= alone_until)))
        )
    )
    return {row[0]: (row[1] is not None and row[1] <= born_until, row[2] == 1) for row in rows}


def with_phone(
    connection: Connection, community_id: int, household_ids: Collection[int]
) -> set[int]:
    """Those of some households of whom a number is known, which is not told here."""
    query = select(residents.c.household_id).where(
        residents.c.community_id == community_id,
        residents.c.household_id.in_(list(household_ids)),
        residents.c.phone != "",
    )
    return {*connection.execute(query).scalars()}


def _accounts(community_id: int) -> Select:
    """Accounts of a community."""
    columns = [accounts.c[name] for name in Account.__slots__]
    return select(*columns).where(accounts.c.community_id == community_id)


def _roles(community_id: int) -> Select:
    """Roles of a community."""
    table = roles_table.c
    return select(
        table.account_id, table.role, table.scope, table.scope_id, table.since, table.until
    ).where(table.community_id == community_id)


def _by_account(connection: Connection, query: Select) -> dict[str, tuple[Role, ...]]:
    """What a query for roles finds, by account."""
    found: dict[str, list[Role]] = {}
    for account_id, *role in connection.execute(query):
        found.setdefault(account_id, []).append(Role(*role))
    return {account_id: tuple(held) for account_id, held in found.items()}


def _holders(
    connection: Connection, community_id: int, name: str, at: int
) -> list[tuple[Account, tuple[Role, ...]]]:
    """The accounts that hold a role at a time and are not revoked, team by team."""
    query = _roles(community_id).where(
        roles_table.c.role == name,
        roles_table.c.since <= at,
        roles_table.c.until.is_(None) | (roles_table.c.until > at),
    )
    held = _by_account(connection, query)
    known = accounts_by_id(connection, community_id, held)
    holders = [known[account_id] for account_id in held if known[account_id].revoked_at is None]
    return [(one, held[one.id]) for one in sorted(holders, key=lambda one: (one.team, one.id))]
