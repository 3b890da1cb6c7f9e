"""Calls to phones: taking what is due for a while, and writing down what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from server.db.base import AnyRow
from server.db.bulk import Change, Query, among
from server.features.notices.tables import notices, reach
from server.features.people.tables import accounts
from server.push import leases
from server.push.leases import LATE, PUSH, REFUSED, SENT, WITHDRAWN, Again, Ring
from server.push.payload import Call
from server.push.subscriptions import GONE
from server.push.tables import deliveries, push_subscriptions
from server.push.verdict import MOST_ATTEMPTS

__all__ = ["LATE", "REFUSED", "SENT", "WITHDRAWN"]

_WORK = leases.Work(deliveries.c.channel == PUSH)


class Due(NamedTuple):
    """One call to one phone, taken until `lease`."""

    community_id: int
    target: str
    recipient: str
    attempts: int
    lease: int
    endpoint: str
    p256dh: bytes
    auth: bytes
    key_id: str
    language: str
    badge: int
    until: int | None
    call: Call


class Done(NamedTuple):
    """What came of one; `again_at` where it is to be tried again, and whether this was a try."""

    due: Due
    result: str = ""
    again_at: int = 0
    tried: bool = True


Moved = dict[int, set[str]]
"""Topics that changed, by community."""


def next_due(connection: Connection) -> int | None:
    """When a call is due, None where none waits. Reads one entry of an index."""
    return _WORK.next_due(connection)


def release_all(connection: Connection, now: int) -> None:
    """Let go of every lease on calls: for a process that knows that it is the only one."""
    _WORK.release_all(connection, now)


def claim(connection: Connection, now: int, lease: int, most: int) -> tuple[list[Due], Moved]:
    """Take up to so many that are due; those that must not be sent any more are settled here."""
    taken: dict[Ring, list[AnyRow]] = defaultdict(list)
    for row in _WORK.take(connection, now, lease, most):
        taken[Ring(row.community_id, row.notice_id, row.rang)].append(row)
    due: list[Due] = []
    moved: Moved = {}
    for group, rows in taken.items():
        notice = leases.notice_of(connection, group)
        over = leases.over(notice, group, now)
        if over or notice is None:
            _finish(connection, group, [row.target for row in rows], over, now)
            moved.setdefault(group.community_id, set()).add(f"notice:{group.notice_id}")
            continue
        due += _to_send(connection, group, notice, rows, lease, now)
    return due, moved


_PHONES = Query(
    select(
        push_subscriptions.c.id,
        push_subscriptions.c.account_id,
        push_subscriptions.c.endpoint,
        push_subscriptions.c.p256dh,
        push_subscriptions.c.auth,
        push_subscriptions.c.key_id,
        accounts.c.language,
    )
    .join(
        accounts,
        (accounts.c.community_id == push_subscriptions.c.community_id)
        & (accounts.c.id == push_subscriptions.c.account_id),
    )
    .where(
        push_subscriptions.c.community_id == bindparam("community"),
        among(push_subscriptions.c.id, "targets"),
        push_subscriptions.c.ended_at.is_(None),
        accounts.c.revoked_at.is_(None),
    )
)

_BADGES = Query(
    select(reach.c.account_id, func.count().label("open"))
    .join(
        notices,
        (notices.c.community_id == reach.c.community_id) & (notices.c.id == reach.c.notice_id),
    )
    .where(
        reach.c.community_id == bindparam("community"),
        among(reach.c.account_id, "accounts"),
        reach.c.queued_at.is_not(None),
        reach.c.answered_at.is_(None),
        reach.c.told_at.is_(None),
        notices.c.withdrawn_at.is_(None),
        notices.c.until.is_(None) | (notices.c.until > bindparam("now")),
    )
    .group_by(reach.c.account_id)
)


def _to_send(
    connection: Connection,
    group: Ring,
    notice: AnyRow,
    rows: Sequence[AnyRow],
    lease: int,
    now: int,
) -> Iterable[Due]:
    """The rows as calls to phones; those that reach nobody any more are settled."""
    of: dict[str, Any] = {"community": group.community_id}
    found = _PHONES.records(connection, of | {"targets": [row.target for row in rows]})
    phones = {phone.id: phone for phone in found}
    untold = leases.untold(connection, group, [row.recipient for row in rows])
    asked = of | {"accounts": [phone.account_id for phone in found], "now": now}
    badges: dict[str, int] = {
        row.account_id: row.open for row in _BADGES.records(connection, asked)
    }
    urgent = notice.urgency == "urgent"
    call = Call(group.notice_id, group.rang, notice.content, urgent, notice.asks)
    over: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        phone = phones.get(row.target)
        if row.recipient not in untold:
            over[WITHDRAWN].append(row.target)
        elif phone is None:
            over[GONE].append(row.target)
        elif notice.until is None and row.attempts >= MOST_ATTEMPTS:
            over[LATE].append(row.target)
        else:
            yield Due(
                group.community_id, row.target, row.recipient, row.attempts, lease,
                phone.endpoint, phone.p256dh, phone.auth, phone.key_id, phone.language,
                badges.get(phone.account_id, 1), notice.until, call,
            )  # fmt: skip
    for result, targets in over.items():
        _finish(connection, group, targets, result, now)


def record(connection: Connection, results: Sequence[Done], now: int) -> Moved:
    """Write down what came of calls; a result that another sender wrote first stands."""
    moved: Moved = {}
    over: dict[tuple[Ring, str], list[Due]] = defaultdict(list)
    again = []
    for done in results:
        due = done.due
        group = Ring(due.community_id, due.call.notice_id, due.call.rang)
        if done.result:
            over[group, done.result].append(due)
            moved.setdefault(group.community_id, set()).add(f"notice:{group.notice_id}")
        else:
            again.append(Again(done.again_at, int(done.tried), group, PUSH, due.target, due.lease))
    for (group, result), finished in over.items():
        _finish(connection, group, [due.target for due in finished], result, now)
        if result == SENT:
            leases.note_sent(connection, group, {due.recipient for due in finished}, now)
        if result == GONE:
            targets = [due.target for due in finished]
            _END.run(connection, [(now, GONE, group.community_id, targets)])
    leases.try_again(connection, again)
    return moved


_END = Change(
    update(push_subscriptions)
    .where(
        push_subscriptions.c.community_id == bindparam("of_community"),
        among(push_subscriptions.c.id, "targets"),
        push_subscriptions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now"), why=bindparam("reason")),
    *("now", "reason", "of_community", "targets"),
)


def _finish(
    connection: Connection, group: Ring, targets: Sequence[str], result: str, now: int
) -> None:
    leases.finish(connection, PUSH, group, targets, result, now)
