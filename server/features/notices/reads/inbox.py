"""What was announced to somebody, or to their household."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.notices.audience import key_of
from server.features.notices.reads import parts
from server.features.notices.tables import notices, reach
from server.features.notices.views import Inbox, Line
from server.features.people.actors import Person
from server.features.rounds.reads import parts as round_parts
from server.i18n import say


def inbox(connection: Connection, person: Person, language: str) -> Inbox:
    """What was announced to this person, or to their household."""
    rows = connection.execute(
        select(
            notices,
            *(reach.c[name] for name in ("opened_at", "answer", "told_at", "household_id")),
        )
        .join(
            reach, (reach.c.community_id == notices.c.community_id)
            & (reach.c.notice_id == notices.c.id),
        )
        .where(
            reach.c.community_id == person.community_id,
            reach.c.recipient.in_(keys_of(person, clock.now())),
            reach.c.queued_at.is_not(None),
        )
        .order_by(notices.c.made_at.desc())
        .limit(parts.SHOWN)
    )  # fmt: skip
    now = clock.now()
    return Inbox(
        tuple(lines_for(connection, person, language, rows.all(), now)),
        round_parts.newest(connection, person.community_id),
    )


def lines_for(
    connection: Connection, person: Person, language: str, rows: Sequence[AnyRow], now: int
) -> Iterable[Line]:
    """Lines of an inbox; those of a household for which one acts say whose they are."""
    others = {row.household_id for row in rows} - {None, person.household_id}
    places = estates.households_by_id(connection, person.community_id, others) if others else {}
    for row in rows:
        line = parts.line_of(row, language, now)
        place = places.get(row.household_id)
        if place is None:
            yield line
        else:
            yield replace(line, household=row.household_id, whose=say(language, place.short_words))


def keys_of(person: Person, now: int) -> list[str]:
    """What stands for a person in ledgers: themselves, their household, those they act for."""
    own_first = sorted(person.homes(now), key=lambda one: (one != person.household_id, one))
    return [person.id, *map(key_of, own_first)]
