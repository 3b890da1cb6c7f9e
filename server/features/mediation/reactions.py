"""What follows by itself: the day on which an officer wanted to be reminded. Once."""

from __future__ import annotations

from server.features.mediation.file import row_of
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("mediation.follow")
def follow(at: Reacting) -> None:
    """The day has come, unless another was named since or it is closed."""
    mediation_id, when = at.subject.split()
    row = row_of(at.connection, at.community_id, mediation_id)
    if row is None or row.closed_at is not None or row.follow_at != int(when):
        return
    said = {"mediation": mediation_id, "clock": int(when)}
    at.submit(row.officer, derived(f"{at.subject}/follow"), "mediation.follow", said)
