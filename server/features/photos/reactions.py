"""A photo's clock: when its time is over it is deleted, and its row says that there was one."""

from __future__ import annotations

from sqlalchemy import func, select, update

from server.features.photos import arriving, rules
from server.features.photos.expect import topic
from server.features.photos.tables import photos
from server.oplog.after import Reacting, reaction


@reaction("photos.over")
def over(at: Reacting) -> None:
    """Let go of one fact's photo, or look again when its time will be over.

    The picture itself is deleted from the store once no fact needs it: see `keeper.py`.
    """
    this = (photos.c.community_id == at.community_id) & (photos.c.op_id == at.subject)
    row = at.connection.execute(select(photos).where(this).with_for_update()).first()
    due = rules.over_at(row.state, row.moved_at, row.keep_until) if row is not None else None
    if row is None or due is None:
        return
    if due > at.now:
        at.again_at = due
        return
    at.connection.execute(update(photos).where(this).values(state=rules.GONE, size=None))
    still = at.connection.execute(
        select(func.count()).where(
            photos.c.community_id == at.community_id,
            photos.c.sha == row.sha,
            photos.c.state.in_(rules.STILL_TO_COME),
        )
    ).scalar_one()
    if not still:
        arriving.forget_pieces(at.connection, at.community_id, row.sha)
    at.topics.add(topic(row.about))
