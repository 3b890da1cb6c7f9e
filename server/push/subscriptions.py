"""Keeping subscriptions: one browser, one account, and no more of them than somebody has phones."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects import postgresql

from server import clock
from server.db.base import AnyRow
from server.ids import uuid7
from server.oplog.after import Reacting, reaction
from server.push.intake import Subscription
from server.push.tables import push_subscriptions

MOST = 20
"""Subscriptions of one account that are in force."""

KEPT = 30 * clock.DAY
"""How long one that ended is kept, so that it can be said why."""

GONE, MOVED, SIGNED_OUT, TOO_MANY = "gone", "moved", "signed_out", "too_many"
"""Why a subscription ended: its service said so, another took its place, its person, its number."""

_table = push_subscriptions.c


class Holder(NamedTuple):
    """Whose a subscription is."""

    community_id: int
    account_id: str


def keep(connection: Connection, holder: Holder, made: Subscription, now: int) -> str:
    """Keep a subscription, or what is new about one that is known; returns its id."""
    kept = _known(connection, made.endpoint)
    values: dict[str, Any] = {
        "p256dh": made.p256dh,
        "auth": made.auth,
        "key_id": made.key_id,
        "renewed_at": now,
        "ended_at": None,
        "why": None,
    }
    if kept is not None and Holder(kept.community_id, kept.account_id) == holder:
        kept_id: str = kept.id
        connection.execute(update(push_subscriptions).where(_is(made.endpoint)).values(values))
    else:
        # Another person's calls that wait for this browser must not come to this one: a new id.
        kept_id = uuid7(now)
        connection.execute(delete(push_subscriptions).where(_is(made.endpoint)))
        values |= {**holder._asdict(), "id": kept_id, "made_at": now}
        found = {"endpoint": made.endpoint, "endpoint_hash": hash_of(made.endpoint)}
        connection.execute(
            postgresql.insert(push_subscriptions)
            .values(values | found)
            .on_conflict_do_update(index_elements=["endpoint_hash"], set_=values)
        )
    if made.old and made.old != made.endpoint:
        end(connection, holder, made.old, now, MOVED)
    _end_the_oldest(connection, holder, now)
    return kept_id


def knows(connection: Connection, holder: Holder, endpoint: str) -> bool:
    """True where this is one of the holder's, in force or not."""
    kept = _known(connection, endpoint)
    return kept is not None and Holder(kept.community_id, kept.account_id) == holder


def end(
    connection: Connection, holder: Holder, endpoint: str, now: int, why: str = SIGNED_OUT
) -> bool:
    """End one of the holder's own; false where it is not theirs or had ended."""
    ended = connection.execute(
        update(push_subscriptions)
        .where(_is(endpoint), *_of(holder), _table.ended_at.is_(None))
        .values(ended_at=now, why=why)
    )
    return bool(ended.rowcount)


def end_all(connection: Connection, community_id: int, accounts: Collection[str], now: int) -> None:
    """End every subscription of these accounts: a card was revoked, or an account closed."""
    connection.execute(
        update(push_subscriptions)
        .where(
            _table.community_id == community_id,
            _table.account_id.in_(accounts),
            _table.ended_at.is_(None),
        )
        .values(ended_at=now, why=SIGNED_OUT)
    )


@reaction("push.end")
def end_of_account(at: Reacting) -> None:
    """The reaction by which a feature ends the subscriptions of the account it names."""
    end_all(at.connection, at.community_id, [at.subject], at.now)


def hash_of(endpoint: str) -> bytes:
    """What an endpoint is found by."""
    return hashlib.sha256(endpoint.encode()).digest()[:16]


def _known(connection: Connection, endpoint: str) -> AnyRow | None:
    return connection.execute(
        select(_table.community_id, _table.account_id, _table.id)
        .where(_is(endpoint))
        .with_for_update()
    ).first()


def _is(endpoint: str) -> ColumnElement[bool]:
    return _table.endpoint_hash == hash_of(endpoint)


def _of(holder: Holder) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _table.community_id == holder.community_id, _table.account_id == holder.account_id


def _end_the_oldest(connection: Connection, holder: Holder, now: int) -> None:
    newest = (
        select(_table.id)
        .where(*_of(holder), _table.ended_at.is_(None))
        .order_by(_table.renewed_at.desc(), _table.id.desc())
        .offset(MOST)
    )
    surplus = list(connection.execute(newest).scalars())
    if surplus:
        connection.execute(
            update(push_subscriptions)
            .where(*_of(holder), _table.id.in_(surplus))
            .values(ended_at=now, why=TOO_MANY)
        )
    connection.execute(delete(push_subscriptions).where(*_of(holder), _table.ended_at < now - KEPT))
