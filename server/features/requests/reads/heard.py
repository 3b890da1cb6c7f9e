"""When households were last heard of here, for those who look after them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from server.features.requests.tables import requests


def asked_since(
    connection: Connection, community_id: int, households: Collection[int], since: int
) -> dict[int, int]:
    """When something was last asked by or for each of these households, since then."""
    table = requests.c
    rows = connection.execute(
        select(table.household_id, func.max(table.opened_at))
        .where(
            table.community_id == community_id,
            table.household_id.in_(list(households)),
            table.opened_at >= since,
        )
        .group_by(table.household_id)
    )
    return {row[0]: row[1] for row in rows}
