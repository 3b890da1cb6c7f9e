"""Who looked: every view of personal data is written down before it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, false, insert, select

from server.features.people.actors import Person
from server.features.people.tables import views
from server.ids import uuid7


def looked(
    connection: Connection,
    person: Person,
    what: str,
    households: Iterable[int | None],
    now: int,
    once: int = 0,
) -> None:
    """Write down that somebody looked at something of these households; None is of no single one.

    Looking again within `once` ms is the same look.
    """
    wanted = dict.fromkeys(households)
    known = _recently(connection, person, what, wanted, now - once) if once else set()
    rows = [
        {
            "community_id": person.community_id,
            "id": uuid7(now),
            "at": now,
            "account_id": person.id,
            "what": what,
            "household_id": one,
        }
        for one in wanted
        if one not in known
    ]
    if rows:
        connection.execute(insert(views), rows)


def _recently(
    connection: Connection,
    person: Person,
    what: str,
    households: Collection[int | None],
    since: int,
) -> set[int | None]:
    """Those of the households at which somebody has looked since then."""
    table = views.c
    at_homes = table.household_id.in_([one for one in households if one is not None])
    of_none = table.household_id.is_(None) if None in households else false()
    return set(
        connection.execute(
            select(table.household_id).where(
                table.community_id == person.community_id,
                at_homes | of_none,
                table.account_id == person.id,
                table.what == what,
                table.at > since,
            )
        ).scalars()
    )
