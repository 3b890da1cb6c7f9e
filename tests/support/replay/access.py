"""Is every door system one that was connected, and disconnected where somebody said so?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from server.features.access.tables import door_systems
from tests.support.replay.history import History, same


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of door systems, one sentence each."""
    yield from same("door system", history, door_systems, "id", "access.connect")
    ended = {
        (row.community_id, data["system"]): row
        for row, data in history.applied("access.disconnect")
        if data is not None
    }
    made = {
        (row.community_id, row.id): (row, data) for row, data in history.applied("access.connect")
    }
    for system in history.connection.execute(select(door_systems)):
        key = (system.community_id, system.id)
        if key in history.tombstones:
            continue
        operation, data = made[key]
        last = ended.get(key)
        said = (system.made_at, system.ended_at, system.version)
        wanted = (
            operation.corrected_at,
            last.corrected_at if last else None,
            (last or operation).seq,
        )
        if said != wanted:
            yield f"door system {system.id} has {said} and its history comes to {wanted}"
        if last and system.key_hash:
            yield f"door system {system.id} was disconnected and its key still opens"
        if data is not None and (system.compound_id, system.name) != (
            data["compound"], data["name"].strip(),
        ):  # fmt: skip
            yield f"door system {system.id} is not what was connected"
