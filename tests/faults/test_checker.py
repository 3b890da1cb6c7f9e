"""The checker complains: a day that went well is tampered with, one thing at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from server import clock
from server.db.session import sqlite_engine
from tests.faults import checker
from tests.faults.arena import arena
from tests.faults.drill import Drill, begin
from tests.faults.schedule import KINDS, LEAD, Schedule, Step


@dataclass
class Evidence:
    """What is left of a drill once its server is gone."""

    schedule: Schedule
    estate: Any
    phones: list[Any]
    forms: list[Any]
    revoked: set[str]


@dataclass
class Day:
    """A day that went well: its database, and what its phones know."""

    database: Path
    evidence: Evidence

    def flaws(self) -> list[str]:
        """What the checker says of it."""
        engine = sqlite_engine(self.database)
        with closing(engine.connect()) as connection:
            found = checker.in_database(connection, [self.evidence])  # type: ignore[list-item]
        engine.dispose()
        return found

    def change(self, statement: str) -> None:
        """Tamper with the database; what is changed must be there."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            assert connection.execute(statement).rowcount, "nothing was tampered with"


STEPS = (
    *(Step("phone 2", "mark", (0, 0, door, (0, 1, 0))) for door in range(6)),
    Step("phone 2", "correct", (0, (4, 1, 20))),
    Step("phone 2", "undo", (2,)),
    Step("phone 2", "count", (0, "out", 0, 12)),
    Step("phone 2", "form", (0, 0, 8, (0, 1, 0))),
    Step("phone 2", "flush", (True,)),
    Step("phone 3", "look", (0, 0)),
    Step("phone 3", "mark", (0, 0, 6, (4, 1, 600))),  # too long a note: refused
    Step("phone 3", "floor", (0, 0, 4)),
    Step("phone 3", "flush", (True,)),
    Step("phone 3", "mark", (0, 0, 7, (0, 1, 0))),
    Step("phone 0", "status", (0, "close")),
    Step("phone 0", "flush", (True,)),
    Step("phone 3", "flush", (True,)),  # made before the close: it is stated again
)


@pytest.fixture(scope="module")
def went_well(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A small day, run once."""
    folder = tmp_path_factory.mktemp("day")
    schedule = Schedule(0, True, KINDS[:2], False, True, STEPS)

    async def run() -> Drill:
        async with arena(folder) as where:
            one = await begin(schedule, where, 1, clock.now())
            await one.run()
            assert await checker.check(where, [one]) == []
            return one

    one = asyncio.run(run())
    evidence = Evidence(one.schedule, one.estate, one.phones, one.forms, one.revoked)
    for phone in evidence.phones:
        phone.http = phone._lock = phone._flushes = phone._key = None
    return Day(folder / "data" / "stairwell.db", evidence)


@pytest.fixture
def day(went_well: Day, tmp_path: Path) -> Day:
    """A copy of it to tamper with."""
    copy = tmp_path / "copy.db"
    with (
        closing(sqlite3.connect(went_well.database)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return Day(copy, deepcopy(went_well.evidence))


def test_a_day_that_went_well_has_no_flaw(day: Day) -> None:
    assert day.flaws() == []


A_MARK = "(SELECT op_id FROM marks WHERE undone_seq IS NULL ORDER BY seq DESC LIMIT 1)"
MARKED = "(SELECT household_id FROM round_doors WHERE answer = 'delivered' LIMIT 1)"

TAMPERED = {
    "a mark is dropped": (f"DELETE FROM marks WHERE op_id = {A_MARK}", "has 0 marks"),
    "a mark is there twice": (
        "INSERT INTO marks SELECT community_id, round_id, household_id, seq + 1000, op_id, source,"
        f" answer, given, owed, noted, actor, at, seen, late, undone_seq FROM marks"
        f" WHERE op_id = {A_MARK}",
        "has 2 marks",
    ),
    "a mark says something else": (
        f"UPDATE marks SET answer = 'refused' WHERE op_id = {A_MARK}", "which nobody said",
    ),
    "an undo is forgotten": (
        "UPDATE marks SET undone_seq = NULL WHERE undone_seq IS NOT NULL", "which nobody said",
    ),
    "a cell of a board is altered": (
        f"UPDATE round_doors SET answer = 'nobody' WHERE household_id = {MARKED}",
        "its history says",
    ),
    "a door owes more": (
        f"UPDATE round_doors SET owed = owed + 1 WHERE household_id = {MARKED}", "its history says",
    ),
    "a sum is off by one": ("UPDATE round_stairwells SET given = given + 1", "its doors make"),
    "a tally is lost": ("UPDATE round_stairwells SET tally = '{}' WHERE marked > 0", "doors say"),
    "a count is dropped": ("DELETE FROM round_counts", "count"),
    "a count is there twice": (
        "INSERT INTO round_counts SELECT community_id, '00000000-0000-7000-8000-000000000000',"
        " round_id, direction, stairwell_id, items, actor, at FROM round_counts",
        "count",
    ),
    "an acknowledged operation is deleted": (
        f"DELETE FROM operations WHERE id = {A_MARK}", "is not in the history",
    ),
    "a recorded answer is another": (
        "UPDATE operations SET outcome = 'refused', message = '{\"text\": \"No.\"}'"
        " WHERE kind = 'round.count'",
        "was told",
    ),
    "a refusal lost its words": (
        "UPDATE operations SET message = NULL WHERE outcome = 'refused'", "without a word",
    ),
    "a refusal has other words": (
        "UPDATE operations SET message = '{\"text\": \"No.\"}' WHERE outcome = 'refused'",
        "was told",
    ),
    "a handler raised": (
        "UPDATE operations SET outcome = 'failed' WHERE outcome = 'refused'", "a handler raised",
    ),
    "numbers are not those that were told": (
        "UPDATE operations SET seq = seq + 1000 WHERE kind = 'round.count'", "was told",
    ),
    "a number is beyond the counter": (
        "UPDATE counters SET value = 3 WHERE name = 'seq'", "beyond its counter",
    ),
    "a round is something else than was asked": (
        "UPDATE rounds SET status = 'paused' WHERE status = 'open'", "should be open",
    ),
    "a close counts from tomorrow": (
        "UPDATE round_states SET at = at + 999999999999 WHERE status = 'closed'", "are judged as",
    ),
    "the statement is not what came of it": (
        "UPDATE round_statements SET body = json_set(body, '$.sums.given', 99)", "was stated as",
    ),
    "a mark belongs to nobody's door": (
        "UPDATE marks SET household_id = 9999 WHERE undone_seq IS NULL", "not in its round",
    ),
    "a row refers to nothing": ("DELETE FROM stairwells WHERE id = 3", "foreign_key_check"),
    "a reaction was never run": (
        "UPDATE reactions SET done_at = NULL, due_at = 0", "were never run",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_the_checker_notices_when(day: Day, what: str) -> None:
    statement, complaint = TAMPERED[what]
    day.change(statement)
    assert any(complaint in flaw for flaw in day.flaws()), day.flaws()


def lose_from_outbox(evidence: Evidence) -> None:
    phone = evidence.phones[2]
    del phone.disk[next(iter(phone.made))]


def leave_waiting(evidence: Evidence) -> None:
    phone = evidence.phones[2]
    phone._put({**phone.entries()[0], "state": "waiting"})


def believe_without_being_told(evidence: Evidence) -> None:
    phone = evidence.phones[2]
    phone.told = [told for told in phone.told if told.id != phone.entries()[0]["id"]]


def hear_two_answers(evidence: Evidence) -> None:
    told = evidence.phones[2].told
    told.append(replace(told[0], answer={**told[0].answer, "outcome": "refused", "repeat": True}))


def answer_in_disorder(evidence: Evidence) -> None:
    told = evidence.phones[LEAD].told
    first, second = told[0], told[1]
    told[0] = replace(first, answer={**first.answer, "seq": second.answer["seq"]})
    told[1] = replace(second, answer={**second.answer, "seq": first.answer["seq"]})


def answer_from_the_past(evidence: Evidence) -> None:
    told = evidence.phones[LEAD].told
    told[0] = replace(told[0], asked=1e12, heard=1e12 + 1)


def show_a_traceback(evidence: Evidence) -> None:
    phone = evidence.phones[2]
    phone.replies.append(replace(phone.replies[-1], status=500, body=b"Traceback"))


def press_in_vain(evidence: Evidence) -> None:
    evidence.forms[0].fields["seen"] = "9999"


FORGED: dict[Callable[[Evidence], None], str] = {
    lose_from_outbox: "was lost from the outbox",
    leave_waiting: "still waits",
    believe_without_being_told: "nobody said so",
    hear_two_answers: "was told",
    answer_in_disorder: "a batch was numbered",
    answer_from_the_past: "was asked after",
    show_a_traceback: "the server said 500",
    press_in_vain: "the history says None",
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_the_checker_notices_phones_that(day: Day, forge: Callable[[Evidence], None]) -> None:
    forge(day.evidence)
    assert any(FORGED[forge] in flaw for flaw in day.flaws()), day.flaws()


def test_the_checker_notices_that_the_earlier_word_stands(day: Day) -> None:
    """Both said on one phone by one person, with a clock that never jumped."""
    phone = day.evidence.phones[2]
    phone.made = dict(reversed(phone.made.items()))
    assert any("was later" in flaw for flaw in day.flaws()), day.flaws()
