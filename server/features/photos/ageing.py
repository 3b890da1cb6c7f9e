"""Photos have a clock each (see reactions.py); where the incident is closed all of them go."""

from __future__ import annotations

from sqlalchemy import select, update

from server.features.photos.rules import GONE, KEPT
from server.features.photos.tables import photo_pieces, photos
from server.features.retention.ageing import PIECE, Over, ages
from server.i18n import mark


@ages("photos", {"photos": mark("Photos")})
def gone(over: Over) -> int:
    """Photos that are here or still to come; the keeper deletes the pictures."""
    if not over.every:
        return 0
    table = photos.c
    rows = over.connection.execute(
        select(table.op_id, table.sha, table.state, table.at)
        .where(table.community_id == over.community_id, table.state != GONE, over.older(table.at))
        .limit(PIECE)
    ).all()
    for row in rows:
        if row.state == KEPT:
            over.count("photos", row.at)
    over.connection.execute(
        update(photos)
        .where(
            table.community_id == over.community_id, table.op_id.in_([row.op_id for row in rows])
        )
        .values(state=GONE, size=None, why="", reading=None)
    )
    over.connection.execute(
        photo_pieces.delete().where(
            photo_pieces.c.community_id == over.community_id,
            photo_pieces.c.sha.in_([row.sha for row in rows]),
        )
    )
    return len(rows)
