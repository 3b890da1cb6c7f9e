"""The history ages: what was sent and answered goes, that it was done stays (see erasing.py)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select

from server.features.retention.ageing import PIECE, Over, ages
from server.oplog import erasing
from server.oplog.kinds import HEALTH
from server.oplog.tables import operations, payloads

APPLIED = "applied"


@ages("results")
def refused(over: Over) -> int:
    """What was said of somebody's health and came to nothing, which no record leads to."""
    what = and_(operations.c.outcome != APPLIED, _holds(payloads.c.retention == HEALTH))
    return _empty(over, what)


def sent_as(over: Over, *kinds: str) -> int:
    """Empty what was sent as one of these kinds, which no record leads back to."""
    return _empty(over, and_(operations.c.kind.in_(kinds), _holds(payloads.c.body.is_not(None))))


@ages("history")
def sent(over: Over) -> int:
    """Everything else that was sent, word for word."""
    answered = operations.c.message.is_not(None)
    return _empty(over, or_(_holds(payloads.c.body.is_not(None)), answered))


def _holds(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        payloads.c.community_id == operations.c.community_id,
        payloads.c.seq == operations.c.seq,
        payloads.c.body.is_not(None),
        what,
    )


def _empty(over: Over, what: ColumnElement[bool]) -> int:
    table = operations.c
    if not over.every and _all_younger(over):
        return 0
    seqs = list(
        over.connection.execute(
            select(table.seq)
            .where(table.community_id == over.community_id, over.older(table.received_at), what)
            .order_by(table.seq)
            .limit(PIECE)
        ).scalars()
    )
    erasing.erase_whole(over.connection, over.community_id, seqs)
    return len(seqs)


def _all_younger(over: Over) -> bool:
    """True where not even the first operation is old: the usual case, and one short read."""
    first = over.connection.execute(
        select(operations.c.received_at)
        .where(operations.c.community_id == over.community_id)
        .order_by(operations.c.seq)
        .limit(1)
    ).first()
    return first is None or first.received_at >= over.before
