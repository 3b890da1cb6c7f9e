"""Everything that is kept of people goes, by the clocks of every feature."""

from __future__ import annotations

from sqlalchemy import Connection

from server.features.estates import reads as estates
from server.features.incidents.rules import State
from server.features.retention import running
from server.features.retention.ageing import Over
from server.features.retention.rules import CLOCKS


def let_go(connection: Connection, community_id: int, state: State, now: int) -> int:
    """Let one piece go of what there was when it began; returns how many records, 0 at the end.

    Who asks for help meanwhile begins the next incident, and nothing of that goes.
    """
    assert state.began_at is not None
    zone = estates.zone(connection, community_id)
    over = Over(
        connection,
        community_id,
        state.began_at + 1,  # with what came in the same millisecond
        now,
        zone,
        every=True,
        register=state.register,
    )
    return next((gone for key in CLOCKS if (gone := running.let_go(over, key))), 0)
