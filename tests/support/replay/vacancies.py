"""Is every vacant flat what was said of it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from server.features.vacancies import file, rules
from server.features.vacancies.tables import VACANCY_EVENTS, vacancies, vacancy_events
from server.oplog.events import Event
from tests.support.replay.history import History, same, words_of

SAID = tuple(f"vacancy.{what}" for what in ("find", "recheck", "end", "remind", "doubt"))
"""Kinds that say something of a vacant flat, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of vacant flats, one sentence each."""
    yield from same("word of a vacancy", history, vacancy_events, "op_id", *SAID)
    said: dict[tuple[int, str], list[Event]] = defaultdict(list)
    yield from words_of(history, vacancy_events, VACANCY_EVENTS, "vacancy_id", "vacancy", said)
    homes: set[tuple[int, int]] = set()
    for row in history.connection.execute(select(vacancies)):
        events = said[row.community_id, row.id]
        wanted = file.kept(rules.fold(events)) | {"version": events[-1].seq}
        found = {name: getattr(row, name) for name in wanted}
        if found != wanted:
            yield f"vacancy {row.id} is {found} and its history comes to {wanted}"
        if (row.community_id, row.household_id) in homes:
            yield f"door {row.household_id} has more than one vacancy"
        homes.add((row.community_id, row.household_id))
