"""What became of a notice in chat groups and at webhooks, for its page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.notices.tables import channels, notices
from server.i18n import Words, mark
from server.push.groups.answers import words
from server.push.groups.unfit import WORDS
from server.push.leases import BOT, LATE, REFUSED, SENT, WEBHOOK
from server.push.tables import deliveries


@dataclass(frozen=True, slots=True)
class Group:
    """A group that the notice does not stand in."""

    name: str
    waits: bool
    why: Words


@dataclass(frozen=True, slots=True)
class Posted:
    """How many groups were to hear of it and did, and how many telephones."""

    groups: int = 0
    posted: int = 0
    missing: tuple[Group, ...] = ()
    messages: int = 0
    handed_over: int = 0
    wait: int = 0  # messages that wait
    hook: Words | None = None  # what is wrong with a webhook while they do


def posted(connection: Connection, community_id: int, notice_id: str) -> Posted:
    """What became of the present ring."""
    rows = _rows(connection, community_id, notice_id)
    bots = [row for row in rows if row.channel == BOT]
    hooks = [row for row in rows if row.channel == WEBHOOK]
    waiting = [row for row in hooks if row.done_at is None]
    broken = next((row for row in waiting if row.failures), None)
    return Posted(
        groups=len(bots),
        posted=sum(row.result == SENT for row in bots),
        missing=tuple(
            Group(row.name, row.done_at is None, _why(row)) for row in bots if row.result != SENT
        ),
        messages=len(hooks),
        handed_over=sum(row.result == SENT for row in hooks),
        wait=len(waiting),
        hook=words(broken.failed or "") if broken else None,
    )


def _rows(connection: Connection, community_id: int, notice_id: str) -> list[AnyRow]:
    table, way = deliveries.c, channels.c
    return list(
        connection.execute(
            select(table.channel, table.done_at, table.result, way.name, way.failed, way.failures)
            .join(
                notices,
                (notices.c.community_id == table.community_id)
                & (notices.c.id == table.notice_id)
                & (notices.c.rang == table.rang),
            )
            .join(channels, (way.community_id == table.community_id) & (way.id == table.via))
            .where(
                table.community_id == community_id,
                table.notice_id == notice_id,
                table.channel.in_((BOT, WEBHOOK)),
            )
            .order_by(way.made_at, way.id)
        )
    )


def _why(row: AnyRow) -> Words:
    """Why it does not stand there."""
    if row.done_at is None:
        return words(row.failed or "") if row.failures else Words(SOON)
    if row.result in WORDS:
        return Words(WORDS[row.result])
    if row.result == REFUSED:
        return words(row.failed or "")
    return Words(TOO_LATE if row.result == LATE else NOT_WANTED)


SOON = mark("is being posted")
TOO_LATE = mark("could not be posted in time")
NOT_WANTED = mark("no longer wanted")
