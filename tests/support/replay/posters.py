"""Is every poster one that was made, and down because somebody took it down?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from server.features.posters.tables import posters
from server.ids import derived
from tests.support.replay.history import History


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of posters, one sentence each."""
    made = {
        (row.community_id, derived(f"{row.id}/{building}")): (row, building, data)
        for row, data in history.applied("poster.make")
        if data is not None
        for building in data["buildings"]
    }
    ended = {
        (row.community_id, data["poster"])
        for row, data in history.applied("poster.end")
        if data is not None
    }
    hangs: set[tuple[object, ...]] = set()
    for row in history.connection.execute(select(posters)):
        key = (row.community_id, row.id)
        if key not in made:
            if not history.tombstones:
                yield f"poster {row.id} comes of no operation"
            continue
        operation, building, data = made[key]
        found = (row.made_by, row.building_id, row.purpose, row.round_id)
        if found != (operation.actor, building, data["purpose"], data.get("round")):
            yield f"poster {row.id} is {found} and was made otherwise"
        if (row.ended_at is not None) != (key in ended):
            yield f"poster {row.id} hangs or not, and its history says otherwise"
        same = (row.community_id, row.building_id, row.purpose, row.round_id)
        if row.ended_at is None and same in hangs:
            yield f"poster {row.id} hangs beside another of the same"
        if row.ended_at is None:
            hangs.add(same)
