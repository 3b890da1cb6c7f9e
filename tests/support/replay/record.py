"""Is every ask for erasing what was said of it, and is what was erased gone?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.people.tables import resident_changes, residents
from server.features.record import rules
from server.features.record.tables import ASK_EVENTS, erase_ask_events, erase_asks
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

SAYING = ("record.erase_ask", "record.erase", "record.decline")


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of what was asked to be erased, one sentence each."""
    yield from same("word of an ask", history, erase_ask_events, "op_id", *SAYING)
    yield from same("ask", history, erase_asks, "id", "record.erase_ask")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, erase_ask_events, ASK_EVENTS, "ask_id", "record", told)
    connection = history.connection
    lives = {
        (row.community_id, row.id): row.household_id
        for row in connection.execute(select(residents))
    }
    said = connection.execute(select(resident_changes)).all()
    for row in connection.execute(select(erase_asks)):
        events = told[row.community_id, row.id]
        wanted = rules.kept(rules.fold(events)) | {"version": events[-1].seq}
        if any(getattr(row, name) != value for name, value in wanted.items()):
            yield f"ask {row.id} is not what its history comes to"
        if row.state == rules.ERASED:
            for change in said:
                here = lives.get((row.community_id, change.resident_id)) == row.household_id
                if change.community_id != row.community_id or not here or change.seq > row.version:
                    continue
                for part in (change.before or {}, change.after or {}):
                    for name in rules.FIELDS[row.what]:
                        if part.get(name, rules.BLANK[name]) != rules.BLANK[name]:
                            yield f"change {change.seq} still says the {name} that was erased"
