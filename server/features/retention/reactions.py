"""Every night what has been kept long enough goes, a piece at a time."""

from __future__ import annotations

from server.features.estates import reads as estates
from server.features.retention import rules, running
from server.oplog.after import Reacting, reaction
from server.web.versions import EVERYTHING


@reaction(running.DAILY)
def daily(at: Reacting) -> None:
    """Let one piece go and come back at once, or tomorrow where nothing is over."""
    if running.look(at.connection, at.community_id, at.now):
        at.topics.add(EVERYTHING)
        at.again_at = at.now
        return
    at.again_at = rules.next_look(at.now, estates.zone(at.connection, at.community_id))
