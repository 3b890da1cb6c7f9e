"""A lead decides what stands at a door, having seen what was said."""

import pytest
from sqlalchemy import select

from server.features.rounds import rules
from server.features.rounds.operations import mark
from server.features.rounds.tables import marks
from tests.support.told import words


@pytest.fixture
def split(told):
    """A round in which Hao and Yun disagree about 302."""
    round_id = told.open_round(quantity=3)
    told.assign(round_id, "yun", "walk_up")
    before = told.seq()
    told.mark("hao", round_id, "302", "delivered", seen=before)
    told.mark("yun", round_id, "302", "nobody", seen=before)
    assert told.standing(round_id, "302").disputed
    return round_id


def test_mei_settles_a_disagreement(told, split):
    answer = told.settle("mei", split, "302", "nobody")
    assert answer.outcome == "applied"
    door = told.standing(split, "302")
    assert (door.answer, door.given, door.disputed) == ("nobody", 0, False)
    [row] = told.rows(select(marks).where(marks.c.op_id == answer.id))
    assert row.source == "lead"


def test_mei_settles_with_a_number(told, split):
    told.settle("mei", split, "302", "owed", count=1)
    door = told.standing(split, "302")
    assert (door.given, door.owed, door.disputed) == (2, 1, False)


def test_what_was_settled_unseen_opens_the_disagreement_again(told, split):
    """Yun marked again offline before she learnt what Mei decided."""
    seen = told.seq()
    made = told.now
    told.later(minutes=10)
    told.settle("mei", split, "302", "delivered")
    told.mark("yun", split, "302", "refused", made=made, seen=seen)
    assert told.standing(split, "302").disputed


def test_settling_without_having_looked_leaves_it_open(told, split):
    told.settle("mei", split, "302", "delivered", seen=0)
    assert told.standing(split, "302").disputed


def test_settling_answers_a_household(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    told.dispute("sun", round_id)
    told.settle("mei", round_id, "302", "delivered", note="签收有照片")
    door = told.standing(round_id, "302")
    assert (door.answer, door.disputed) == ("delivered", False)


def test_a_household_that_says_it_again_opens_it_again(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    told.dispute("sun", round_id)
    told.settle("mei", round_id, "302", "delivered")
    told.dispute("sun", round_id)
    assert told.standing(round_id, "302").disputed


def test_a_lead_who_had_not_read_the_claim_has_not_answered_it(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    seen = told.seq()
    told.dispute("sun", round_id)
    told.settle("mei", round_id, "302", "delivered", seen=seen)
    assert told.standing(round_id, "302").disputed


def test_taking_the_decision_back_opens_the_disagreement_again(told, split):
    settled = told.settle("mei", split, "302", "nobody")
    told.undo("mei", split, "302", settled.id)
    assert told.standing(split, "302").disputed


@pytest.mark.parametrize("person", ["hao", "yun", "min", "qian", "sun"])
def test_only_a_lead_settles(told, split, person):
    answer = told.settle(person, split, "302", "delivered")
    assert (answer.outcome, words(answer)) == ("refused", mark.LEAD_ONLY)


def test_a_lead_settles_after_the_close(told, split):
    told.change(split, "close")
    told.later(hours=2)
    assert told.settle("mei", split, "302", "nobody").outcome == "applied"
    assert told.react() == 1


def test_a_settlement_obeys_the_same_sums(told, split):
    assert words(told.settle("mei", split, "302", "owed", count=9)) == rules.WRONG_COUNT
    assert words(told.settle("mei", split, "302", "owed")) == rules.HOW_MANY
    assert words(told.settle("mei", split, "302", "gone")) == rules.NO_SUCH_ANSWER
    assert words(told.settle("mei", split, "302", "nobody", note="x" * 501)) == rules.LONG_NOTE


def test_a_steward_of_elsewhere_settles_nothing(told, split):
    told.settle("anna", split, "302", "nobody", community=told.world.community)
    assert told.standing(split, "302").disputed
