"""Somebody who carries a stairwell gives floors of it to another."""

import pytest

from server.features.rounds.operations import assign, mark
from server.ids import uuid7
from server.oplog.apply import UNREADABLE
from tests.support.told import words


def hand_on(told, round_id, actor="hao", **changed):
    data = {"round": round_id, "stairwell": told.world.walk_up, "account": told.world.yun,
            "low": "4", "high": "6"}  # fmt: skip
    return told.ask(actor, "round.hand_on", data | changed)


def test_hao_hands_the_upper_half_to_yun(told):
    round_id = told.open_round("walk_up")
    answer = hand_on(told, round_id)
    board = f"/rounds/{round_id}/stairwells/{told.world.walk_up}"
    assert (answer.outcome, answer.subject) == ("applied", board)
    assert told.mark("hao", round_id, "302").outcome == "applied"
    assert told.mark("yun", round_id, "401").outcome == "applied"
    assert words(told.mark("hao", round_id, "401")) == mark.NOT_YOURS
    assert words(told.mark("yun", round_id, "302")) == mark.NOT_YOURS


def test_floors_from_the_middle_leave_hao_both_ends(told):
    round_id = told.open_round("walk_up")
    assert hand_on(told, round_id, low="3", high="4").outcome == "applied"
    for label in ("201", "501"):
        assert told.mark("hao", round_id, label).outcome == "applied", label
    assert told.mark("yun", round_id, "302").outcome == "applied"
    assert words(told.mark("hao", round_id, "302")) == mark.NOT_YOURS


def test_the_whole_stairwell_may_be_handed_on(told):
    round_id = told.open_round("walk_up")
    assert hand_on(told, round_id, low="", high="").outcome == "applied"
    assert words(told.mark("hao", round_id, "302")) == mark.NOT_YOURS
    assert told.mark("yun", round_id, "302").outcome == "applied"


def test_what_hao_marked_before_he_handed_it_on_still_counts(told):
    round_id = told.open_round("walk_up")
    made = told.now
    told.later(hours=1)
    hand_on(told, round_id)
    assert told.mark("hao", round_id, "401", made=made).outcome == "applied"


def test_it_may_be_handed_back(told):
    round_id = told.open_round("walk_up")
    hand_on(told, round_id)
    assert hand_on(told, round_id, actor="yun", account=told.world.hao).outcome == "applied"
    assert told.mark("hao", round_id, "401").outcome == "applied"
    assert told.mark("hao", round_id, "302").outcome == "applied"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"low": "7", "high": "9"}, assign.NO_FLOOR),
        ({"low": "5", "high": "2"}, assign.UPSIDE_DOWN),
        ({"account": uuid7()}, assign.NOBODY),
        ({"account": "somebody"}, UNREADABLE),
        ({"stairwell": 2**40}, UNREADABLE),
        ({"low": "x" * 9}, UNREADABLE),
    ],
)
def test_nonsense_is_refused_in_words(told, changed, said):
    round_id = told.open_round("walk_up")
    answer = hand_on(told, round_id, **changed)
    assert (answer.outcome, words(answer)) == ("refused", said)
    assert told.mark("hao", round_id, "401").outcome == "applied"


def test_to_oneself_is_no_hand_over(told):
    round_id = told.open_round("walk_up")
    assert words(hand_on(told, round_id, account=told.world.hao)) == assign.TO_ONESELF


@pytest.mark.parametrize("person", ["yun", "min", "sun", "mei"])
def test_only_who_carries_it_hands_it_on(told, person):
    round_id = told.open_round("walk_up")
    other = told.world.qian
    assert words(hand_on(told, round_id, actor=person, account=other)) == assign.NOT_CARRIED


def test_nobody_of_elsewhere_is_handed_anything(told):
    round_id = told.open_round("walk_up")
    assert words(hand_on(told, round_id, account=told.world.bo)) == assign.NOBODY


def test_a_stairwell_that_hao_has_not_is_not_his_to_hand_on(told):
    round_id = told.open_round("walk_up", "tower", hao=("walk_up",))
    answer = hand_on(told, round_id, stairwell=told.world.tower, low="", high="")
    assert words(answer) == assign.NOT_CARRIED
