"""When households were last heard of here, for those who look after them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, func, select

from server.features.notices.tables import notices, reach


def told_since(
    connection: Connection, community_id: int, households: Collection[int], since: int
) -> dict[int, int]:
    """When each of these households was last told by a person, or answered, since then."""
    table = reach.c
    lately = select(notices.c.id).where(
        notices.c.community_id == community_id, notices.c.made_at >= since
    )
    moment = func.max(
        case(
            (func.coalesce(table.told_at, 0) > func.coalesce(table.answered_at, 0), table.told_at),
            else_=table.answered_at,
        )
    )
    rows = connection.execute(
        select(table.household_id, moment)
        .where(
            table.community_id == community_id,
            table.notice_id.in_(lately),
            table.household_id.in_(list(households)),
            (table.told_at >= since) | (table.answered_at >= since),
        )
        .group_by(table.household_id)
    )
    return {row[0]: row[1] for row in rows}
