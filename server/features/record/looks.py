"""Who looked at something of a household, and who took a list away in which it may stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, select

from server.features.estates import reads as estates
from server.features.exports.lists import LISTINGS
from server.features.exports.tables import exports
from server.features.people import reads as people
from server.features.people.rules import HOUSEHOLD, STAFF, Role, is_a
from server.features.people.staff import LABELS
from server.features.people.tables import views
from server.features.record.views import Look
from server.i18n import Words, day_of, mark

CASE = "case"

SEEN: Mapping[str, str] = {
    "phone": mark("Saw your telephone number"),
    "household": mark("Looked your household up"),
    CASE: mark("Saw what is noted of your health as a case"),
    "care": mark("Saw what is noted of special care"),
    "photo": mark("Saw a photo of your door or test"),
    "photos": mark("Saw small photos of your door or test"),
    "record": mark("Took this record away"),
}
"""What somebody saw, by what is written down of it."""


def of_homes(
    connection: Connection,
    community_id: int,
    homes: Collection[int],
    stairwells: Collection[int],
    *,
    cases: bool,
) -> tuple[Look, ...]:
    """Every look and every list, the newest first.

    Without `cases` nothing is said of looks at cases: a household hears of one from those who
    tell it, and not from here.
    """
    found = [
        *_seen(connection, community_id, homes, cases=cases),
        *_taken(connection, community_id, stairwells),
    ]
    ids = {account for account, _ in found}
    accounts = people.accounts_by_id(connection, community_id, ids)
    roles = people.roles_by_account(connection, community_id, ids)
    looks = [
        Look(
            one.at,
            accounts[account].name if account in accounts else "",
            _duty(roles.get(account, ()), one.at),
            one.what,
            one.key,
            one.taken,
        )
        for account, one in found
    ]
    return tuple(sorted(looks, key=lambda one: one.at, reverse=True))


def by_day(
    connection: Connection, community_id: int, language: str, looks: Sequence[Look]
) -> tuple[tuple[str, tuple[Look, ...]], ...]:
    """Looks in their order, those of one day together under its name."""
    zone = estates.zone(connection, community_id)
    days = groupby(looks, lambda one: datetime.fromtimestamp(one.at / 1000, zone).date())
    return tuple((day_of(day, language), tuple(some)) for day, some in days)


def _seen(
    connection: Connection, community_id: int, homes: Collection[int], *, cases: bool
) -> Iterator[tuple[str, Look]]:
    table = views.c
    rows = connection.execute(
        select(table.account_id, table.at, table.what).where(
            table.community_id == community_id, table.household_id.in_(list(homes))
        )
    )
    for row in rows:
        if cases or row.what != CASE:
            what = Words(SEEN.get(row.what, LOOKED))
            yield row.account_id, Look(row.at, "", "", what, row.what, taken=False)


def _taken(
    connection: Connection, community_id: int, stairwells: Collection[int]
) -> Iterator[tuple[str, Look]]:
    table = exports.c
    rows = connection.execute(
        select(table.account_id, table.at, table.list, table.stairwells).where(
            table.community_id == community_id
        )
    )
    for row in rows:
        if row.list in LISTINGS and not set(row.stairwells).isdisjoint(stairwells):
            what = Words(TOOK, {"list": Words(LISTINGS[row.list].label)})
            yield row.account_id, Look(row.at, "", "", what, row.list, taken=True)


def _duty(roles: Collection[Role], at: int) -> str:
    """What somebody was there for then, in marked words; of several duties the widest."""
    for role in reversed(STAFF):
        if is_a(roles, role, at):
            return LABELS[role]
    return HOUSEHOLDS if is_a(roles, HOUSEHOLD, at) else ""


LOOKED = mark("Looked at something of your household")
TOOK = mark("Took away the list “%(list)s” with your stairwell")
HOUSEHOLDS = mark("A household")
