"""Is every stay what was said of it, and is whoever is shut in present where they are?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.people.tables import residents
from server.features.stranded import file, rules
from server.features.stranded.tables import STRANDED_EVENTS, stranded, stranded_events
from server.oplog.events import Event
from tests.support.replay.history import History, same

SAYING = tuple(f"stranded.{what}" for what in ("come", "move", "leave", "undo"))
"""Kinds that say something of a stay, each once."""

BECOMES = {"stranded.undo": "leave"}
"""Kinds that are written down under another word."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of stays, one sentence each."""
    yield from same("word on a stay", history, stranded_events, "op_id", *SAYING)
    yield from same("stay", history, stranded, "id", "stranded.come")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for row in history.connection.execute(select(stranded_events).order_by(stranded_events.c.seq)):
        told[row.community_id, row.stranded_id].append(STRANDED_EVENTS.read(row))
        made = history.operations.get((row.community_id, row.op_id))
        if made is None:
            continue
        said = (row.seq, row.actor, row.at, row.what)
        what = BECOMES.get(made.kind, made.kind.partition(".")[2])
        if said != (made.seq, made.actor, made.corrected_at, what):
            yield f"word {row.op_id} does not carry its operation's number, actor, time and kind"
    people = {
        (row.community_id, row.id): row for row in history.connection.execute(select(residents))
    }
    for row in history.connection.execute(select(stranded)):
        events = told[row.community_id, row.id]
        wanted = file.kept(rules.fold(events)) | {"version": events[-1].seq if events else None}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"stay {row.id} is {found} and its history comes to {wanted}"
        if people[row.community_id, row.resident_id].household_id != row.household_id:
            yield f"stay {row.id} is behind another door than the register says"
