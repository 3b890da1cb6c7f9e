"""Is every need and every batch what was said of it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Table, select

from server.features.medicine import file, rules
from server.features.medicine.tables import (
    BATCH_EVENTS,
    NEED_EVENTS,
    batch_events,
    batches,
    need_events,
    needs,
)
from server.oplog.events import Event, Events
from tests.support.replay.history import History, same

OF_NEEDS = tuple(
    f"need.{what}" for what in ("say", "change", "end", "ask", "met", "offer", "substitute")
)
OF_BATCHES = tuple(
    f"batch.{what}"
    for what in ("make", "name", "collect", "bought", "check", "bag", "out", "remind", "close")
)
"""Kinds that say something of a need or a batch, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of medicine, one sentence each."""
    yield from same("word about a need", history, need_events, "op_id", *OF_NEEDS)
    yield from same("word in a batch", history, batch_events, "op_id", *OF_BATCHES)
    yield from same("batch", history, batches, "id", "batch.make")
    of_needs: dict[tuple[int, str], list[Event]] = defaultdict(list)
    of_batches: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from _told(history, need_events, NEED_EVENTS, "need", of_needs)
    yield from _told(history, batch_events, BATCH_EVENTS, "batch", of_batches)
    for row in history.connection.execute(select(needs)):
        events = of_needs[row.community_id, row.id]
        wanted = file.need_kept(rules.fold_need(events)) | {"version": events[-1].seq}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"need {row.id} is {found} and its history comes to {wanted}"
    for row in history.connection.execute(select(batches)):
        events = of_batches[row.community_id, row.id]
        state = rules.fold_batch(events)
        wanted = file.batch_kept(state) | {"version": events[-1].seq}
        if any(getattr(row, name) != value for name, value in wanted.items()):
            yield f"batch {row.id} is not what its history comes to"
        if row.buyer in row.checkers or len({*row.checkers}) != rules.CHECKERS:
            yield f"batch {row.id} is checked by its buyer, or not by two"


def _told(
    history: History,
    table: Table,
    events: Events,
    word: str,
    told: dict[tuple[int, str], list[Event]],
) -> Iterator[str]:
    for row in history.connection.execute(select(table).order_by(table.c.seq)):
        told[row.community_id, getattr(row, f"{word}_id")].append(events.read(row))
        made = history.operations.get((row.community_id, row.op_id))
        said = (row.seq, row.actor, row.at, f"{word}.{row.what}")
        if made and said != (made.seq, made.actor, made.corrected_at, made.kind):
            yield f"word {row.op_id} does not carry its operation's number, actor, time and kind"
