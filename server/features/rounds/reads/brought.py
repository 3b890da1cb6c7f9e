"""What was brought to doors lately and who was spoken to there, whatever the round."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from server.features.rounds.kinds import UNSPOKEN
from server.features.rounds.tables import round_doors, rounds

DELIVERY = "delivery"


def brought_since(
    connection: Connection, community_id: int, households: Collection[int], since: int
) -> dict[int, int]:
    """When each of these doors was last brought something since then; the others are left out."""
    table = round_doors.c
    deliveries = select(rounds.c.id).where(
        rounds.c.community_id == community_id, rounds.c.kind == DELIVERY
    )
    rows = connection.execute(
        select(table.household_id, func.max(table.at))
        .where(
            table.community_id == community_id,
            table.round_id.in_(deliveries),
            table.household_id.in_(list(households)),
            table.given > 0,
            table.at >= since,
        )
        .group_by(table.household_id)
    )
    return {row[0]: row[1] for row in rows}


def spoken_to_since(
    connection: Connection, community_id: int, households: Collection[int], since: int
) -> dict[int, int]:
    """When somebody of each of these households was last spoken to at a door, at a site, or
    reported; of rounds made since then."""
    table = round_doors.c
    lately = select(rounds.c.id).where(
        rounds.c.community_id == community_id, rounds.c.made_at >= since
    )
    rows = connection.execute(
        select(table.household_id, func.max(table.at))
        .where(
            table.community_id == community_id,
            table.round_id.in_(lately),
            table.household_id.in_(list(households)),
            table.answer.not_in(UNSPOKEN),
            table.at >= since,
        )
        .group_by(table.household_id)
    )
    return {row[0]: row[1] for row in rows}
