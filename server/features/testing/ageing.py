"""Results of a testing day age: they are counted, and nobody's name stands beside one any more."""

from __future__ import annotations

from sqlalchemy import and_, delete

from server.db.base import AnyRow
from server.features.retention import ageing, history
from server.features.retention.ageing import Over, ages
from server.features.rounds.ageing import forgotten, of_closed
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

    def one(row: AnyRow) -> None:
        over.count(row.result, row.tested_at)

    old = and_(over.older(test_records.c.tested_at), of_closed(test_records))
    gone = ageing.lines(over, test_records, old, one, "resident_id", "round_id")
    forgotten(over, {row.round_id for row in gone})
    return len(gone)


@ages("results")
def filled(over: Over) -> int:
    """Tubes, which have results too, and excuses; few beside the results of people."""
    old = {
        tubes: and_(over.older(tubes.c.filled_at), of_closed(tubes)),
        excuses: over.older(excuses.c.at),
    }
    return sum(
        over.connection.execute(
            delete(table).where(table.c.community_id == over.community_id, one)
        ).rowcount
        for table, one in old.items()
    )


@ages("results")
def said(over: Over) -> int:
    """What was sent of tubes and excuses: a record knows its tube, not by which words it came."""
    return history.sent_as(over, "tube.fill", "tube.result", "tube.results", "test.excuse")
