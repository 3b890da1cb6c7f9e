"""Is every need and every batch what was said of it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.medicine import file, rules
from server.features.medicine.tables import (
    BATCH_EVENTS,
    NEED_EVENTS,
    batch_events,
    batches,
    need_events,
    needs,
)
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

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
    yield from words_of(history, need_events, NEED_EVENTS, "need_id", "need", of_needs)
    yield from words_of(history, batch_events, BATCH_EVENTS, "batch_id", "batch", of_batches)
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
