"""Is everybody in care what was said of them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.care import file, rules
from server.features.care.tables import CARED_EVENTS, care_calls, cared, cared_events
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

SAID = tuple(
    f"care.{what}"
    for what in (
        *("suggest", "confirm", "change", "decline", "end", "reopen", "object"),
        *("alert", "escalate"),
    )
)
"""Kinds that say something of somebody in care, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of special care, one sentence each."""
    yield from same(
        "word of care", history, cared_events, "op_id", *SAID, perhaps=("care.contact",)
    )
    yield from same("call", history, care_calls, "op_id", perhaps=("care.contact",))
    said: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, cared_events, CARED_EVENTS, "person_id", "care", said)
    for row in history.connection.execute(select(cared)):
        events = said[row.community_id, row.id]
        wanted = file.kept(rules.fold(events)) | {"version": events[-1].seq}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"person {row.id} is {found} and their history comes to {wanted}"
