"""Letting go of what is over, a piece at a time, and keeping the totals of what went."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.db.errors import passing
from server.features.estates import reads as estates
from server.features.estates.tables import communities
from server.features.retention import rules
from server.features.retention.ageing import Over, of_clock
from server.features.retention.tables import retention_clocks, totals
from server.oplog.after import MOST_ATTEMPTS
from server.oplog.tables import reactions

log = structlog.get_logger("retention")

DAILY = "retention.daily"
"""The reaction that looks at a community's clocks every night."""

ITS_NUMBER = -1
"""Of that reaction, which no operation made: there is never more than one."""


def wind(connection: Connection, now: int) -> None:
    """See that every community's clocks are looked at; those that are wound already stay so.

    Several processes may start at once, and whatever stopped a clock may be over.
    """
    stopped = (reactions.c.id == ITS_NUMBER) & (reactions.c.attempts >= MOST_ATTEMPTS)
    connection.execute(update(reactions).where(stopped).values(attempts=0, due_at=now))
    wound = select(reactions.c.community_id).where(reactions.c.id == ITS_NUMBER)
    waiting = connection.execute(
        select(communities.c.id, communities.c.zone).where(communities.c.id.not_in(wound))
    )
    rows = [
        {
            "community_id": one,
            "id": ITS_NUMBER,
            "name": DAILY,
            "subject": "",
            "due_at": rules.next_look(now, ZoneInfo(zone)),
        }
        for one, zone in waiting
    ]
    for row in rows:
        with suppress(IntegrityError), connection.begin_nested():
            connection.execute(insert(reactions), row)


def days_of(connection: Connection, community_id: int) -> dict[str, int]:
    """How many days a community keeps what, by clock."""
    said = {
        row.key: row.days
        for row in connection.execute(
            select(retention_clocks.c.key, retention_clocks.c.days).where(
                retention_clocks.c.community_id == community_id
            )
        )
    }
    return {key: said.get(key) or one.days for key, one in rules.CLOCKS.items()}


def look(connection: Connection, community_id: int, now: int) -> int:
    """Let one piece go of what has been kept long enough; returns how many, 0 once nothing has.

    A clock that fails stops no other; it is looked at again the next night.
    """
    days = days_of(connection, community_id)
    zone = estates.zone(connection, community_id)
    for key in rules.CLOCKS:
        over = Over(connection, community_id, rules.before(days[key], now), now, zone)
        try:
            with connection.begin_nested():
                if gone := let_go(over, key):
                    return gone
        except Exception as error:
            if passing(error):
                raise
            log.exception("clock_failed", clock=key, community=community_id)
            continue
        _note(connection, community_id, key, {"looked_at": now})
    return 0


def let_go(over: Over, key: str) -> int:
    """Let one piece go of what a clock is for, and keep what was counted of it."""
    for age in of_clock(key):
        if gone := age(over):
            _add(over, key)
            table = retention_clocks.c
            said = {"gone": table.gone + gone, "gone_at": over.now}
            _note(over.connection, over.community_id, key, said, fresh={"gone": gone})
            return gone
    return 0


def _add(over: Over, key: str) -> None:
    """Add what was counted to the totals."""
    for (month, what), n in over.totals.items():
        row = {"community_id": over.community_id, "month": month, "clock": key, "what": what}
        this = [totals.c[name] == value for name, value in row.items()]
        known = over.connection.execute(update(totals).where(*this).values(n=totals.c.n + n))
        if not known.rowcount:
            over.connection.execute(insert(totals), row | {"n": n})
    over.totals.clear()


def _note(
    connection: Connection,
    community_id: int,
    key: str,
    said: Mapping[str, Any],
    fresh: Mapping[str, Any] | None = None,
) -> None:
    """Write down of a clock what is said; `fresh` holds instead where nothing was said before."""
    table = retention_clocks.c
    this = (table.community_id == community_id) & (table.key == key)
    if not connection.execute(update(retention_clocks).where(this).values(said)).rowcount:
        row = {"community_id": community_id, "key": key, **said, **(fresh or {})}
        connection.execute(insert(retention_clocks), row)
