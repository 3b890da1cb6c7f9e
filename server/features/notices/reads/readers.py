"""Who knows of an announcement, for features whose pages are read by way of one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.features.notices import rules
from server.features.notices.audience import Recipient, key_of
from server.features.notices.reads import parts
from server.features.notices.tables import reach
from server.features.people.actors import Person


def not_opened_by(connection: Connection, person: Person, notice_id: str) -> bool:
    """True where it is meant for the person or their own household, and was not opened there."""
    keys = [person.id]
    if person.household_id is not None:
        keys.append(key_of(person.household_id))
    table = reach.c
    rows = connection.execute(
        select(table.opened_at).where(
            table.community_id == person.community_id,
            table.notice_id == notice_id,
            table.recipient.in_(keys),
            table.queued_at.is_not(None),
        )
    ).all()
    return any(row.opened_at is None for row in rows)


def opened_by(connection: Connection, community_id: int, notice_id: str) -> list[Recipient]:
    """Everybody who knows of an announcement: they opened it, answered or were told."""
    return [
        Recipient(line.recipient, line.account_id, line.household_id, line.stairwell_id, line.level)
        for line in parts.ledger(connection, community_id, notice_id)
        if rules.reached(line)
    ]
