"""Who moved away ages into nobody; who looked at whom is kept as long as logs are."""

from __future__ import annotations

from sqlalchemy import delete, exists, func, select, update

from server.db.base import AnyRow
from server.features.estates.tables import households
from server.features.people.rules import HOUSEHOLD
from server.features.people.tables import accounts, resident_changes, residents, roles, views
from server.features.retention import ageing
from server.features.retention.ageing import PIECE, Over, ages
from server.i18n import mark
from server.oplog import erasing

NOBODY = "—"
"""Stands where somebody's name stood; whoever refers to them still finds a row."""

BLANK = {"name": NOBODY, "born": None, "phone": "", "tenure": ""}
GONE = {"present": False, "registered": False}
"""Nobody is due anything any more for somebody of whom nothing is kept."""


@ages("looks", {"looks": mark("Looks at what is kept of somebody")})
def looked(over: Over) -> int:
    """Who looked at whom."""

    def one(row: AnyRow) -> None:
        over.count("looks", row.at)

    return ageing.said(over, views, over.older(views.c.at), one, "id")


@ages("register", {"left": mark("People who moved away")})
def moved_away(over: Over) -> int:
    """Empty what the register says of those who left long ago, in its history too."""
    table = residents.c
    rows = over.connection.execute(
        select(table.id, table.left_at)
        .where(
            table.community_id == over.community_id,
            table.name != NOBODY,
            table.left_at.is_not(None),
            over.older(table.left_at),
        )
        .limit(PIECE)
    ).all()
    for row in rows:
        over.count("left", row.left_at)
    _empty(over, [row.id for row in rows])
    return len(rows)


@ages("register", {"people": mark("People in the register")})
def everybody(over: Over) -> int:
    """Where the incident is closed and the register goes with it: who lives where."""
    if not over.register:
        return 0
    table = residents.c
    ids = list(
        over.connection.execute(
            select(table.id)
            .where(table.community_id == over.community_id, table.name != NOBODY)
            .limit(PIECE)
        ).scalars()
    )
    if ids:
        over.count("people", over.now, len(ids))
        _empty(over, ids)
    return len(ids) or _doors(over)


def _empty(over: Over, ids: list[int]) -> None:
    """Leave of these people that there was somebody."""
    table, changes = residents.c, resident_changes.c
    over.connection.execute(
        update(residents)
        .where(table.community_id == over.community_id, table.id.in_(ids))
        .values(BLANK | GONE | {"left_at": func.coalesce(table.left_at, over.now)})
    )
    mine = (changes.community_id == over.community_id) & changes.resident_id.in_(ids)
    seqs = set(over.connection.execute(select(changes.seq).where(mine)).scalars())
    over.connection.execute(update(resident_changes).where(mine).values(before=None, after=None))
    erasing.erase_whole(over.connection, over.community_id, seqs)


def _doors(over: Over) -> int:
    """What doors are called after those who live there, and what changed at them."""
    table, changes = households.c, resident_changes.c
    named = over.connection.execute(
        update(households)
        .where(table.community_id == over.community_id, table.name != "")
        .values(name="")
    )
    works = exists().where(
        roles.c.community_id == accounts.c.community_id,
        roles.c.account_id == accounts.c.id,
        roles.c.role != HOUSEHOLD,
    )
    over.connection.execute(
        update(accounts)
        .where(
            accounts.c.community_id == over.community_id,
            accounts.c.household_id.is_not(None),
            accounts.c.name != NOBODY,
            ~works,  # who works here may live here too
        )
        .values(name=NOBODY)
    )
    gone = over.connection.execute(
        delete(resident_changes).where(changes.community_id == over.community_id)
    )
    return named.rowcount + gone.rowcount
