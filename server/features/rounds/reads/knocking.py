"""What a knocking round for an announcement has come to."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.features.rounds.kinds import DONE, KINDS
from server.features.rounds.tables import round_doors, rounds


def about(connection: Connection, community_id: int, round_id: str) -> str:
    """The announcement that a round knocks for."""
    found: str = connection.execute(
        select(rounds.c.notice_id).where(
            rounds.c.community_id == community_id, rounds.c.id == round_id
        )
    ).scalar_one()
    return found


def told(connection: Connection, community_id: int, round_id: str) -> list[tuple[int, str, int]]:
    """The doors at which somebody was spoken to: household, by whom, when."""
    spoken = [answer.key for answer in KINDS["knock"].answers if answer.stands == DONE]
    table = round_doors.c
    rows = connection.execute(
        select(table.household_id, table.actor, table.at).where(
            table.community_id == community_id,
            table.round_id == round_id,
            table.answer.in_(spoken),
        )
    )
    return [(row.household_id, row.actor, row.at) for row in rows]


def rounds_for(connection: Connection, community_id: int, notice_id: str) -> list[str]:
    """The rounds that knock for an announcement, the newest first."""
    return list(
        connection.execute(
            select(rounds.c.id)
            .where(rounds.c.community_id == community_id, rounds.c.notice_id == notice_id)
            .order_by(rounds.c.made_at.desc())
        ).scalars()
    )
