"""Disagreements: two people who could not see each other, and households who received nothing."""

import pytest
from sqlalchemy import select

from server.features.rounds import ledger, rules
from server.features.rounds.operations import mark
from server.features.rounds.tables import marks, round_stairwells
from tests.support.told import words


def disputed(told, round_id, place="walk_up"):
    return told.value(
        select(round_stairwells.c.disputed).where(
            round_stairwells.c.round_id == round_id,
            round_stairwells.c.stairwell_id == getattr(told.world, place),
        )
    )


@pytest.fixture
def pair(told):
    """A round in which Hao and Yun both have the walk-up."""
    round_id = told.open_round()
    told.assign(round_id, "yun", "walk_up")
    return round_id


# Two volunteers


def test_hao_and_yun_mark_one_door_differently_offline(told, pair):
    before = told.seq()
    first = told.now
    second = told.later(minutes=5)
    told.later(minutes=5)
    told.mark("yun", pair, "302", "nobody", made=first, seen=before)
    told.mark("hao", pair, "302", "delivered", made=second, seen=before)
    door = told.standing(pair, "302")
    assert (door.answer, door.actor, door.disputed) == ("delivered", told.world.hao, True)
    assert disputed(told, pair) == 1


def test_the_order_in_which_they_arrive_makes_no_difference(told, pair):
    before = told.seq()
    first = told.now
    second = told.later(minutes=5)
    told.later(minutes=5)
    told.mark("hao", pair, "302", "delivered", made=second, seen=before)
    told.mark("yun", pair, "302", "nobody", made=first, seen=before)
    door = told.standing(pair, "302")
    assert (door.answer, door.actor, door.disputed) == ("delivered", told.world.hao, True)


def test_saying_the_same_thing_twice_is_no_disagreement(told, pair):
    before = told.seq()
    told.mark("hao", pair, "302", seen=before)
    told.mark("yun", pair, "302", seen=before)
    assert not told.standing(pair, "302").disputed
    assert disputed(told, pair) == 0


def test_owing_different_numbers_is_a_disagreement(told):
    round_id = told.open_round(quantity=5)
    told.assign(round_id, "yun", "walk_up")
    before = told.seq()
    told.mark("hao", round_id, "302", "owed", count=1, seen=before)
    told.mark("yun", round_id, "302", "owed", count=2, seen=before)
    assert told.standing(round_id, "302").disputed


def test_yun_who_saw_haos_mark_corrects_it(told, pair):
    told.mark("hao", pair, "302", "nobody")
    told.mark("yun", pair, "302", "delivered")
    door = told.standing(pair, "302")
    assert (door.answer, door.disputed) == ("delivered", False)


def test_a_correction_beats_a_clock_that_says_it_came_first(told, pair):
    """Yun's clock is an hour slow, but she had seen what Hao said."""
    told.later(hours=2)
    told.mark("hao", pair, "302", "nobody")
    told.mark("yun", pair, "302", "delivered", made=told.now - 3_600_000)
    door = told.standing(pair, "302")
    assert (door.answer, door.disputed) == ("delivered", False)


def test_taking_one_of_two_marks_back_settles_them(told, pair):
    before = told.seq()
    told.mark("hao", pair, "302", "delivered", seen=before)
    other = told.mark("yun", pair, "302", "nobody", seen=before)
    told.undo("yun", pair, "302", other.id)
    door = told.standing(pair, "302")
    assert (door.answer, door.disputed) == ("delivered", False)
    assert disputed(told, pair) == 0


def test_two_doors_are_two_disagreements(told, pair):
    before = told.seq()
    for label in ("301", "302"):
        told.mark("hao", pair, label, "delivered", seen=before)
        told.mark("yun", pair, label, "nobody", seen=before)
    assert disputed(told, pair) == 2


# Households


def test_grandma_sun_says_that_nothing_came(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    answer = told.dispute("sun", round_id, note="没有收到")
    assert answer.outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.given, door.disputed) == ("delivered", 2, True)
    assert disputed(told, round_id) == 1


def test_she_may_say_so_before_anybody_marked_her_door(told):
    round_id = told.open_round()
    assert told.dispute("sun", round_id).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.disputed) == (None, True)


def test_marking_her_door_again_does_not_silence_her(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    told.dispute("sun", round_id)
    told.mark("hao", round_id, "302")
    assert told.standing(round_id, "302").disputed


def test_she_cannot_speak_for_her_neighbours(told):
    round_id = told.open_round()
    answer = told.dispute("sun", round_id, "301")
    assert (answer.outcome, words(answer)) == ("refused", mark.NOT_YOUR_DOOR)
    assert disputed(told, round_id) == 0


@pytest.mark.parametrize("stranger", ["hao", "yun", "qian", "min"])
def test_others_cannot_speak_for_a_household(told, stranger):
    round_id = told.open_round()
    assert words(told.dispute(stranger, round_id)) == mark.NOT_YOUR_DOOR


def test_a_steward_who_was_telephoned_says_it_for_her(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    answer = told.dispute("mei", round_id)
    assert answer.outcome == "applied"
    [row] = told.rows(select(marks).where(marks.c.op_id == answer.id))
    assert (row.source, row.answer, row.actor) == ("resident", "not_received", told.world.mei)
    assert told.standing(round_id, "302").disputed


def test_she_cannot_complain_of_a_round_that_has_not_begun(told):
    round_id = told.make_round()
    assert words(told.dispute("sun", round_id)) == rules.NOT_YET


@pytest.mark.parametrize("status", ["pause", "close"])
def test_she_may_still_say_so_when_the_round_is_over(told, status):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    told.change(round_id, status)
    told.later(days=1)
    assert told.dispute("sun", round_id).outcome == "applied"
    assert told.standing(round_id, "302").disputed


def test_a_claim_after_the_close_is_in_the_next_statement(told):
    round_id = told.open_round("walk_up")
    told.change(round_id, "close")
    told.dispute("sun", round_id)
    assert told.react() == 1


def test_a_round_that_leaves_her_stairwell_out_is_none_of_hers(told):
    round_id = told.open_round("tower")
    answer = told.dispute("sun", round_id)
    assert (answer.outcome, words(answer)) == ("refused", ledger.NO_SUCH_DOOR)


def test_a_household_learns_nothing_about_rounds_elsewhere(told):
    round_id = told.open_round("outside", actor="anna", hao=())
    assert words(told.dispute("sun", round_id)) == mark.NO_SUCH_ROUND


def test_a_long_complaint_is_refused(told):
    round_id = told.open_round()
    assert words(told.dispute("sun", round_id, note="x" * 501)) == rules.LONG_NOTE


def test_she_may_take_her_word_back(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302")
    said = told.dispute("sun", round_id)
    assert told.undo("sun", round_id, "302", said.id).outcome == "applied"
    assert not told.standing(round_id, "302").disputed
