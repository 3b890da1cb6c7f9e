"""Somebody goes through a gate with a pass, or is turned away."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from sqlalchemy import insert, select

from server.features.passes import numbers, rules
from server.features.passes.file import TOPIC, Pass
from server.features.passes.gate import Gate
from server.features.passes.operations.deciding import Conditions
from server.features.passes.operations.saying import Key, must_be_known
from server.features.passes.rules import Crossing
from server.features.passes.tables import crossings, passes
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation


@operation("pass.cross", label=mark("Say who went through the gate"))
class Cross(Op):
    """What the guard's phone found and what the guard did; it is kept whatever is known by then.

    That two gates let one pass through is found here, however late they are heard.
    """

    retention: ClassVar = {"number": NOTES}
    gate: Uuid
    number: Annotated[str, Meta(max_length=24)]
    way: Key
    found: Key = rules.OK
    let: bool = True
    checked: Conditions = []

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        gate = Gate.find(at, asked, self.gate)
        must_be_known(rules.CROSSED, self.way)
        must_be_known(rules.FOUND, self.found)
        number = numbers.normalise(self.number)
        if not number and self.let:
            raise Refused(NO_NUMBER)
        row = at.connection.execute(
            select(passes).where(
                passes.c.community_id == at.community_id, passes.c.number == number
            )
        ).first()
        if row is None and self.let:
            raise Refused(NOT_KNOWN)
        at.connection.execute(
            insert(crossings),
            {
                "community_id": at.community_id,
                "op_id": asked.id,
                "seq": asked.seq,
                "gate_id": gate.row.id,
                "pass_id": row.id if row else None,
                "number": number,
                "way": self.way,
                "found": self.found,
                "let": self.let,
                "checked": [one for one in rules.CONDITIONS if one in self.checked],
                "actor": asked.actor,
                "at": asked.corrected_at,
            },
        )
        at.tell(TOPIC)
        if row is not None:
            self._count(Pass.load(at, asked, row), asked)

    def _count(self, found: Pass, asked: Asked) -> None:
        found.passed()
        found.write(version=asked.seq)
        known = found.crossings()
        wrong = {later.op_id for _, later in rules.clashes(found.row, known)}
        if self._held_no_longer(found, known, asked):
            wrong.add(asked.id)
        for one in sorted(wrong - found.state.clashes):
            found.at.react("passes.clash", f"{found.id} {one}")
        if found.row.away and found.at.received_at > found.row.until + rules.GRACE:
            found.at.react("passes.late", found.id)

    def _held_no_longer(self, found: Pass, known: list[Crossing], asked: Asked) -> bool:
        """True where the gate let through what, by all that is known now, held no longer then."""
        before = [one for one in known if (one.at, one.seq) < (asked.corrected_at, asked.seq)]
        state = rules.fold(one for one in found.events if one.at <= asked.corrected_at).state
        judged = rules.judge(
            found.row, state, rules.passage(found.row, before), self.way, asked.corrected_at
        )
        return self.let and judged in (rules.NOT_VALID, rules.EXPIRED)


NO_NUMBER = mark("A digit is wrong: read the number again.")
NOT_KNOWN = mark("Nobody here has a pass of that number. Ring the committee up.")
