"""Is what is kept of asking a household what was last said and asked?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from server.features.upkeep.tables import upkeep
from tests.support.replay.history import History

FIELDS = {"upkeep.confirm": "said_at", "upkeep.later": "later_at"}


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of asking households, one sentence each."""
    wanted: dict[tuple[int, int, str], int] = {}
    for row, data in history.applied(*FIELDS):
        if data is not None:
            wanted[row.community_id, data["household"], FIELDS[row.kind]] = row.corrected_at
    asked = {(row.community_id, row.corrected_at) for row, _ in history.applied("upkeep.ask")}
    for row in history.connection.execute(select(upkeep)):
        for field in FIELDS.values():
            found = getattr(row, field)
            said = wanted.get((row.community_id, row.household_id, field))
            if found != said and not history.tombstones:
                yield f"household {row.household_id} has {field} {found} and said so at {said}"
        if (
            row.asked_at
            and (row.community_id, row.asked_at) not in asked
            and not history.tombstones
        ):
            yield f"household {row.household_id} was asked at {row.asked_at} by nobody"
