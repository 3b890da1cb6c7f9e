"""The closing statement: what came in, was carried, given, returned and owed, and to whom."""

from dataclasses import asdict

import pytest

from server.features.rounds import rules, statement
from server.features.rounds.views_more import Goods


def newest(told, round_id):
    return told.read(statement.newest, told.world.community, round_id)


def test_it_says_what_happened_to_every_item(told):
    round_id = told.open_round("walk_up", quantity=5)  # ten doors, fifty items
    for direction, items in (("in", 50), ("out", 48), ("back", 30)):
        told.ask("mei", "round.count", {"round": round_id, "direction": direction, "items": items})
    told.mark("hao", round_id, "301", "delivered")
    told.mark("hao", round_id, "302", "owed", count=2)
    told.mark("hao", round_id, "401", "nobody")
    told.mark("hao", round_id, "402", "refused")
    told.mark("hao", round_id, "501", "at_door")
    told.change(round_id, "close", explanation="two bags were torn")
    body = newest(told, round_id)["body"]
    assert body["sums"] == asdict(
        rules.Sums(
            came_in=50, carried=48, back=30, due=50, given=13, owed=2, again=5, declined=5,
            unmarked=25, disputed_doors=0, unmarked_doors=5,
        )
    )  # fmt: skip
    assert body["differences"] == {"not_given": 32, "carried_not_given": 5}
    assert body["owed_to"] == [[told.world.sun_door, 2]]
    assert set(body["explanations"]) == {"not_given", "carried_not_given"}
    assert set(body["explanations"].values()) == {"two bags were torn"}


def test_every_item_due_is_in_exactly_one_of_its_sums(told):
    round_id = told.open_round("walk_up", "tower", hao=("walk_up", "tower"), quantity=3)
    told.mark("hao", round_id, "301", "owed", count=1)
    told.mark("hao", round_id, "302", "refused")
    told.mark("hao", round_id, "1801", "nobody", place="tower")
    sums = told.read(statement.add_up, told.world.community, round_id)
    assert sums.due == sums.given + sums.owed + sums.again + sums.declined + sums.unmarked


def test_a_disagreement_is_a_difference(told):
    round_id = told.open_round("walk_up")
    told.dispute("sun", round_id)
    told.change(round_id, "close")
    body = newest(told, round_id)["body"]
    assert body["sums"]["disputed_doors"] == 1
    assert body["differences"]["disputed_doors"] == 1


def test_statements_are_numbered_and_never_changed(told):
    round_id = told.open_round("walk_up")
    told.change(round_id, "close", explanation="first")
    first = newest(told, round_id)
    told.change(round_id, "open")
    told.mark("hao", round_id, "302")
    told.change(round_id, "close", explanation="second")
    second = newest(told, round_id)
    assert (first["number"], second["number"]) == (1, 2)
    assert first["body"]["explanations"] == {"not_given": "first"}
    assert second["body"]["explanations"] == {"not_given": "second"}
    assert (first["body"]["sums"]["given"], second["body"]["sums"]["given"]) == (0, 2)


def test_fifty_late_marks_are_one_statement(told):
    round_id = told.open_round("walk_up")
    made = told.now
    told.later(hours=1)
    told.change(round_id, "close")
    told.later(hours=1)
    asked = [
        ("round.mark", {"round": round_id, "door": door, "answer": "delivered"})
        for label, door in told.world.doors["walk_up"].items()
        if label not in {"S1", "602"}
    ]
    told.ask_all("hao", asked, made=made)
    assert told.react() == 1
    assert newest(told, round_id)["number"] == 2


def test_a_round_that_was_opened_again_is_not_stated_anew(told):
    round_id = told.open_round("walk_up")
    made = told.now
    told.later(hours=1)
    told.change(round_id, "close")
    told.later(hours=1)
    told.mark("hao", round_id, "302", made=made)
    told.change(round_id, "open")
    assert told.react() == 1
    assert newest(told, round_id)["number"] == 1


@pytest.mark.parametrize(
    ("counted", "in_store", "on_stairs"),
    [
        ({"counted_in": 10}, 10, 0),
        ({"counted_in": 10, "given": 4}, 6, 0),  # nobody counted what went up
        ({"counted_in": 10, "carried_out": 6, "given": 4}, 4, 2),
        ({"counted_in": 10, "carried_out": 6, "given": 4, "brought_back": 2}, 6, 0),
        ({"given": 4}, 0, 0),
    ],
)
def test_goods_are_somewhere_and_never_less_than_nothing(counted, in_store, on_stairs):
    goods = Goods(due=10, **counted)
    assert (goods.in_store, goods.on_stairs) == (in_store, on_stairs)
