"""Is every mediation what was said in it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.mediation import file, rules
from server.features.mediation.tables import MEDIATION_EVENTS, mediation_events, mediations
from server.oplog.events import Event
from tests.support.replay.history import History, same

SAYING = tuple(
    f"mediation.{what}"
    for what in (
        *("open", "note", "say", "answer", "agreement", "accept", "deputy", "take_over"),
        *("follow", "close"),
    )
)
"""Kinds that say something in a mediation, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of mediations, one sentence each."""
    yield from same("word in a mediation", history, mediation_events, "op_id", *SAYING)
    yield from same("mediation", history, mediations, "id", "mediation.open")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    table = mediation_events
    for row in history.connection.execute(select(table).order_by(table.c.seq)):
        told[row.community_id, row.mediation_id].append(MEDIATION_EVENTS.read(row))
        made = history.operations.get((row.community_id, row.op_id))
        said = (row.seq, row.actor, row.at, f"mediation.{row.what}")
        if made and said != (made.seq, made.actor, made.corrected_at, made.kind):
            yield f"word {row.op_id} does not carry its operation's number, actor, time and kind"
    for row in history.connection.execute(select(mediations)):
        events = told[row.community_id, row.id]
        wanted = file.kept(rules.fold(events)) | {"version": events[-1].seq if events else None}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"mediation {row.id} is {found} and its history comes to {wanted}"
