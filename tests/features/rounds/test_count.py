"""Counting what came in, was carried out and was brought back."""

import pytest
from sqlalchemy import select

from server.features.rounds import scope, statement
from server.features.rounds.operations import count
from server.features.rounds.tables import round_counts
from server.ids import uuid7
from server.oplog.apply import UNREADABLE
from tests.support.told import words


def counted(told, actor, round_id, direction="in", items=10, **more):
    data = {"round": round_id, "direction": direction, "items": items}
    if "stairwell" in more:
        data["stairwell"] = more.pop("stairwell")
    return told.ask(actor, "round.count", data, **more)


def sums(told, round_id):
    return told.read(statement.add_up, told.world.community, round_id)


def test_counts_add_up(told):
    round_id = told.open_round()
    for direction, items in (("in", 40), ("in", 4), ("out", 30), ("back", 2)):
        assert counted(told, "mei", round_id, direction, items).outcome == "applied"
    found = sums(told, round_id)
    assert (found.came_in, found.carried, found.back) == (44, 30, 2)


@pytest.mark.parametrize("direction", ["out", "back"])
def test_who_carries_counts_for_the_stairwell(told, direction):
    round_id = told.open_round()
    answer = counted(told, "hao", round_id, direction, stairwell=told.world.walk_up)
    assert answer.outcome == "applied"


def test_who_carries_does_not_count_what_came_in(told):
    round_id = told.open_round()
    answer = counted(told, "hao", round_id, "in", stairwell=told.world.walk_up)
    assert (answer.outcome, words(answer)) == ("refused", scope.NOT_LEAD)


def test_who_carries_counts_for_no_other_stairwell(told):
    round_id = told.open_round("walk_up", "tower", hao=("walk_up",))
    assert words(counted(told, "hao", round_id, "out", stairwell=told.world.tower)) == (
        scope.NOT_LEAD
    )
    assert words(counted(told, "hao", round_id, "out")) == scope.NOT_LEAD


def test_whose_stairwell_it_was_is_judged_as_of_the_count(told):
    round_id = told.open_round("walk_up")
    made = told.now
    told.later(hours=1)
    told.ask("mei", "round.unassign", {"round": round_id, "stairwells": [told.world.walk_up]})
    told.later(hours=1)
    walk_up = told.world.walk_up
    assert counted(told, "hao", round_id, "out", stairwell=walk_up, made=made).outcome == "applied"
    assert words(counted(told, "hao", round_id, "out", stairwell=walk_up)) == scope.NOT_LEAD


@pytest.mark.parametrize("items", [0, -1, -1_000_000])
def test_less_than_one_item_is_refused(told, items):
    round_id = told.open_round()
    answer = counted(told, "mei", round_id, items=items)
    assert (answer.outcome, words(answer)) == ("refused", count.TOO_FEW)


@pytest.mark.parametrize("items", [1_000_001, 2**40, -(2**70), 1.5, "many", None])
def test_what_is_no_number_of_items_is_refused(told, items):
    round_id = told.open_round()
    answer = counted(told, "mei", round_id, items=items)
    assert (answer.outcome, words(answer)) == ("refused", UNREADABLE)


def test_items_come_in_go_out_or_come_back(told):
    round_id = told.open_round()
    assert words(counted(told, "mei", round_id, "sideways")) == count.WRONG_DIRECTION


def test_a_stairwell_that_is_not_in_the_round_is_not_counted_for(told):
    round_id = told.open_round("walk_up")
    for stairwell in (told.world.tower, 999, 0, -1):
        answer = counted(told, "mei", round_id, "out", stairwell=stairwell)
        assert (answer.outcome, words(answer)) == ("refused", scope.NOT_IN_ROUND), stairwell


def test_nobody_counts_for_a_round_of_elsewhere(told):
    round_id = told.open_round("outside", actor="anna", hao=())
    assert words(counted(told, "mei", round_id)) == scope.NO_SUCH_ROUND
    assert words(counted(told, "mei", uuid7())) == scope.NO_SUCH_ROUND


def test_a_count_after_the_close_is_in_the_next_statement(told):
    round_id = told.open_round("walk_up")
    told.change(round_id, "close")
    counted(told, "mei", round_id, "back", 3)
    assert told.react() == 1
    newest = told.read(statement.newest, told.world.community, round_id)
    assert (newest["number"], newest["body"]["sums"]["back"]) == (2, 3)


def test_a_count_says_who_counted_and_when(told):
    round_id = told.open_round()
    made = told.now
    told.later(minutes=5)
    answer = counted(told, "mei", round_id, made=made)
    [row] = told.rows(select(round_counts))
    assert (row.op_id, row.actor, row.at, row.items) == (answer.id, told.world.mei, made, 10)
