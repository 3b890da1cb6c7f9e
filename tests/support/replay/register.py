"""Is the register what was said of it, and is every change somebody's?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from server.features.people import changes
from server.features.people.tables import resident_changes, residents
from tests.support.replay.history import History

KINDS = (
    *(f"resident.{what}" for what in ("add", "correct", "leave", "back")),
    "register.import", "register.undo", "record.erase", "arrival.confirm",
    *(f"vacancy.{what}" for what in ("find", "recheck", "end")),
)  # fmt: skip

SAID_BY_OTHERS = {"present", "registered", "household_id"}
"""Fields that presence and stays of people shut in change too, each in a history of its own."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of the register, one sentence each."""
    made = {(row.community_id, row.seq): row for row, _ in history.applied(*KINDS)}
    silent = history.silent
    said: dict[tuple[int, int], dict[str, Any]] = {}
    added: set[tuple[int, int]] = set()
    for row in history.connection.execute(
        select(resident_changes).order_by(resident_changes.c.seq)
    ):
        operation = made.get((row.community_id, row.seq))
        if (row.community_id, row.seq) in silent:
            continue
        if operation is None or operation.actor != row.actor:
            yield f"change {row.seq}/{row.nth} of the register is nobody's"
        elif row.at != operation.corrected_at:
            yield f"change {row.seq}/{row.nth} of the register has another time than its operation"
        if row.resident_id is None:
            continue
        person = row.community_id, row.resident_id
        if row.what == changes.ADDED and person in added:
            yield f"resident {person[1]} was added twice"
        added |= {person} if row.what == changes.ADDED else set()
        said.setdefault(person, {}).update(row.after or {})
    kept = {
        (row.community_id, row.id): row for row in history.connection.execute(select(residents))
    }
    for person, values in said.items():
        if person not in kept:
            yield f"resident {person[1]} was changed and is not there"
            continue
        for name in values.keys() - SAID_BY_OTHERS:
            if getattr(kept[person], name) != values[name]:
                yield (
                    f"resident {person[1]} has the {name} {getattr(kept[person], name)} "
                    f"and was last said to have {values[name]}"
                )
