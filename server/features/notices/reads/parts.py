"""What several pages about announcements read: one, its ledger, its figures, who may look."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices import rules, wording
from server.features.notices.tables import notices, reach
from server.features.notices.views import Line
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import EVERYWHERE, May, Somewhere

SHOWN = 50
"""Announcements that a list goes back."""

_LEDGER = (
    "recipient", "account_id", "household_id", "stairwell_id", "level", "stage", "queued_at",
    "sent_at", "shown_at", "opened_at", "answered_at", "answer", "told_at", "told_by", "outcome",
    "tried",
)  # fmt: skip


def row_of(connection: Connection, community_id: int, notice_id: str) -> AnyRow:
    """An announcement. Raises `NotThere`."""
    row = connection.execute(
        select(notices).where(notices.c.community_id == community_id, notices.c.id == notice_id)
    ).first()
    if row is None:
        raise NotThere(notice_id)
    return row


def ledger(connection: Connection, community_id: int, notice_id: str) -> Sequence[AnyRow]:
    """Everybody whom it is meant for, and what is known to have reached them."""
    return connection.execute(
        select(*(reach.c[name] for name in _LEDGER)).where(
            reach.c.community_id == community_id, reach.c.notice_id == notice_id
        )
    ).all()


def counts(
    connection: Connection, community_id: int, ids: Collection[str]
) -> dict[str, rules.Counts]:
    """The figures of several announcements, added up by the database."""
    table = reach.c
    known = table.opened_at.is_not(None) | table.answered_at.is_not(None)
    found = connection.execute(
        select(
            table.notice_id,
            func.count().label("all"),
            func.count(table.sent_at).label("sent"),
            func.count(table.shown_at).label("shown"),
            func.count(table.opened_at).label("opened"),
            func.count(table.answered_at).label("answered"),
            func.count(table.told_at).label("told"),
            func.count().filter(table.answer == rules.COMING).label("coming"),
            func.count().filter(table.answer == rules.CANNOT).label("cannot"),
            func.count().filter(known | table.told_at.is_not(None)).label("reached"),
        )
        .where(table.community_id == community_id, table.notice_id.in_(list(ids)))
        .group_by(table.notice_id)
    )
    return {row[0]: rules.Counts(*row[1:]) for row in found}


def line_of(row: AnyRow, language: str, now: int) -> Line:
    """An announcement in one language; with what its recipient did, where the row tells."""
    said = wording.said(row.content, language)
    return Line(
        id=row.id,
        kind=row.kind,
        title=said.title,
        body=said.body,
        urgent=row.urgency == rules.URGENT,
        asks=row.asks,
        opens=row.opens,
        at=row.made_at,
        until=row.until,
        over=not rules.matters(row.until, row.withdrawn_at, now),
        withdrawn=row.withdrawn_at is not None,
        opened=getattr(row, "opened_at", None) is not None,
        answer=getattr(row, "answer", None) or "",
        by_hand=getattr(row, "told_at", None) is not None,
    )


def may_lead(connection: Connection, person: Person, row: AnyRow, now: int) -> bool:
    """True for whoever made it, and for those who may see whom it reached.

    A private one is for those who may see the case that it is about, whoever made it; a secret one
    for who made it alone.
    """
    if row.kind in rules.SECRET:
        return bool(row.made_by == person.id)
    if row.kind in rules.PRIVATE:
        return person.may(May.SEE_CASES, now, where(connection, row))
    return row.made_by == person.id or person.may(May.SEE_REACH, now)


def where(connection: Connection, row: AnyRow) -> Somewhere:
    """The door whose case an announcement is about; the whole community where it is about none."""
    if row.concerns is None:
        return EVERYWHERE
    return estates.household(connection, row.community_id, row.concerns) or EVERYWHERE


def sends(person: Person, now: int) -> bool:
    """True for whoever may make announcements somewhere."""
    return person.leads(now) or person.is_a("officer", now)
