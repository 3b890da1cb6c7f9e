"""When households were last heard of here, for those who look after them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from server.features.passes.tables import crossings, passes


def crossed_since(
    connection: Connection, community_id: int, households: Collection[int], since: int
) -> dict[int, int]:
    """When somebody of each of these households last went through a gate, since then."""
    table, one = crossings.c, passes.c
    rows = connection.execute(
        select(one.household_id, func.max(table.at))
        .join(crossings, (table.community_id == one.community_id) & (table.pass_id == one.id))
        .where(
            one.community_id == community_id,
            one.household_id.in_(list(households)),
            table.at >= since,
        )
        .group_by(one.household_id)
    )
    return {row[0]: row[1] for row in rows}
