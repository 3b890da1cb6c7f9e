"""Is every claim of newcomers and leavers what was said of it, and its content kept no longer?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.arrivals import rules
from server.features.arrivals.tables import ARRIVAL_EVENTS, arrival_events, arrivals
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

SAYING = tuple(f"arrival.{what}" for what in ("claim", "confirm", "decline", "remind"))


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of claims, one sentence each."""
    yield from same("word of a claim", history, arrival_events, "op_id", *SAYING)
    yield from same("claim", history, arrivals, "id", "arrival.claim")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, arrival_events, ARRIVAL_EVENTS, "arrival_id", "arrival", told)
    for row in history.connection.execute(select(arrivals)):
        events = told[row.community_id, row.id]
        wanted = rules.kept(rules.fold(events)) | {"version": events[-1].seq}
        if any(getattr(row, name) != value for name, value in wanted.items()):
            yield f"claim {row.id} is not what its history comes to"
        if row.content is None and row.state == rules.WAITING:
            yield f"claim {row.id} waits and nobody knows what was said"
