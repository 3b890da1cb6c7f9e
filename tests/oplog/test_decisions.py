"""What a person decides about an operation that was kept but not applied."""

import pytest
from sqlalchemy import select

from server.features.rounds import rules, statement
from server.features.rounds.operations import mark as mark_operations
from server.features.rounds.tables import marks
from server.ids import uuid7
from server.oplog import operations as decisions
from server.oplog.kinds import NOT_AGAIN
from tests.support.told import words


@pytest.fixture
def kept(told):
    """Hao's mark of 302, made an hour after the round was closed."""
    round_id = told.open_round("walk_up")
    told.change(round_id, "close")
    told.later(hours=1)
    answer = told.mark("hao", round_id, "302", "owed", count=1, note="一袋破了")
    assert answer.outcome == "refused"
    return round_id, answer.id


def redo(told, actor, op_id):
    return told.ask(actor, "op.redo", {"op": op_id})


def discard(told, actor, op_id):
    return told.ask(actor, "op.discard", {"op": op_id})


def test_a_lead_lets_it_count_with_all_it_said(told, kept):
    round_id, op_id = kept
    assert redo(told, "mei", op_id).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.owed, door.noted, door.actor) == ("owed", 1, True, told.world.hao)
    [mark] = told.rows(select(marks))
    assert (mark.op_id, mark.late) == (op_id, True)


def test_what_counts_after_all_is_stated_again(told, kept):
    round_id, op_id = kept
    redo(told, "mei", op_id)
    told.react()
    newest = told.read(statement.newest, told.world.community, round_id)
    assert (newest["number"], newest["body"]["sums"]["owed"]) == (2, 1)


def test_it_counts_once(told, kept):
    _, op_id = kept
    redo(told, "mei", op_id)
    assert words(redo(told, "mei", op_id)) == decisions.SETTLED
    assert words(discard(told, "mei", op_id)) == decisions.SETTLED
    assert len(told.rows(select(marks))) == 1


def test_what_its_maker_took_back_before_it_arrived_does_not_count(told):
    round_id, op_id = told.open_round("walk_up"), uuid7()
    assert told.undo("hao", round_id, "302", op_id).outcome == "applied"
    told.change(round_id, "close")
    told.later(hours=1)
    assert told.mark("hao", round_id, "302", id=op_id).outcome == "refused"
    assert words(redo(told, "mei", op_id)) == mark_operations.TAKEN_BACK
    assert told.standing(round_id, "302").answer is None


def test_who_made_it_cannot_let_it_count(told, kept):
    round_id, op_id = kept
    answer = redo(told, "hao", op_id)
    assert (answer.outcome, words(answer)) == ("refused", decisions.LEAD_ONLY)
    assert told.operation(op_id).settled_by is None
    assert told.standing(round_id, "302").answer is None


@pytest.mark.parametrize("person", ["hao", "mei"])
def test_who_made_it_and_a_lead_may_discard_it(told, kept, person):
    round_id, op_id = kept
    answer = discard(told, person, op_id)
    assert answer.outcome == "applied"
    assert told.operation(op_id).settled_by == answer.id
    assert told.operation(op_id).outcome == "refused"
    assert words(redo(told, "mei", op_id)) == decisions.SETTLED
    assert told.standing(round_id, "302").answer is None


@pytest.mark.parametrize("person", ["yun", "min", "sun", "qian"])
def test_nobody_else_decides(told, kept, person):
    _, op_id = kept
    for decide in (redo, discard):
        assert words(decide(told, person, op_id)) == decisions.NOT_YOURS


def test_a_lead_of_elsewhere_finds_nothing(told, kept):
    _, op_id = kept
    for decide in (redo, discard):
        assert words(decide(told, "anna", op_id)) == decisions.SETTLED


def test_what_was_applied_needs_no_decision(told):
    round_id = told.open_round()
    answer = told.mark("hao", round_id, "302")
    assert words(redo(told, "mei", answer.id)) == decisions.SETTLED
    assert words(discard(told, "hao", answer.id)) == decisions.SETTLED


def test_what_is_not_there_needs_none_either(told):
    assert words(discard(told, "mei", uuid7())) == decisions.SETTLED


def test_a_mark_that_can_never_be_right_is_refused_again_and_stays_open(told):
    round_id = told.open_round(quantity=2)
    answer = told.mark("hao", round_id, "302", "owed", count=9)
    again = redo(told, "mei", answer.id)
    assert (again.outcome, words(again)) == ("refused", rules.WRONG_COUNT)
    assert told.operation(answer.id).settled_by is None
    assert discard(told, "mei", answer.id).outcome == "applied"


def test_what_cannot_be_done_over_says_so(told):
    round_id = told.open_round()
    answer = told.change(round_id, "open")
    assert answer.outcome == "refused"
    again = redo(told, "mei", answer.id)
    assert again.outcome == "refused"
    assert words(again) in {NOT_AGAIN, decisions.LEAD_ONLY}
    assert discard(told, "mei", answer.id).outcome == "applied"


def test_a_kind_nobody_knows_can_be_discarded_by_its_maker(told):
    answer = told.ask("hao", "tests.unheard_of", {})
    assert discard(told, "hao", answer.id).outcome == "applied"


def test_redoing_disagrees_with_what_was_marked_meanwhile(told):
    """Hao's refused mark counts beside Yun's, who could not see it."""
    round_id = told.open_round()
    told.assign(round_id, "yun", "walk_up")
    seen = told.seq()
    told.change(round_id, "pause")
    told.later(minutes=5)
    refused = told.mark("hao", round_id, "302", "nobody", seen=seen)
    told.change(round_id, "open")
    told.mark("yun", round_id, "302", "delivered", seen=seen)
    assert redo(told, "mei", refused.id).outcome == "applied"
    assert told.standing(round_id, "302").disputed


@pytest.mark.parametrize("data", [b'"text"', b"[1]", b"[[1, 2]]", b"7", b"null"])
def test_an_entry_that_says_nothing_readable_can_be_discarded(told, data):
    answer = told.ask("hao", "round.mark", data)
    assert answer.outcome in {"refused", "failed"}
    assert discard(told, "hao", answer.id).outcome == "applied"
