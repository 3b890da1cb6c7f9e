"""What people say of doors: a mark, its undo, a lead's settlement, a household's claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from server import i18n
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.photos.expect import expect
from server.features.rounds import rules
from server.features.rounds.kinds import VACANT
from server.features.rounds.ledger import (
    NO_SUCH_ROUND,
    Door,
    Ledger,
    Round,
    Rule,
    judge,
    keys_of,
)
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, operation


def _each(at: Moment, asked: Sequence[Asked], rule: Rule[Ledger]) -> None:
    """Apply one rule to every operation of a run."""
    marks = [one.op.mark for one in asked if isinstance(one.op, Undo)]
    ledger = Ledger.load(at, keys_of(asked), [one.id for one in asked] + marks)
    judge(ledger, asked, rule)


@operation("round.mark", label=i18n.mark("Mark a door"))
class Mark(Op):
    """Say what happened at a door."""

    retention: ClassVar = {"note": NOTES, "answers": NOTES}
    round: Uuid
    door: Number
    answer: str
    count: Number | None = None
    note: str = ""
    source: str = "door"
    answers: dict[str, str] = {}
    photo: str | None = None
    """SHA-256 of a photo of what was done, which comes later."""

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise: eighty phones send dozens at a time."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(ledger: Ledger, asked: Asked, person: Person) -> None:
        op: Mark = asked.op  # type: ignore[assignment]
        found, door = ledger.find(op.round, op.door)
        if not (
            ledger.may_mark(person, found, door, asked.corrected_at)
            or _finds_vacant(ledger, op, person, asked.corrected_at)
        ):
            raise Refused(NOT_YOURS)
        rules.must_be_open(rules.status_at(found.changes, asked.corrected_at))
        op.enter(ledger, asked, "paper" if op.source == "paper" else "door")

    def may_decide(self, at: Moment, asked: Asked) -> bool:
        """True for a lead of the door: see `server.oplog.operations`."""
        ledger = Ledger.load(at, {(self.round, self.door)}, [])
        door = ledger.doors.get((self.round, self.door))
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        return door is not None and ledger.may_lead(person, door.stairwell, asked.corrected_at)

    def redo(self, at: Moment, original: Asked) -> None:
        """Let a refused mark count after all, on a lead's word."""
        ledger = Ledger.load(at, {(self.round, self.door)}, [original.id])
        if ledger.taken_back(original.id, original.actor):
            raise Refused(TAKEN_BACK)
        self.enter(ledger, original, "door")
        ledger.write()

    def enter(self, ledger: Ledger, asked: Asked, source: str) -> None:
        """Add this to what was said of the door, once the asker may."""
        found, door = ledger.find(self.round, self.door)
        answer = rules.known_answer(found.kind, self.answer)
        if answer not in found.kind.offered:
            raise Refused(ONE_BY_ONE)
        rules.short_enough(self.note)
        given, owed = rules.items(answer, door.due, self.count)
        if self.photo is not None:
            self._expect(ledger, asked, found, door)
        ledger.say(
            asked,
            found,
            door,
            rules.Mark(
                asked.id,
                asked.seq,
                asked.corrected_at,
                asked.actor,
                source,
                self.answer,
                given,
                owed,
                min(asked.seen, asked.seq - 1),
                bool(self.note),
            ),
        )

    def _expect(self, ledger: Ledger, asked: Asked, found: Round, door: Door) -> None:
        """Have the photo kept for those who may see the round, and who lives there."""
        if not found.kind.photo or found.kind.reported:
            raise Refused(NO_PHOTO)
        expect(
            ledger.at,
            asked,
            self.photo or "",
            about=f"/rounds/{found.id}/doors/{door.household}",
            household=door.household if door.household > 0 else None,
            stairwell=door.stairwell,
            sees=May.SEE_ROUND,
        )


@operation("round.undo", label=i18n.mark("Undo a mark"))
class Undo(Op):
    """Take a mark back; what was said before it stands again."""

    round: Uuid
    door: Number
    mark: Uuid

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise: a whole floor is undone together."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(ledger: Ledger, asked: Asked, person: Person) -> None:
        op: Undo = asked.op  # type: ignore[assignment]
        found, door = ledger.find(op.round, op.door)
        lead = ledger.may_lead(person, door.stairwell, asked.corrected_at)
        made = next((said for said in door.marks if said.op_id == op.mark), None)
        if made is not None and made.source == rules.REPORT and found.kind.reported:
            raise Refused(NOT_A_MARK)
        if made is not None and made.actor != asked.actor and not lead:
            raise Refused(NOT_YOUR_MARK)
        if made.undone if made is not None else ledger.waits(op.mark, asked.actor):
            return  # two people took it back: it is back
        if made is None and ledger.said_elsewhere(op.mark):
            raise Refused(NO_SUCH_MARK)
        if not lead:
            rules.must_be_open(rules.status_at(found.changes, asked.corrected_at))
        ledger.take_back(asked, door, op.mark, lead=lead)


def _finds_vacant(ledger: Ledger, op: Mark, person: Person, moment: int) -> bool:
    """True for whoever keeps vacant flats there, for that answer and no other, in a screening."""
    found, door = ledger.find(op.round, op.door)
    return (
        op.answer == VACANT.key
        and found.kind.key == "screening"
        and ledger.may(person, May.KEEP_VACANCIES, door.stairwell, moment)
    )


@operation("round.settle", label=i18n.mark("Settle a disagreement"))
class Settle(Op):
    """A lead decides what stands at a door."""

    retention: ClassVar = {"note": NOTES}
    round: Uuid
    door: Number
    answer: str
    count: Number | None = None
    note: str = ""

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise, as marks are."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(ledger: Ledger, asked: Asked, person: Person) -> None:
        op: Settle = asked.op  # type: ignore[assignment]
        _, door = ledger.find(op.round, op.door)
        if not ledger.may_lead(person, door.stairwell, asked.corrected_at):
            raise Refused(LEAD_ONLY)
        said = Mark(round=op.round, door=op.door, answer=op.answer, count=op.count, note=op.note)
        said.enter(ledger, asked, "lead")


@operation("round.dispute", label=i18n.mark("Say that it was not received"))
class Dispute(Op):
    """A household, or a steward who was telephoned, says that nothing came."""

    retention: ClassVar = {"note": NOTES}
    round: Uuid
    door: Number
    note: str = ""

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise, as marks are."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(ledger: Ledger, asked: Asked, person: Person) -> None:
        op: Dispute = asked.op  # type: ignore[assignment]
        found = ledger.rounds.get(op.round)
        own = person.household_id == op.door
        if found is None or (not own and (op.round, op.door) not in ledger.doors):
            raise Refused(NO_SUCH_ROUND)
        _, door = ledger.find(op.round, op.door)
        if not own and not ledger.may_lead(person, door.stairwell, asked.corrected_at):
            raise Refused(NOT_YOUR_DOOR)
        if rules.status_at(found.changes, asked.corrected_at) == rules.PLANNED:
            raise Refused(rules.NOT_YET)
        rules.short_enough(op.note)
        ledger.say(
            asked,
            found,
            door,
            rules.Mark(
                asked.id,
                asked.seq,
                asked.corrected_at,
                asked.actor,
                "resident",
                rules.NOT_RECEIVED,
                0,
                0,
                min(asked.seen, asked.seq - 1),
                bool(op.note),
            ),
        )


NOT_YOURS = i18n.mark(
    "This door was not given to you when this was made. The lead can let it count."
)
TAKEN_BACK = i18n.mark("Whoever made this mark took it back; there is nothing to count.")
ONE_BY_ONE = i18n.mark("Enter what each person reports; the door is marked by that.")
NOT_A_MARK = i18n.mark("This came of people's reports: take the report back instead.")
NO_PHOTO = i18n.mark("Marks of this kind of round go without a photo.")
NO_SUCH_MARK = i18n.mark("This is no mark of this door.")
NOT_YOUR_MARK = i18n.mark("Only who made a mark, or a lead, can take it back.")
NOT_YOUR_DOOR = i18n.mark("Only the household, or a lead for it, can say this.")
LEAD_ONLY = i18n.mark("Only a lead can do this.")
