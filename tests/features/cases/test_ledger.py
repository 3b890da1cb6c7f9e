"""Who may open the ledger of what was announced of a case: those who may see it, and nobody."""

from __future__ import annotations

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import select, update

from server.db.migrate import MIGRATIONS
from server.features.estates import reads as estates
from server.features.notices import operations as announcing
from server.features.notices import reads
from server.features.notices.tables import notices
from server.features.people.register import NotAllowed
from server.features.people.rules import HOUSEHOLD, STEWARD
from tests.features.cases.conftest import grant
from tests.support.told import words

OF_PLUM, OF_LOTUS, FAMILY = (f"00000000-0000-7000-8000-0000000000f{nth}" for nth in (1, 2, 3))
OTHERS = (OF_LOTUS, "hao", "min", "qian", "sun", "anna")
"""Another compound's steward, a volunteer, an officer, the gate, a household, people elsewhere."""

LOOKS = (
    (reads.notice, ("en",)),
    (reads.calls, ("en",)),
    (reads.texts, ("en", "https://x.example")),
)


@pytest.fixture
def wardens(told):
    """A steward of the compound of 8-1 and one of the other compound, neither of them of both."""
    places = told.read(estates.places, told.world.community)
    for account, name, stairwell in (
        (OF_PLUM, "梅管家", told.world.walk_up),
        (OF_LOTUS, "荷管家", told.world.tower),
    ):
        grant(told, account, name, STEWARD, "compound", places[stairwell].compound)


@pytest.fixture
def told_of(told, caring, wardens):
    """What a case with a vehicle has announced to those meant: household, gate, who follows up."""
    case = caring.opened("401")
    caring.say(case, "own", owner=OF_PLUM)
    caring.step(case, "asked")
    caring.step(case, "coming", minutes=20)
    query = select(notices.c.id).where(notices.c.kind == "case").order_by(notices.c.version)
    return [row.id for row in told.rows(query)]


def look(told, who, read, notice, rest):
    language, *more = rest
    return told.read(read, told.person(who), language, notice, *more)


@pytest.mark.parametrize(("read", "rest"), LOOKS)
def test_a_ledger_is_for_those_who_may_see_the_case_and_for_nobody_else(told, told_of, read, rest):
    for notice in told_of:
        for who in ("mei", OF_PLUM):
            look(told, who, read, notice, rest)
        for who in set(OTHERS) - {"anna", "qian"}:
            with pytest.raises(NotAllowed):
                look(told, who, read, notice, rest)


def test_the_gate_reads_what_it_was_told_and_not_whom_else_it_reached(told, told_of):
    pages = [page for notice in told_of if (page := seen(told, "qian", notice))]
    assert [page.reach for page in pages] == [None]


def seen(told, who, notice):
    """A page of an announcement, where they get it."""
    try:
        return told.read(reads.notice, told.person(who), "en", notice)
    except NotAllowed:
        return None


def test_what_was_announced_of_ones_own_compound_is_in_the_list_and_of_another_is_not(
    told, told_of, caring
):
    def listed(who):
        lines = told.read(reads.sent, told.person(who), "en").lines
        return {line.id for line in lines if line.kind == "case"}

    assert listed("mei") == listed(OF_PLUM) == set(told_of)
    assert listed(OF_LOTUS) == set()
    assert listed("min") == set()


def test_who_reads_the_ledger_may_tell_and_take_back_and_others_learn_nothing(told, told_of):
    notice = told_of[0]
    door = told.door("walk_up", "401")
    for who in OTHERS:
        for data in ({"recipient": f"h{door}"}, {"recipient": "h999"}):
            answer = told.ask(who, "notice.tell", {"notice": notice, **data})
            assert answer.outcome == "refused"
            assert who == "anna" or words(answer) == announcing.NOT_YOURS
        assert told.ask(who, "notice.withdraw", {"notice": notice}).outcome == "refused"
    said = told.ask(OF_PLUM, "notice.tell", {"notice": notice, "recipient": f"h{door}"})
    assert said.outcome == "applied"
    assert told.ask(OF_PLUM, "notice.withdraw", {"notice": notice}).outcome == "applied"


def test_the_household_reads_its_own_and_sees_no_ledger(told, told_of, caring):
    door = told.door("walk_up", "401")
    grant(told, FAMILY, "401", HOUSEHOLD, "household", door, household=door)
    page = seen(told, FAMILY, told_of[0])
    assert page.reach is None


def test_what_was_announced_before_is_given_its_case_by_the_migration(told, told_of):
    def again(connection):
        connection.execute(update(notices).values(concerns=None))
        connection.exec_driver_sql("ALTER TABLE notices DROP COLUMN concerns")
        script = ScriptDirectory(MIGRATIONS).get_revision("concerns")
        with Operations.context(MigrationContext.configure(connection)):
            script.module.upgrade()

    told.write(again)
    door = told.door("walk_up", "401")
    rows = told.rows(select(notices.c.kind, notices.c.concerns))
    assert {(row.kind, row.concerns) for row in rows if row.kind == "case"} == {("case", door)}
    assert {row.concerns for row in rows if row.kind != "case"} <= {None}
