"""Who looked at a household's cases: written down for each look, and told to the household."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from server import clock
from server.features.cases.views import Look
from server.features.people import looks
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.tables import views

LOOKED_ONCE = clock.HOUR
"""Drawing the desk again within this time is one look at the doors it shows."""

MOST_LOOKS = 30


def looked(
    connection: Connection, person: Person, household_ids: Collection[int], now: int, once: int = 0
) -> None:
    """Write down that somebody looked at cases of these households; within `once` ms only once."""
    looks.looked(connection, person, "case", household_ids, now, once)


def looks_at(connection: Connection, community_id: int, homes: Collection[int]) -> Iterable[Look]:
    """Everybody of the staff who looked at these homes' cases, each once, the newest first."""
    rows = connection.execute(
        select(views.c.account_id, views.c.at)
        .where(
            views.c.community_id == community_id,
            views.c.what == "case",
            views.c.household_id.in_(list(homes)),
        )
        .order_by(views.c.at.desc())
        .limit(MOST_LOOKS)
    ).all()
    names = people.accounts_by_id(connection, community_id, {row.account_id for row in rows})
    seen: set[str] = set()
    for row in rows:
        if row.account_id in names and row.account_id not in seen:
            seen.add(row.account_id)
            yield Look(names[row.account_id].name, row.at)
