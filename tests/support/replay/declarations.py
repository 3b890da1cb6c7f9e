"""Is every declaration what was declared, and does its door say so?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from server.features.declarations.tables import declarations, declared_symptoms
from server.features.rounds.kinds import DECLARED
from server.features.rounds.rules import REPORT
from tests.support.replay.history import History, same

KIND = "screening.declare"


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of declarations, one sentence each."""
    redone = [
        key for key in history.redone() if getattr(history.operations.get(key), "kind", "") == KIND
    ]
    yield from same("declaration", history, declarations, "op_id", KIND, also=redone)
    said = {(row.community_id, row.op_id): row for row in history.marks if row.source == REPORT}
    declared = set()
    for row in history.connection.execute(select(declarations)):
        key = (row.community_id, row.op_id)
        declared.add(key)
        made, mark = history.operations.get(key), said.get(key)
        facts = (row.round_id, row.household_id, row.actor, row.at)
        if made and facts[2:] != (made.actor, made.corrected_at):
            yield f"declaration {row.op_id} does not carry its operation's actor and time"
        if mark is None or facts != (mark.round_id, mark.household_id, mark.actor, mark.at):
            yield f"declaration {row.op_id} has not marked its door"
        elif mark.answer != DECLARED.key:
            yield f"declaration {row.op_id} has marked its door {mark.answer}"
        data = history.data.get(key)
        if data is not None and row.people != data.get("people", {}):
            yield f"declaration {row.op_id} says other people than its operation"
    for row in history.connection.execute(select(declared_symptoms)):
        if (row.community_id, row.op_id) not in declared:
            yield f"symptoms {row.op_id} belong to no declaration"
