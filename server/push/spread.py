"""From a notice to the work of sending it: one delivery for each phone of everybody it calls."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, literal, select
from sqlalchemy.dialects import postgresql

from server.db.base import Instant
from server.features.notices.tables import notices, reach
from server.features.people.tables import accounts
from server.oplog.after import Reacting, reaction
from server.push.leases import PUSH
from server.push.tables import deliveries, push_subscriptions


@reaction("push.spread")
def spread(at: Reacting) -> None:
    """Queue the notice that is the subject for whoever is to be told now and has not answered."""
    if queue(at.connection, at.community_id, at.subject, at.now):
        at.topics.add(f"notice:{at.subject}")


def queue(connection: Connection, community_id: int, notice_id: str, now: int) -> int:
    """Queue what is not queued yet of the present ring; returns how many."""
    names = ["community_id", "notice_id", "rang", "channel", "target", "recipient", "due_at"]
    due = _due(community_id, notice_id, now)
    statement = postgresql.insert(deliveries).from_select(names, due).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def _due(community_id: int, notice_id: str, now: int) -> Select[Any]:
    """The rows to queue; all in one statement, because they may be six thousand."""
    told, who, phone = reach.c, accounts.c, push_subscriptions.c
    return (
        select(
            notices.c.community_id,
            notices.c.id,
            notices.c.rang,
            literal(PUSH),
            phone.id,
            told.recipient,
            literal(now, Instant),
        )
        .select_from(notices)
        .join(
            reach,
            (told.community_id == notices.c.community_id) & (told.notice_id == notices.c.id),
        )
        .join(accounts, (who.community_id == told.community_id) & (who.id == told.account_id))
        .join(
            push_subscriptions,
            (phone.community_id == told.community_id) & (phone.account_id == told.account_id),
        )
        .where(
            notices.c.community_id == community_id,
            notices.c.id == notice_id,
            notices.c.withdrawn_at.is_(None),
            notices.c.until.is_(None) | (notices.c.until > now),
            told.stage <= notices.c.stage,
            told.queued_at.is_not(None),
            told.answered_at.is_(None),
            told.told_at.is_(None),
            who.revoked_at.is_(None),
            phone.ended_at.is_(None),
        )
    )
