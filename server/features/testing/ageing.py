"""Results of a testing day age: they are counted, and nobody's name stands beside one any more."""

from __future__ import annotations

from sqlalchemy import delete, select

from server.features.retention.ageing import PIECE, Over, ages
from server.features.rounds.ageing import forgotten
from server.features.testing.tables import excuses, test_records, tubes
from server.i18n import mark

COUNTS = {
    "negative": mark("Tested negative"),
    "positive": mark("Tested positive"),
    "invalid": mark("Tests that could not be read"),
    "retest": mark("Tests to be taken again"),
}


@ages("results", COUNTS)
def tested(over: Over) -> int:
    """Everybody's result, and who was in which tube."""
    table = test_records.c
    rows = over.connection.execute(
        select(test_records)
        .where(table.community_id == over.community_id, over.older(table.tested_at))
        .limit(PIECE)
    ).all()
    for row in rows:
        over.count(row.result, row.tested_at)
        over.connection.execute(
            delete(test_records).where(
                table.community_id == over.community_id,
                table.resident_id == row.resident_id,
                table.round_id == row.round_id,
            )
        )
    forgotten(over, {row.round_id for row in rows})
    return len(rows)


@ages("results")
def filled(over: Over) -> int:
    """Tubes and excuses, which are few beside results."""
    gone = 0
    for table, moment in ((tubes, tubes.c.filled_at), (excuses, excuses.c.at)):
        went = over.connection.execute(
            delete(table).where(table.c.community_id == over.community_id, over.older(moment))
        )
        gone += went.rowcount
    return gone
