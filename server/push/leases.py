"""Leases on deliveries, whichever channel they go by.

Every sender takes what is due for a while: one that dies leaves its lease to run out, and another
takes what it had. Taking moves `due_at` to the end of the lease, so that looking for what is due
passes it by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, null, select, update

from server.db.base import AnyRow
from server.db.bulk import Change, Query, among
from server.features.notices.tables import notices, reach
from server.push.tables import deliveries

PUSH, BOT, WEBHOOK = "push", "bot", "webhook"
"""The channels that deliveries go by."""

SENT, LATE, WITHDRAWN, REFUSED = "sent", "late", "withdrawn", "refused"
"""What came of a delivery: a service took it; too late; not wanted any more; the service will not
have it."""


class Ring(NamedTuple):
    """What deliveries share that are read and written together: one ring of one notice."""

    community_id: int
    notice_id: str
    rang: int


class Again(NamedTuple):
    """One that is to be tried again at a moment; `tried` is 1 where this was a try."""

    at: int
    tried: int
    ring: Ring
    channel: str
    target: str
    lease: int


class Work:
    """The deliveries that one kind of sender takes; `mine` may name a list that is given later."""

    def __init__(self, mine: ColumnElement[bool]) -> None:
        table = deliveries.c
        key = tuple(deliveries.primary_key)
        self._next = Query(
            select(table.due_at)
            .where(table.done_at.is_(None), mine)
            .order_by(table.due_at)
            .limit(bindparam("most", type_=Integer))
        )
        waiting = (
            select(*key)
            .where(table.done_at.is_(None), table.due_at <= bindparam("now"), mine)
            .order_by(table.due_at)
            .limit(bindparam("most", type_=Integer))
            .with_for_update(skip_locked=True)
            .cte("waiting")
        )
        self._take = Query(
            update(deliveries)
            .where(*(column == waiting.c[column.name] for column in key))
            .values(leased_until=bindparam("lease"), due_at=bindparam("until"))
            .returning(*key, table.via, table.recipient, table.attempts)
        )
        self._release = Query(
            update(deliveries)
            .where(table.done_at.is_(None), table.leased_until > bindparam("now"), mine)
            .values(leased_until=null(), due_at=bindparam("at"))
            .returning(table.target)
        )

    def next_due(self, connection: Connection, **given: Any) -> int | None:
        """When something is due, None where nothing waits. Reads one entry of an index."""
        found = self._next.rows(connection, {"most": 1} | given)
        return found[0][0] if found else None

    def take(
        self, connection: Connection, now: int, lease: int, most: int, **given: Any
    ) -> Sequence[Any]:
        """Take up to so many that are due, until `lease`."""
        asked = {"now": now, "lease": lease, "until": lease, "most": most}
        return self._take.records(connection, asked | given)

    def release_all(self, connection: Connection, now: int, **given: Any) -> None:
        """Let go of every lease: for a process that knows that it is the only one."""
        self._release.rows(connection, {"now": now, "at": now} | given)


def notice_of(connection: Connection, ring: Ring) -> AnyRow | None:
    """The notice that rings."""
    return connection.execute(
        select(notices).where(
            notices.c.community_id == ring.community_id, notices.c.id == ring.notice_id
        )
    ).first()


def over(notice: AnyRow | None, ring: Ring, now: int) -> str:
    """Why nobody is to be sent this any more, or nothing."""
    if notice is None or notice.withdrawn_at is not None or notice.rang != ring.rang:
        return WITHDRAWN
    return LATE if notice.until is not None and notice.until <= now else ""


def untold(connection: Connection, ring: Ring, recipients: Sequence[str]) -> set[str]:
    """Those of the recipients who have neither answered nor been told."""
    asked = {
        "community": ring.community_id, "notice": ring.notice_id, "recipients": recipients,
    }  # fmt: skip
    return {recipient for (recipient,) in _UNTOLD.rows(connection, asked)}


def finish(
    connection: Connection,
    channel: str,
    ring: Ring,
    targets: Sequence[str],
    result: str,
    now: int,
) -> None:
    """Settle some; a result that another sender wrote first stands."""
    _FINISH.run(connection, [(now, result, *ring, channel, targets)])


def note_sent(connection: Connection, ring: Ring, recipients: Collection[str], now: int) -> None:
    """Write into the reach ledger that a service took what was for them."""
    given = (now, ring.community_id, ring.notice_id, list(recipients))
    _NOTE_SENT.run(connection, [given])


def try_again(connection: Connection, rows: Iterable[Again]) -> None:
    """Give back what was taken, where it is still held by that lease."""
    _AGAIN.run(
        connection,
        [(one.at, one.tried, *one.ring, one.channel, one.target, one.lease) for one in rows],
    )


_UNTOLD = Query(
    select(reach.c.recipient).where(
        reach.c.community_id == bindparam("community"),
        reach.c.notice_id == bindparam("notice"),
        among(reach.c.recipient, "recipients"),
        reach.c.answered_at.is_(None),
        reach.c.told_at.is_(None),
    )
)

_AGAIN = Change(
    update(deliveries)
    .where(
        deliveries.c.community_id == bindparam("of_community"),
        deliveries.c.notice_id == bindparam("of_notice"),
        deliveries.c.rang == bindparam("of_rang"),
        deliveries.c.channel == bindparam("by"),
        deliveries.c.target == bindparam("to"),
        deliveries.c.leased_until == bindparam("lease"),
    )
    .values(
        attempts=deliveries.c.attempts + bindparam("tried"),
        due_at=bindparam("again"),
        leased_until=null(),
    ),
    *("again", "tried", "of_community", "of_notice", "of_rang", "by", "to", "lease"),
)

_FINISH = Change(
    update(deliveries)
    .where(
        deliveries.c.community_id == bindparam("of_community"),
        deliveries.c.notice_id == bindparam("of_notice"),
        deliveries.c.rang == bindparam("of_rang"),
        deliveries.c.channel == bindparam("by"),
        among(deliveries.c.target, "targets"),
        deliveries.c.done_at.is_(None),
    )
    .values(done_at=bindparam("now"), leased_until=null(), result=bindparam("came_to")),
    *("now", "came_to", "of_community", "of_notice", "of_rang", "by", "targets"),
)

_NOTE_SENT = Change(
    update(reach)
    .where(
        reach.c.community_id == bindparam("of_community"),
        reach.c.notice_id == bindparam("of_notice"),
        among(reach.c.recipient, "recipients"),
        reach.c.sent_at.is_(None),
    )
    .values(sent_at=bindparam("now")),
    *("now", "of_community", "of_notice", "recipients"),
)
