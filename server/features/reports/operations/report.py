"""What may be reported of people's health, taken back, decided, and asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.photos.expect import expect
from server.features.reports import rules
from server.features.reports.book import Book, Said
from server.features.rounds import rules as rounds
from server.features.rounds.ledger import Door, Round, Rule, judge, keys_of
from server.i18n import mark
from server.oplog.envelope import Number, Uuid
from server.oplog.kinds import HEALTH, Asked, Moment, Op, Refused, operation

Short = Annotated[str, Meta(max_length=500)]
Details = Annotated[dict[Annotated[str, Meta(max_length=16)], Short], Meta(max_length=8)]
Entry = Annotated[str, Meta(max_length=60)]

MOST_ENTRIES = 200
"""People in one chain: a chat group of a stairwell, with everybody in it."""


def _each(at: Moment, asked: Sequence[Asked], rule: Rule[Book]) -> None:
    """Apply one rule to every operation of a run."""
    taken = [one.op.report for one in asked if isinstance(one.op, TakeBack)]
    book = Book.load(at, keys_of(asked), [one.id for one in asked] + taken)
    judge(book, asked, rule)


@operation("report.make", label=mark("Report a result"))
class Make(Op):
    """Report one person's result, by themselves, their household, or somebody at their door."""

    retention: ClassVar = {"finding": HEALTH, "why": HEALTH, "details": HEALTH, "photo": HEALTH}
    round: Uuid
    door: Number
    resident: Number
    finding: str
    why: Short = ""
    details: Details = {}
    photo: Annotated[str, Meta(max_length=64)] = ""

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise: a whole stairwell reports within minutes."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(book: Book, asked: Asked, person: Person) -> None:
        op: Make = asked.op  # type: ignore[assignment]
        found, door = book.ledger.find(op.round, op.door)
        must_report(book, person, found, door, asked.corrected_at)
        rounds.must_be_open(rounds.status_at(found.changes, asked.corrected_at))
        own = op.door in person.homes(asked.corrected_at)
        op.enter(book, asked, rules.OWN if own else rules.DOOR)

    def may_decide(self, at: Moment, asked: Asked) -> bool:
        """True for a lead of the door: see `server.oplog.operations`."""
        book = Book.load(at, {(self.round, self.door)}, [])
        door = book.ledger.doors.get((self.round, self.door))
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        return door is not None and may_decide(book, person, door, asked.corrected_at)

    def redo(self, at: Moment, original: Asked) -> None:
        """Let a refused report count after all, on a lead's word."""
        book = Book.load(at, {(self.round, self.door)}, [original.id])
        if book.ledger.taken_back(original.id, original.actor):
            raise Refused(TAKEN_BACK)
        self.enter(book, original, rules.DOOR)
        book.write()

    def enter(self, book: Book, asked: Asked, source: str) -> None:
        """Add this to what was reported, once the asker may."""
        found, door = book.ledger.find(self.round, self.door)
        finding = rules.known_finding(found.kind, self.finding)
        rules.must_have_reason(finding, self.why)
        rules.must_answer(found.kind, self.details)
        book.must_live_there(self.resident, door)
        said = Said(self.resident, source, self.finding, self.why, self.details, self.photo)
        if self.photo:
            self._expect(book, asked, found, door)
        book.enter(asked, found, door, [said])

    def _expect(self, book: Book, asked: Asked, found: Round, door: Door) -> None:
        """Have the photo of the cassette kept for those who may see results."""
        if not found.kind.photo:
            raise Refused(NO_PHOTO)
        expect(
            book.at,
            asked,
            self.photo,
            about=f"/reports/{found.id}/doors/{door.household}",
            household=door.household,
            sees=May.SEE_RESULTS,
        )


@operation("report.take_back", label=mark("Take a report back"))
class TakeBack(Op):
    """Take back what one operation reported of the people of a door."""

    round: Uuid
    door: Number
    report: Uuid

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise, as reports are."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(book: Book, asked: Asked, person: Person) -> None:
        op: TakeBack = asked.op  # type: ignore[assignment]
        found, door = book.ledger.find(op.round, op.door)
        lead = may_decide(book, person, door, asked.corrected_at)
        made = next((one for one in door.marks if one.op_id == op.report), None)
        if made is not None and made.actor != asked.actor and not lead:
            raise Refused(NOT_YOUR_REPORT)
        if made is None and book.ledger.said_elsewhere(op.report):
            raise Refused(NO_SUCH_REPORT)
        if made.undone if made is not None else book.ledger.waits(op.report, asked.actor):
            return  # two people took it back: it is back
        if not lead:
            rounds.must_be_open(rounds.status_at(found.changes, asked.corrected_at))
        book.take_back(asked, found, door, op.report, lead=lead)


@operation("report.settle", label=mark("Decide between two reports"))
class Settle(Op):
    """Somebody who may see results decides what stands where two people reported differently."""

    retention: ClassVar = {"finding": HEALTH, "why": HEALTH}
    round: Uuid
    door: Number
    resident: Number
    finding: str
    why: Short = ""

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        """Set-wise, as reports are."""
        _each(at, asked, cls._judge)

    @staticmethod
    def _judge(book: Book, asked: Asked, person: Person) -> None:
        op: Settle = asked.op  # type: ignore[assignment]
        _, door = book.ledger.find(op.round, op.door)
        if not may_decide(book, person, door, asked.corrected_at):
            raise Refused(FEW_DECIDE)
        said = Make(op.round, op.door, op.resident, op.finding, op.why)
        said.enter(book, asked, rules.LEAD)


@operation("report.chain", label=mark("Enter reports from a chat group"))
class Chain(Op):
    """Reports read from a chat group's chain (接龙) and confirmed by a person, all in one.

    Each entry is `door/resident/finding`, as the page that read the chain proposed it.
    """

    retention: ClassVar = {"entries": HEALTH}
    round: Uuid
    entries: Annotated[list[Entry], Meta(min_length=1, max_length=MOST_ENTRIES)]

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        by_door = self._by_door()
        book = Book.load(at, {(self.round, door) for door in by_door}, [asked.id])
        person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        for number, said in by_door.items():
            found, door = book.ledger.find(self.round, number)
            must_report(book, person, found, door, asked.corrected_at)
            rounds.must_be_open(rounds.status_at(found.changes, asked.corrected_at))
            for one in said:
                finding = rules.known_finding(found.kind, one.finding)
                if finding.why:
                    raise Refused(rules.WHY)
                book.must_live_there(one.resident, door)
            book.enter(asked, found, door, said)
        book.write()
        asked.subject = f"/reports/{self.round}/chain"

    def _by_door(self) -> dict[int, list[Said]]:
        """The entries, a list for each door, each person once. Raises `Refused`."""
        found: dict[int, dict[int, Said]] = {}
        for entry in self.entries:
            door, resident, finding = _read(entry)
            found.setdefault(door, {})[resident] = Said(resident, rules.CHAIN, finding)
        return {door: list(said.values()) for door, said in found.items()}


def _read(entry: str) -> tuple[int, int, str]:
    door, _, rest = entry.partition("/")
    resident, _, finding = rest.partition("/")
    if not (door.isascii() and door.isdigit() and resident.isascii() and resident.isdigit()):
        raise Refused(NO_ENTRY, entry=entry[:20])
    return int(door[:9]), int(resident[:9]), finding


def must_report(book: Book, person: Person, found: Round, door: Door, moment: int) -> None:
    """Raises `Refused` unless the door was this person's own or theirs to report for then."""
    if door.household in person.homes(moment) or book.ledger.may_mark(person, found, door, moment):
        return
    if not book.ledger.may(person, May.REPORT, door.stairwell, moment):
        raise Refused(NOT_YOURS)


def may_decide(book: Book, person: Person, door: Door, moment: int) -> bool:
    """True where the person could see results there then, and so decide between two of them."""
    return book.ledger.may(person, May.SEE_RESULTS, door.stairwell, moment)


NO_PHOTO = mark("Reports of this kind go without a photo.")
NOT_YOURS = mark("You were not to report for this door when this was made. The lead can allow it.")
TAKEN_BACK = mark("Whoever reported this took it back; there is nothing to count.")
NOT_YOUR_REPORT = mark("Only who reported this, or who may see results, can take it back.")
NO_SUCH_REPORT = mark("This is no report of this door.")
FEW_DECIDE = mark("Only who may see results can decide this.")
NO_ENTRY = mark("“%(entry)s” names no person and result.")
