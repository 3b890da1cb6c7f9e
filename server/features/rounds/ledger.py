"""The doors a run of operations touches: read at once, changed in memory, written at once.

Marks come in batches of dozens from each of eighty phones, so every table is read with one query
for the whole run and written with one statement; what happens in between are the pure rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, bindparam, select, update

from server import i18n
from server.db import bulk
from server.db.bulk import Query, Values, among, inserting
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.rounds import rules
from server.features.rounds.kinds import KINDS, RoundKind
from server.features.rounds.rules import Assigned, Change, Mark
from server.features.rounds.tables import (
    assignments,
    marks,
    round_doors,
    round_stairwells,
    round_states,
    round_undos,
    rounds,
)
from server.oplog.kinds import Asked, Moment, Refused
from server.oplog.tables import operations

DoorKey = tuple[str, int]


@dataclass(slots=True)
class Round:
    """A round as the rules need it."""

    id: str
    kind: RoundKind
    notice: str | None = None
    changes: list[Change] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The status as of the newest change."""
        return self.changes[-1].status if self.changes else rules.PLANNED


class Door(Struct):
    """A door of a round with everything said of it."""

    round: str
    household: int
    stairwell: int
    level: int
    due: int
    answer: str | None
    given: int
    owed: int
    disputed: bool
    noted: bool
    mark_id: str | None = None
    actor: str | None = None
    at: int | None = None
    marks: list[Mark] = []


class Tally(Struct):
    """The sums of one stairwell."""

    marked: int
    done: int
    given: int
    owed: int
    disputed: int
    answers: dict[str, int]


class Undo(NamedTuple):
    """That somebody took a mark back."""

    mark_id: str
    seq: int
    actor: str
    lead: bool


class Ledger:
    """Everything that a run of marks, undos and settlements needs and changes."""

    def __init__(self, at: Moment) -> None:
        self.at = at
        self.rounds: dict[str, Round] = {}
        self.doors: dict[DoorKey, Door] = {}
        self._undos: dict[str, list[Undo]] = {}
        self._places: dict[int, Place] = {}
        self._new_marks: list[Values] = []
        self._undone: list[Values] = []
        self._new_undos: list[Undo] = []
        self._before: dict[DoorKey, Values] = {}
        self._seq = 0

    @classmethod
    def load(cls, at: Moment, keys: Collection[DoorKey], ops: Collection[str]) -> Self:
        """Read what operations with these ids about these doors need, one query a table."""
        ledger = cls(at)
        ledger._load_rounds({round_id for round_id, _ in keys})
        ledger._load_doors(keys)
        ledger._load_undos(ops)
        return ledger

    # Reading

    def _load_rounds(self, ids: set[str]) -> None:
        wanted = {"community": self.at.community_id, "rounds": ids}
        for round_id, kind, notice in _ROUNDS.rows(self.at.connection, wanted):
            self.rounds[round_id] = Round(round_id, KINDS[kind], notice)
        for round_id, *change in _STATES.rows(self.at.connection, wanted):
            self.rounds[round_id].changes.append(Change(*change))
        wanted["people"] = self.at.actors
        for round_id, *part in _ASSIGNED.rows(self.at.connection, wanted):
            self.rounds[round_id].assigned.append(Assigned(*part))

    def _load_doors(self, keys: Collection[DoorKey]) -> None:
        wanted: dict[str, Any] = {
            "community": self.at.community_id,
            "rounds": {round_id for round_id, _ in keys},
            "doors": {door for _, door in keys},
        }
        marked = []
        for marks_said, *row in _DOORS.rows(self.at.connection, wanted):
            door = Door(*row)
            self.doors[door.round, door.household] = door
            if marks_said:
                marked.append(door.household)
        if marked:
            self._load_marks({**wanted, "doors": marked})

    def _load_marks(self, wanted: dict[str, Any]) -> None:
        for round_id, household, *said, undone_seq in _MARKS.rows(self.at.connection, wanted):
            door = self.doors.get((round_id, household))
            if door is not None:
                door.marks.append(Mark._make([*said, undone_seq is not None]))

    def _load_undos(self, ops: Collection[str]) -> None:
        wanted = {"community": self.at.community_id, "ids": ops}
        for row in _UNDOS.rows(self.at.connection, wanted):
            undo = Undo(*row)
            self._undos.setdefault(undo.mark_id, []).append(undo)

    # Asking

    def find(self, round_id: str, household: int) -> tuple[Round, Door]:
        """The round and one of its doors. Raises `Refused`."""
        found = self.rounds.get(round_id)
        if found is None:
            raise Refused(NO_SUCH_ROUND)
        door = self.doors.get((round_id, household))
        if door is None:
            raise Refused(NO_SUCH_DOOR)
        if not door.due:
            raise Refused(NOT_DUE)
        return found, door

    def may_mark(self, person: Person, found: Round, door: Door, moment: int) -> bool:
        """True where the door was this person's to mark at the moment."""
        for part in found.assigned:
            if (
                part.stairwell == door.stairwell
                and part.account == person.id
                and part.covers(door.level, moment)
            ):
                return True
        return self.may_lead(person, door.stairwell, moment)

    def may_lead(self, person: Person, stairwell: int, moment: int) -> bool:
        """True where the person led the stairwell at the moment."""
        return person.leads(moment) and self.may(person, May.LEAD, stairwell, moment)

    def may(self, person: Person, what: May, stairwell: int, moment: int) -> bool:
        """True where the person had a right over the stairwell at the moment."""
        if stairwell not in self._places:
            self._places |= estates.places(
                self.at.connection, self.at.community_id, {d.stairwell for d in self.doors.values()}
            )
        return person.may(what, moment, self._places[stairwell])

    # Changing

    def say(self, asked: Asked, found: Round, door: Door, said: Mark) -> None:
        """Add a mark to a door and work out what the door has come to."""
        undo = self.taken_back(said.op_id, said.actor)
        if undo is not None:
            said = said._replace(undone=True)
        self._new_marks.append(
            (
                self.at.community_id,
                door.round,
                door.household,
                said.seq,
                said.op_id,
                said.source,
                said.answer,
                said.given,
                said.owed,
                said.noted,
                said.actor,
                said.at,
                said.seen,
                found.status != rules.OPEN,
                undo.seq if undo is not None else None,
            )
        )
        self._touch(asked, door)
        door.marks.append(said)
        self._settle(door)

    def take_back(self, asked: Asked, door: Door, mark_id: str, *, lead: bool) -> None:
        """Undo a mark, now or, where it has not arrived yet, as soon as it does."""
        if not self.waits(mark_id, asked.actor):
            self._new_undos.append(Undo(mark_id, asked.seq, asked.actor, lead))
        self._touch(asked, door)
        for place, said in enumerate(door.marks):
            if said.op_id == mark_id and not said.undone:
                door.marks[place] = said._replace(undone=True)
                self._undone.append(
                    (asked.seq, self.at.community_id, door.round, door.household, said.seq)
                )
        self._settle(door)

    def waits(self, mark_id: str, actor: str) -> bool:
        """True where this person took the mark back already, though it may not have arrived."""
        undos = (*self._undos.get(mark_id, ()), *self._new_undos)
        return any((one.mark_id, one.actor) == (mark_id, actor) for one in undos)

    def taken_back(self, op_id: str, maker: str) -> Undo | None:
        """What took a mark back before it was entered: its maker's word, or a lead's."""
        undos = self._undos.get(op_id, ())
        return next((one for one in undos if one.lead or one.actor == maker), None)

    def said_elsewhere(self, op_id: str) -> bool:
        """True where an operation was applied that is no mark of the door it is looked for at."""
        now = self.at.batch.get(op_id)
        if now is not None and now.outcome == "applied":
            return True
        wanted = {"community": self.at.community_id, "id": op_id}
        return bool(_APPLIED.rows(self.at.connection, wanted))

    def _touch(self, asked: Asked, door: Door) -> None:
        self._before.setdefault(
            (door.round, door.household),
            (door.answer, door.given, door.owed, door.disputed),
        )
        self._seq = max(self._seq, asked.seq)
        if self.rounds[door.round].status == rules.CLOSED:
            self.at.react("rounds.statement", door.round)
        asked.subject = f"/rounds/{door.round}/stairwells/{door.stairwell}"

    @staticmethod
    def _settle(door: Door) -> None:
        head, door.disputed = rules.fold(door.marks)
        if head is None:
            door.answer = door.mark_id = door.actor = door.at = None
            door.given = door.owed = 0
            door.noted = False
        else:
            door.answer, door.given, door.owed = head.answer, head.given, head.owed
            door.noted, door.mark_id, door.actor, door.at = (
                head.noted,
                head.op_id,
                head.actor,
                head.at,
            )

    # Writing

    def write(self) -> None:
        """Write every change, one statement a table."""
        if not self._before:
            return
        connection, community_id = self.at.connection, self.at.community_id
        _NEW_MARKS.run(connection, self._new_marks)
        _NEW_UNDOS.run(connection, [(community_id, *undo) for undo in self._new_undos])
        _UNDO.run(connection, self._undone)
        _DOOR.run(connection, [self._door_row(self.doors[key]) for key in self._before])
        for round_id in {round_id for round_id, _ in self._before}:
            if self.rounds[round_id].notice is not None:
                self.at.react("notices.knocked", round_id)
        for round_id, household in self._before:
            if self.rounds[round_id].kind.looks_after:
                self.at.react("care.marked", str(household))
        self._write_tallies()

    def _door_row(self, door: Door) -> Values:
        return (
            door.answer,
            door.given,
            door.owed,
            door.disputed,
            door.noted,
            len(door.marks),
            door.mark_id,
            door.actor,
            door.at,
            self.at.community_id,
            door.round,
            door.household,
        )

    def _write_tallies(self) -> None:
        touched: dict[tuple[str, int], list[DoorKey]] = {}
        for key in self._before:
            touched.setdefault((key[0], self.doors[key].stairwell), []).append(key)
        wanted = {
            "community": self.at.community_id,
            "rounds": {round_id for round_id, _ in touched},
            "stairwells": {stairwell for _, stairwell in touched},
        }
        rows = []
        for round_id, stairwell, *sums in _TALLIES.rows(self.at.connection, wanted):
            place = (round_id, stairwell)
            if place in touched:
                tally = Tally(*sums)
                for key in touched[place]:
                    self.at.tell(f"household:{key[1]}")
                    self._move(tally, self.doors[key], self._before[key])
                rows.append(self._tally_row(place, tally))
                self.at.tell(f"board:{round_id}:{stairwell}", f"round:{round_id}")
        _TALLY.run(self.at.connection, rows)
        _VERSION.run(
            self.at.connection,
            [(self._seq, self.at.community_id, round_id) for round_id, _ in touched],
        )

    def _move(self, tally: Tally, door: Door, before: tuple[Any, ...]) -> None:
        """Take a door's former state out of the sums and put its new one in."""
        kind = self.rounds[door.round].kind
        for sign, (answer, given, owed, disputed) in (
            (-1, before),
            (1, (door.answer, door.given, door.owed, door.disputed)),
        ):
            tally.disputed += sign * disputed
            if answer is None:
                continue
            tally.marked += sign
            tally.given += sign * given
            tally.owed += sign * owed
            tally.done += sign * rules.finished(kind.answer(answer))
            tally.answers[answer] = tally.answers.get(answer, 0) + sign

    def _tally_row(self, place: tuple[str, int], tally: Tally) -> Values:
        return (
            tally.marked,
            tally.done,
            tally.given,
            tally.owed,
            tally.disputed,
            {answer: doors for answer, doors in tally.answers.items() if doors},
            self._seq,
            self.at.community_id,
            *place,
        )


def _select(table: Table, names: Iterable[str], *wanted: ColumnElement[bool]) -> Select[Any]:
    """These columns of a community's rows."""
    found = select(*(table.c[name] for name in names))
    return found.where(table.c.community_id == bindparam("community"), *wanted)


def _update(table: Table, names: Sequence[str], key: Sequence[str]) -> bulk.Change:
    """An update of these columns of one row, found by its key, for many rows at once."""
    wanted = [table.c[name] == bindparam(f"the_{name}") for name in key]
    return bulk.Change(
        update(table).where(*wanted).values({name: bindparam(name) for name in names}),
        *names,
        *(f"the_{name}" for name in key),
    )


_ROUNDS = Query(_select(rounds, ("id", "kind", "notice_id"), among(rounds.c.id, "rounds")))
_STATES = Query(
    _select(
        round_states,
        ("round_id", *Change._fields),
        among(round_states.c.round_id, "rounds"),
    ).order_by(round_states.c.seq)
)
_ASSIGNED = Query(
    _select(
        assignments,
        ("round_id", "account_id", "stairwell_id", "low", "high", "since", "until"),
        among(assignments.c.round_id, "rounds"),
        among(assignments.c.account_id, "people"),
    )
)
_DOORS = Query(
    _select(
        round_doors,
        (
            "marks", "round_id", "household_id", "stairwell_id", "level", "due", "answer", "given",
            "owed", "disputed", "noted", "mark_id", "actor", "at",
        ),
        among(round_doors.c.round_id, "rounds"),
        among(round_doors.c.household_id, "doors"),
    )
)  # fmt: skip
_MARKS = Query(
    _select(
        marks,
        (
            "round_id", "household_id", "op_id", "seq", "at", "actor", "source", "answer", "given",
            "owed", "seen", "noted", "undone_seq",
        ),
        among(marks.c.round_id, "rounds"),
        among(marks.c.household_id, "doors"),
    ).order_by(marks.c.seq)
)  # fmt: skip
_UNDOS = Query(_select(round_undos, Undo._fields, among(round_undos.c.mark_id, "ids")))
_APPLIED = Query(
    _select(
        operations,
        ("id",),
        operations.c.id == bindparam("id"),
        operations.c.outcome == "applied",
    )
)
_TALLIES = Query(
    _select(
        round_stairwells,
        ("round_id", "stairwell_id", "marked", "done", "given", "owed", "disputed", "tally"),
        among(round_stairwells.c.round_id, "rounds"),
        among(round_stairwells.c.stairwell_id, "stairwells"),
    )
)
_NEW_MARKS = inserting(
    marks,
    "community_id", "round_id", "household_id", "seq", "op_id", "source", "answer", "given",
    "owed", "noted", "actor", "at", "seen", "late", "undone_seq",
)  # fmt: skip
_NEW_UNDOS = inserting(round_undos, "community_id", *Undo._fields)
_UNDO = _update(marks, ("undone_seq",), ("community_id", "round_id", "household_id", "seq"))
_DOOR = _update(
    round_doors,
    ("answer", "given", "owed", "disputed", "noted", "marks", "mark_id", "actor", "at"),
    ("community_id", "round_id", "household_id"),
)
_TALLY = _update(
    round_stairwells,
    ("marked", "done", "given", "owed", "disputed", "tally", "version"),
    ("community_id", "round_id", "stairwell_id"),
)
_VERSION = _update(rounds, ("version",), ("community_id", "id"))


def keys_of(asked: Iterable[Asked]) -> set[DoorKey]:
    """The doors that operations with `round` and `door` fields are about."""
    return {(one.op.round, one.op.door) for one in asked}  # type: ignore[union-attr]


class Loaded(Protocol):
    """What a run of operations needs, read at once: a ledger, or a book of reports."""

    at: Moment

    def write(self) -> None: ...


L = TypeVar("L", bound=Loaded)

Rule = Callable[[L, Asked, Person], None]
"""Judges one operation and changes what is loaded in memory. Raises `Refused`."""


def judge(loaded: L, asked: Iterable[Asked], rule: Rule[L]) -> None:
    """Judge every operation of a run, each settled by itself, and write once."""
    for one in asked:
        try:
            rule(loaded, one, loaded.at.actors[one.actor])  # type: ignore[arg-type]
            one.settle("applied")
        except Refused as refused:
            one.settle("refused", refused.words)
    loaded.write()


NO_SUCH_ROUND = i18n.mark("There is no such round here.")
NO_SUCH_DOOR = i18n.mark("This door is not part of this round.")
NOT_DUE = i18n.mark("This flat is recorded as vacant; nothing is due here.")
