"""From a notice to the work of posting it: to the chat groups of its places, and to telephones.

A group hears only of what concerns everybody in its place: never what is for staff alone, for one
household, or about results. A telephone hears only of what is urgent, and only where nobody there
has heard of it and no phone of theirs takes calls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, select
from sqlalchemy.dialects import postgresql

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.notices import rules, wording
from server.features.notices.audience import Audience
from server.features.notices.tables import channels, notices, reach
from server.features.people.rules import COMMUNITY, SCOPES
from server.features.people.tables import residents
from server.i18n import LANGUAGES
from server.ids import derived
from server.oplog.after import Reacting, reaction
from server.push.groups.unfit import unfit
from server.push.leases import BOT, WEBHOOK
from server.push.tables import deliveries, push_subscriptions

OF_PLACES, OF_FLOORS = ("notice", "bulletin"), "call"
"""Kinds of announcements that a group may hear: for whole places, or calling floors down. What is
called names floors and a site, though it is sent to the doors that have still to come."""


@reaction("groups.spread")
def spread(at: Reacting) -> None:
    """Queue the present ring of the notice that is the subject, where it is not queued yet."""
    if queue(at.connection, at.community_id, at.subject, at.now):
        at.topics.add(f"notice:{at.subject}")


def queue(connection: Connection, community_id: int, notice_id: str, now: int) -> int:
    """Queue what is not queued yet; returns how many rows that were."""
    notice = connection.execute(
        select(notices).where(notices.c.community_id == community_id, notices.c.id == notice_id)
    ).first()
    if notice is None or not rules.matters(notice.until, notice.withdrawn_at, now):
        return 0
    ways = _ways(connection, community_id)
    if not ways:
        return 0
    homes = _homes_told(connection, community_id, notice_id)
    places = estates.places(connection, community_id, {home.stairwell_id for home in homes})
    of_ring = {"community_id": community_id, "notice_id": notice.id, "rang": notice.rang}
    rows = [
        of_ring | more
        for more in (
            *_to_groups(connection, notice, ways, places, now),
            *_to_telephones(connection, notice, ways, places, now),
        )
    ]
    return sum(
        connection.execute(
            postgresql.insert(deliveries).values(rows[start : start + 500]).on_conflict_do_nothing()
        ).rowcount
        for start in range(0, len(rows), 500)
    )


def meets(channel: AnyRow, places: Iterable[Place]) -> bool:
    """True where the channel's place holds one of these stairwells."""
    if channel.scope == COMMUNITY:
        return any(True for _ in places)
    return any(getattr(place, channel.scope) == channel.scope_id for place in places)


def _ways(connection: Connection, community_id: int) -> Sequence[AnyRow]:
    table = channels.c
    return connection.execute(
        select(table.id, table.kind, table.scope, table.scope_id)
        .where(table.community_id == community_id, table.revoked_at.is_(None))
        .order_by(table.made_at, table.id)
    ).all()


def _homes_told(connection: Connection, community_id: int, notice_id: str) -> Sequence[AnyRow]:
    """Where households live that are being told now; none while only staff is."""
    table = reach.c
    return connection.execute(
        select(table.stairwell_id)
        .distinct()
        .where(
            table.community_id == community_id,
            table.notice_id == notice_id,
            table.household_id.is_not(None),
            table.queued_at.is_not(None),
        )
    ).all()


def _to_groups(
    connection: Connection,
    notice: AnyRow,
    ways: Sequence[AnyRow],
    places: dict[int, Place],
    now: int,
) -> Iterable[dict[str, Any]]:
    """A row for each group whose place is meant; settled at once where it must not be posted."""
    meant = _meant(connection, notice, places)
    why = unfit(text for one in LANGUAGES for text in wording.said(notice.content, one))
    for bot in ways:
        if bot.kind == BOT and meets(bot, meant):
            yield {
                "channel": BOT, "target": bot.id, "via": bot.id, "recipient": None, "due_at": now,
                "done_at": now if why else None, "result": why or None,
            }  # fmt: skip


def _meant(connection: Connection, notice: AnyRow, places: dict[int, Place]) -> list[Place]:
    """The stairwells that are told of it as such, and not for the sake of a household in them."""
    if notice.kind == OF_FLOORS:
        return list(places.values())
    audience = msgspec.convert(notice.audience, Audience)
    if notice.kind not in OF_PLACES or not audience.places:
        return []
    within = estates.stairwells_within(
        connection, notice.community_id, audience.compounds, audience.buildings, audience.stairwells
    )
    return [places[one] for one in within if one in places]


def _to_telephones(
    connection: Connection,
    notice: AnyRow,
    ways: Sequence[AnyRow],
    places: dict[int, Place],
    now: int,
) -> Iterable[dict[str, Any]]:
    """A row for each household that only its telephone can reach, by the nearest webhook."""
    hooks = [one for one in ways if one.kind == WEBHOOK]
    if notice.urgency != rules.URGENT or not hooks:
        return
    hooks.sort(key=lambda one: SCOPES.index(one.scope), reverse=True)
    for line in _only_by_telephone(connection, notice):
        place = places.get(line.stairwell_id)
        hook = next((one for one in hooks if place and meets(one, [place])), None)
        if hook is not None:
            yield {
                "channel": WEBHOOK, "target": message_id(notice, line.recipient), "via": hook.id,
                "recipient": line.recipient, "due_at": now, "done_at": None, "result": None,
            }  # fmt: skip


def message_id(notice: AnyRow, recipient: str) -> str:
    """The id of a message to one household: the same whenever it is made."""
    return derived(f"{notice.id}/{notice.rang}/{recipient}")


def _only_by_telephone(connection: Connection, notice: AnyRow) -> Sequence[AnyRow]:
    table, phone, there = reach.c, push_subscriptions.c, residents.c
    return connection.execute(
        select(table.recipient, table.stairwell_id).where(
            table.community_id == notice.community_id,
            table.notice_id == notice.id,
            table.household_id.is_not(None),
            table.queued_at.is_not(None),
            table.opened_at.is_(None),
            table.answered_at.is_(None),
            table.told_at.is_(None),
            exists().where(
                there.community_id == table.community_id,
                there.household_id == table.household_id,
                there.phone != "",
            ),
            ~exists().where(
                phone.community_id == table.community_id,
                phone.account_id == table.account_id,
                phone.ended_at.is_(None),
            ),
        )
    ).all()


def numbers(
    connection: Connection, community_id: int, notice_id: str, recipients: Collection[str]
) -> dict[str, str]:
    """A telephone number of each recipient's household that still has to be told and has one."""
    table, there = reach.c, residents.c
    rows = connection.execute(
        select(table.recipient, there.phone)
        .join(
            residents,
            (there.community_id == table.community_id) & (there.household_id == table.household_id),
        )
        .where(
            table.community_id == community_id,
            table.notice_id == notice_id,
            table.recipient.in_(list(recipients)),
            table.opened_at.is_(None),
            table.answered_at.is_(None),
            table.told_at.is_(None),
            there.phone != "",
        )
        .order_by(there.id.desc())
    )
    return {row.recipient: row.phone for row in rows}
