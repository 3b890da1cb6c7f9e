"""Is every closing what was said of it, and does each report say what was signed?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.incidents import rules
from server.features.incidents.tables import INCIDENT_EVENTS, incident_events, incidents
from server.oplog.events import Event
from server.p256 import verified
from tests.support.replay.history import History, same, words_of

SAYING = tuple(f"incident.{what}" for what in ("propose", "agree", "call_off", "begin", "finish"))


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of closings, one sentence each."""
    yield from same("word of a closing", history, incident_events, "op_id", *SAYING)
    yield from same("closing", history, incidents, "id", "incident.propose")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, incident_events, INCIDENT_EVENTS, "incident_id", "incident", told)
    for row in history.connection.execute(select(incidents)):
        events = told[row.community_id, row.id]
        wanted = rules.kept(rules.fold(events)) | {"version": events[-1].seq}
        if any(getattr(row, name) != value for name, value in wanted.items()):
            yield f"closing {row.id} is not what its history comes to"
        if (row.state == rules.CLOSED) != (row.report is not None):
            yield f"closing {row.id} is {row.state}, with a report or without"
        if row.report is not None and not verified(
            bytes(row.public), bytes(row.signature), row.report.encode()
        ):
            yield f"the report of closing {row.id} is not what was signed"
