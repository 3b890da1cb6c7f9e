"""What a person decides about an operation that was kept but not applied."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select, update

from server.db.base import AnyRow
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused, decode, operation
from server.oplog.tables import operations, payloads


class _Decision(Op):
    """What redoing and discarding have in common."""

    op: Uuid

    def find(self, at: Moment, asked: Asked) -> tuple[AnyRow, Op | None]:
        """The kept operation and its data, for somebody who may decide. Raises `Refused`."""
        row = at.connection.execute(
            select(operations).where(
                operations.c.community_id == at.community_id, operations.c.id == self.op
            )
        ).first()
        if row is None or row.outcome == "applied" or row.settled_by is not None:
            raise Refused(SETTLED)
        kept = _data(at, row)
        own = row.actor == asked.actor
        if not own and not (kept is not None and kept.may_decide(at, asked)):
            raise Refused(NOT_YOURS)
        at.connection.execute(
            update(operations)
            .where(operations.c.community_id == at.community_id, operations.c.id == self.op)
            .values(settled_by=asked.id)
        )
        asked.subject = row.subject
        return row, kept


@operation("op.redo", label=mark("Let it count"))
class Redo(_Decision):
    """A lead lets a refused operation count after all, in its maker's name and time."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        row, kept = self.find(at, asked)
        if kept is None or not kept.may_decide(at, asked):
            raise Refused(LEAD_ONLY)
        original = Asked(
            id=row.id,
            kind=row.kind,
            v=row.v,
            actor=row.actor,
            carrier=asked.actor,
            device=row.device,
            made_at=row.made_at,
            corrected_at=row.corrected_at,
            seen=row.seen,
            group=row.group_id,
            seq=asked.seq,
            digest=row.digest,
            body=b"",
            op=kept,
        )
        kept.redo(at, original)
        asked.subject = original.subject


@operation("op.discard", label=mark("Discard an entry"))
class Discard(_Decision):
    """The person who made a refused operation, or a lead, says that it need not count."""

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.find(at, asked)
        at.tell("kept")


def _data(at: Moment, row: AnyRow) -> Op | None:
    """What an operation held, put together from its payloads; None where nobody can read it."""
    bodies = at.connection.execute(
        select(payloads.c.body).where(
            payloads.c.community_id == at.community_id,
            payloads.c.seq == row.seq,
            payloads.c.body.is_not(None),
        )
    ).scalars()
    whole: dict[str, Any] = {}
    try:
        for body in bodies:
            whole |= msgspec.json.decode(body)
        return decode(row.kind, row.v, msgspec.json.encode(whole))
    except (KeyError, TypeError, ValueError, msgspec.DecodeError):
        return None


SETTLED = mark("Nothing waits to be decided about this entry.")
NOT_YOURS = mark("Only who made this entry, or a lead, can decide about it.")
LEAD_ONLY = mark("Only a lead can let this count.")
