"""Reports of health age: their findings are counted, and the round says that they went."""

from __future__ import annotations

from sqlalchemy import and_

from server.db.base import AnyRow
from server.features.reports.tables import report_reviews, report_states, reports
from server.features.retention import ageing, history
from server.features.retention.ageing import Over, ages
from server.features.rounds.ageing import forgotten, of_closed
from server.i18n import mark

COUNTS = {
    "negative": mark("Reported negative"),
    "positive": mark("Reported positive"),
    "invalid": mark("Reported as unreadable"),
    "not_done": mark("Test not done"),
    "other": mark("Reported otherwise"),
}


@ages("results", COUNTS)
def findings(over: Over) -> int:
    """Count what each person had come to in a round."""

    def one(row: AnyRow) -> None:
        over.count(row.finding if row.finding in COUNTS else "other", row.at)

    old = and_(over.older(report_states.c.at), of_closed(report_states))
    gone = ageing.lines(over, report_states, old, one, "round_id", "resident_id")
    forgotten(over, {row.round_id for row in gone})
    return len(gone)


@ages("results")
def reviews(over: Over) -> int:
    """Who looked at which photo of a test, before the reports themselves."""
    names = ("op_id", "resident_id", "account_id")
    return ageing.said(
        over, report_reviews, over.older(report_reviews.c.at), ageing.nothing, *names
    )


@ages("results")
def verdicts(over: Over) -> int:
    """What they said of it: a review knows which report was looked at, not by which words."""
    return history.sent_as(over, "report.review")


@ages("results")
def reported(over: Over) -> int:
    """Everything that was reported, also what no longer stands."""
    old = and_(over.older(reports.c.at), of_closed(reports))
    rounds: set[str] = set()

    def of_round(row: AnyRow) -> None:
        rounds.add(row.round_id)

    gone = ageing.said(over, reports, old, of_round, "op_id", "resident_id")
    forgotten(over, rounds)
    return gone
