"""Counting the load: what came in, what was carried out, what was brought back."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from sqlalchemy import insert, select

from server.features.people.actors import Person
from server.features.rounds import scope
from server.features.rounds.tables import assignments, round_counts
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, operation


@operation("round.count", label=mark("Count items"))
class Count(Op):
    """Write down a number of items that came in, went out, or came back."""

    round: Uuid
    direction: str
    items: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
    stairwell: Number | None = None

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        if self.direction not in {"in", "out", "back"}:
            raise Refused(WRONG_DIRECTION)
        if self.items <= 0:
            raise Refused(TOO_FEW)
        found = scope.find(at, self.round)
        if self.stairwell is not None and self.stairwell not in scope.stairwells_of(
            at.connection, at.community_id, found.id
        ):
            raise Refused(scope.NOT_IN_ROUND)
        if not self._carries(at, asked):
            person: Person = at.actors[asked.actor]  # type: ignore[assignment]
            scope.find_led(at, self.round, person, asked.corrected_at)
        at.connection.execute(
            insert(round_counts),
            {
                "community_id": at.community_id,
                "op_id": asked.id,
                "round_id": found.id,
                "direction": self.direction,
                "stairwell_id": self.stairwell,
                "items": self.items,
                "actor": asked.actor,
                "at": asked.corrected_at,
            },
        )
        if found.status == "closed":
            at.react("rounds.statement", found.id)
        asked.subject = f"/rounds/{found.id}"
        at.tell(f"round:{found.id}")

    def _carries(self, at: Moment, asked: Asked) -> bool:
        """True where the asker carries for the stairwell the count is about."""
        if self.stairwell is None or self.direction == "in":
            return False
        table = assignments.c
        mine = select(table.seq).where(
            table.community_id == at.community_id,
            table.round_id == self.round,
            table.stairwell_id == self.stairwell,
            table.account_id == asked.actor,
            table.since <= asked.corrected_at,
            (table.until.is_(None)) | (table.until > asked.corrected_at),
        )
        return at.connection.execute(mine).first() is not None


WRONG_DIRECTION = mark("Items come in, go out or come back.")
TOO_FEW = mark("Count at least one item.")
