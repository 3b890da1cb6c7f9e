"""The reports that a run of operations touches: read at once, changed in memory, written at once.

It stands beside the round's ledger (`rounds.ledger`), which keeps what doors come to: after each
report its door is said to have so many people who reported, and so many who did not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import bindparam, delete, insert, select, update

from server.db.bulk import Change, Query, among, upserting
from server.features.people.tables import residents
from server.features.reports import rules
from server.features.reports.rules import Report
from server.features.reports.tables import report_states, reports
from server.features.rounds import rules as rounds
from server.features.rounds.ledger import Door, DoorKey, Ledger, Round
from server.i18n import mark
from server.oplog.kinds import Asked, Moment, Refused

Whose = tuple[str, int]
"""A round and a resident."""

ANTIGEN = "antigen"
"""The kind of round of which a positive opens a case."""


@dataclass(frozen=True, slots=True)
class Said:
    """One report before it is entered."""

    resident: int
    source: str
    finding: str
    why: str = ""
    details: dict[str, str] = field(default_factory=dict)
    photo: str = ""


class Book:
    """Reports of the people behind some doors of some rounds."""

    def __init__(self, at: Moment, ledger: Ledger) -> None:
        self.at = at
        self.ledger = ledger
        self._living: dict[int, list[int]] = defaultdict(list)  # behind each door
        self._reports: dict[Whose, list[Report]] = {}
        self._new: list[dict[str, Any]] = []
        self._undone: list[tuple[str, int, int]] = []
        self._touched: dict[Whose, Door] = {}
        self._before: dict[Whose, str] = {}

    @classmethod
    def load(cls, at: Moment, keys: Collection[DoorKey], ops: Collection[str]) -> Self:
        """Read what operations with these ids about these doors need."""
        book = cls(at, Ledger.load(at, keys, ops))
        wanted = {
            "community": at.community_id,
            "rounds": {round_id for round_id, _ in keys},
            "doors": {door for _, door in keys},
        }
        for resident, household in _RESIDENTS.rows(at.connection, wanted):
            book._living[household].append(resident)
        for round_id, *said, undone_seq in _REPORTS.rows(at.connection, wanted):
            report = Report._make([*said, undone_seq is not None])
            book._reports.setdefault((round_id, report.resident), []).append(report)
        return book

    # Asking

    def must_live_there(self, resident: int, door: Door) -> None:
        """Raises `Refused` for somebody who does not belong to the household."""
        if resident not in self._living[door.household]:
            raise Refused(NOT_THERE)

    def reports_of(self, round_id: str, resident: int) -> list[Report]:
        """Everything reported of a person in a round."""
        return self._reports.get((round_id, resident), [])

    # Changing

    def enter(self, asked: Asked, found: Round, door: Door, entered: Iterable[Said]) -> None:
        """Write reports of people of one door down, and what the door comes to with them."""
        undone = self.ledger.taken_back(asked.id, asked.actor)
        for said in entered:
            whose = (found.id, said.resident)
            report = Report(
                asked.id, said.resident, asked.seq, asked.corrected_at, asked.actor, said.source,
                said.finding, min(asked.seen, asked.seq - 1), undone is not None,
            )  # fmt: skip
            self._touch(whose, door)
            self._reports.setdefault(whose, []).append(report)
            self._new.append(self._row(found, door, report, said, undone.seq if undone else None))
        self._count(asked, found, door)

    def _row(
        self, found: Round, door: Door, report: Report, said: Said, undone_seq: int | None
    ) -> dict[str, Any]:
        return {
            "community_id": self.at.community_id,
            "op_id": report.op_id,
            "resident_id": report.resident,
            "round_id": found.id,
            "household_id": door.household,
            "seq": report.seq,
            "source": report.source,
            "finding": report.finding,
            "why": said.why.strip(),
            "details": {key: one.strip() for key, one in said.details.items() if one.strip()},
            "photo": said.photo,
            "actor": report.actor,
            "at": report.at,
            "seen": report.seen,
            "undone_seq": undone_seq,
        }

    def take_back(self, asked: Asked, found: Round, door: Door, op_id: str, *, lead: bool) -> None:
        """Undo what one operation reported of the people of a door, now or once it has arrived."""
        for whose, said in self._reports.items():
            for place, report in enumerate(said):
                if report.op_id == op_id and not report.undone and whose[0] == found.id:
                    self._touch(whose, door)
                    said[place] = report._replace(undone=True)
                    self._undone.append((op_id, report.resident, asked.seq))
        self.ledger.take_back(asked, door, op_id, lead=lead)
        self._count(asked, found, door)

    def _touch(self, whose: Whose, door: Door) -> None:
        """Remember what a person had come to before this changes it."""
        self._touched[whose] = door
        if whose not in self._before:
            head = rules.fold(self._reports.get(whose, ())).head
            self._before[whose] = head.answer if head else ""

    def _count(self, asked: Asked, found: Round, door: Door) -> None:
        """Say at the door how many of its people have reported by now."""
        reported = sum(
            rules.fold(self.reports_of(found.id, resident)).head is not None
            for resident in self._living[door.household]
        )
        if not reported:
            for mark_ in [one for one in door.marks if _counts(one) and not one.undone]:
                self.ledger.take_back(asked, door, mark_.op_id, lead=True)
            return
        answer, given, owed = rules.door_says(reported, door.due)
        said = rounds.Mark(
            asked.id, asked.seq, asked.corrected_at, asked.actor, rounds.REPORT, answer, given,
            owed, asked.seq - 1,
        )  # fmt: skip
        self.ledger.say(asked, found, door, said)

    # Writing

    def write(self) -> None:
        """Write every change, a statement a table."""
        connection, community_id = self.at.connection, self.at.community_id
        if self._new:
            connection.execute(insert(reports), self._new)
        table = reports.c
        for op_id, resident, seq in self._undone:
            connection.execute(
                update(reports)
                .where(
                    table.community_id == community_id,
                    table.op_id == op_id,
                    table.resident_id == resident,
                )
                .values(undone_seq=seq)
            )
        self._write_states()
        self.ledger.write()

    def _write_states(self) -> None:
        """What each person has come to; of whom nothing stands any more there is no row."""
        community_id = self.at.community_id
        stand, gone = [], []
        for (round_id, resident), door in self._touched.items():
            key = (community_id, round_id, resident)
            head, disputed = rules.fold(self._reports[round_id, resident])
            if head is None:
                gone.append(key)
            else:
                at_door = (door.household, door.stairwell)
                said = (head.op_id, head.answer, disputed, head.actor, head.at)
                stand.append((*key, *at_door, *said))
            self._alarm(round_id, resident, head.answer if head else "")
            self.at.tell(f"reports:{round_id}")
        _STAND.run(self.at.connection, stand)
        _GONE.run(self.at.connection, gone)

    def _alarm(self, round_id: str, resident: int, finding: str) -> None:
        """Have somebody look into what cannot wait, or what need not have been."""
        kind = self.ledger.rounds[round_id].kind
        before, after = kind.finding(self._before[round_id, resident]), kind.finding(finding)
        if after is not None and after.alarms:
            self.at.react("reports.alarm", f"{round_id} {resident}")
        if kind.key == ANTIGEN and any(one is not None and one.alarms for one in (before, after)):
            self.at.react("cases.consider", f"{round_id} {resident}")


def _counts(said: rounds.Mark) -> bool:
    return said.source == rounds.REPORT


_STAND = upserting(
    report_states,
    *("community_id", "round_id", "resident_id", "household_id", "stairwell_id"),
    *("op_id", "finding", "disputed", "actor", "at"),
)
_GONE = Change(
    delete(report_states).where(
        report_states.c.community_id == bindparam("community"),
        report_states.c.round_id == bindparam("round"),
        report_states.c.resident_id == bindparam("resident"),
    ),
    *("community", "round", "resident"),
)
_RESIDENTS = Query(
    select(residents.c.id, residents.c.household_id).where(
        residents.c.community_id == bindparam("community"),
        among(residents.c.household_id, "doors"),
    )
)
_REPORTS = Query(
    select(
        reports.c.round_id,
        reports.c.op_id,
        reports.c.resident_id,
        reports.c.seq,
        reports.c.at,
        reports.c.actor,
        reports.c.source,
        reports.c.finding,
        reports.c.seen,
        reports.c.undone_seq,
    )
    .where(
        reports.c.community_id == bindparam("community"),
        among(reports.c.round_id, "rounds"),
        among(reports.c.household_id, "doors"),
    )
    .order_by(reports.c.seq)
)

NOT_THERE = mark("This person does not belong to this household.")
