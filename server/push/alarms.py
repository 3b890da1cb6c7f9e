"""What push services complain about, kept where whoever runs the server sees it.

One entry an origin in one row of what the server keeps for itself: there are a handful of them, and
`stairwell doctor` reads them out. Stewards see those that would ring their community's phones. An
origin that takes calls again loses its entry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql

from server.db.tables import keys
from server.push.addresses import stem_of
from server.push.tables import push_subscriptions

NAME = "push-alarms"
MOST = 50
"""Origins that are kept; a browser may name any."""


class Alarm(msgspec.Struct):
    """What an origin has answered since a moment, how often, and what it said last."""

    status: int
    said: str
    since: int
    last: int
    times: int


class Heard(msgspec.Struct):
    """Answers of one origin that somebody must look at."""

    status: int
    said: str
    times: int = 1


def standing(connection: Connection) -> dict[str, Alarm]:
    """The alarms that stand, by origin."""
    value = connection.execute(select(keys.c.value).where(keys.c.name == NAME)).scalar()
    return {} if value is None else msgspec.json.decode(value, type=dict[str, Alarm])


class Refusing(NamedTuple):
    """A service that takes no calls, since when, and how many phones of a community it rings."""

    host: str
    since: int
    phones: int


def refusing(connection: Connection, community_id: int) -> list[Refusing]:
    """Services that take no calls for phones of this community, those of most phones first."""
    alarms = standing(connection)
    if not alarms:
        return []
    table = push_subscriptions.c
    endpoints = connection.execute(
        select(table.endpoint).where(table.community_id == community_id, table.ended_at.is_(None))
    ).scalars()
    phones = Counter(stem_of(endpoint).lower() for endpoint in endpoints)
    found = [
        Refusing(origin.partition("://")[2], alarm.since, phones[origin])
        for origin, alarm in alarms.items()
        if phones[origin]
    ]
    return sorted(found, key=lambda one: -one.phones)


def note(
    connection: Connection, heard: Mapping[str, Heard], well: Collection[str], now: int
) -> None:
    """Add what was heard, and forget the origins that take calls again."""
    connection.execute(
        postgresql.insert(keys).values(name=NAME, value=b"{}").on_conflict_do_nothing()
    )
    mine = keys.c.name == NAME
    row = connection.execute(select(keys.c.value).where(mine).with_for_update()).scalar_one()
    known = msgspec.json.decode(row, type=dict[str, Alarm])
    for origin in well:
        known.pop(origin, None)
    for origin, said in heard.items():
        before = known.get(origin)
        if before is not None or len(known) < MOST:
            since, times = (before.since, before.times) if before else (now, 0)
            known[origin] = Alarm(said.status, said.said, since, now, times + said.times)
    value = msgspec.json.encode(known)
    connection.execute(update(keys).where(mine).values(value=value))
