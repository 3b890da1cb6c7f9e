"""What was marked at doors ages: sums by stairwell and statements stay, doors and marks go."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, update

from server.features.retention.ageing import PIECE, Over, ages
from server.features.rounds.rules import CLOSED
from server.features.rounds.tables import (
    assignments,
    marks,
    round_doors,
    round_stairwells,
    round_states,
    round_undos,
    rounds,
)
from server.i18n import mark
from server.oplog import erasing
from server.oplog.tables import operations

COUNTS = {
    "rounds": mark("Rounds"),
    "doors": mark("Doors served"),
    "items": mark("Items handed out"),
    "owed": mark("Items still owed"),
}


@ages("doors", COUNTS)
def marked(over: Over) -> int:
    """Let go of the doors of rounds that were closed before, a piece at a time."""
    row = over.connection.execute(
        select(rounds.c.id, rounds.c.made_at).where(_over(over)).order_by(rounds.c.id).limit(1)
    ).first()
    if row is None:
        return 0
    if gone := _marks(over, row.id):
        return gone
    _count(over, row.id, row.made_at)
    for table in (round_doors, assignments):
        over.connection.execute(delete(table).where(*_of(over, table, row.id)))
    forgotten(over, [row.id])
    return 1


@ages("doors")
def taken_back(over: Over) -> int:
    """Undos are kept for marks that come later than they do; after so long none comes."""
    table = round_undos.c
    old = exists().where(
        operations.c.community_id == table.community_id,
        operations.c.seq == table.seq,
        operations.c.received_at < over.before,
    )
    gone = over.connection.execute(
        delete(round_undos).where(table.community_id == over.community_id, old)
    )
    return gone.rowcount


def of_closed(table: Table) -> ColumnElement[bool]:
    """True of rows of a round that is closed: while it is open its doors say what rows say."""
    return exists().where(
        rounds.c.community_id == table.c.community_id,
        rounds.c.id == table.c.round_id,
        rounds.c.status == CLOSED,
    )


def forgotten(over: Over, ids: Collection[str]) -> None:
    """Have rounds say that what was said in them is not kept any more."""
    over.connection.execute(
        update(rounds)
        .where(
            rounds.c.community_id == over.community_id,
            rounds.c.id.in_(list(ids)),
            rounds.c.forgotten_at.is_(None),
        )
        .values(forgotten_at=over.now)
    )


def _over(over: Over) -> ColumnElement[bool]:
    """Rounds that were closed before and still know a door."""
    closed = (
        select(func.max(round_states.c.at))
        .where(
            round_states.c.community_id == rounds.c.community_id,
            round_states.c.round_id == rounds.c.id,
        )
        .scalar_subquery()
    )
    knows = [
        exists().where(
            table.c.community_id == rounds.c.community_id, table.c.round_id == rounds.c.id
        )
        for table in (round_doors, marks, assignments)
    ]
    ended = and_(rounds.c.status == CLOSED, closed < over.before)
    return and_(rounds.c.community_id == over.community_id, ended, or_(*knows))


def _marks(over: Over, round_id: str) -> int:
    """Let a piece of a round's marks go, with the words they were sent with."""
    mine = _of(over, marks, round_id)
    seqs = list(
        over.connection.execute(
            select(marks.c.seq).where(*mine).order_by(marks.c.seq).limit(PIECE)
        ).scalars()
    )
    over.connection.execute(delete(marks).where(*mine, marks.c.seq.in_(seqs)))
    erasing.erase_whole(over.connection, over.community_id, seqs)
    return len(seqs)


def _count(over: Over, round_id: str, at: int) -> None:
    table = round_stairwells.c
    sums = over.connection.execute(
        select(func.sum(table.done), func.sum(table.given), func.sum(table.owed)).where(
            *_of(over, round_stairwells, round_id)
        )
    ).one()
    over.count("rounds", at)
    for what, n in zip(("doors", "items", "owed"), sums, strict=True):
        if n:
            over.count(what, at, int(n))


def _of(over: Over, table: Table, round_id: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.community_id == over.community_id, table.c.round_id == round_id
