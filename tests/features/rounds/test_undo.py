"""Taking a mark back: what was said before it stands again, in whatever order things arrive."""

from server.features.rounds import rules
from server.features.rounds.operations import mark
from server.ids import uuid7
from tests.support.told import outcomes, words


def test_undo_leaves_the_door_as_it_was(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    assert told.undo("hao", round_id, "302", marked.id).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.given, door.mark_id, door.marks) == (None, 0, None, 1)


def test_undo_reveals_what_was_said_before(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302", "nobody")
    second = told.mark("hao", round_id, "302", "delivered")
    told.undo("hao", round_id, "302", second.id)
    assert told.standing(round_id, "302").answer == "nobody"


def test_undoing_the_older_mark_leaves_the_newer(told):
    round_id = told.open_round()
    first = told.mark("hao", round_id, "302", "nobody")
    told.mark("hao", round_id, "302", "delivered")
    told.undo("hao", round_id, "302", first.id)
    assert told.standing(round_id, "302").answer == "delivered"


def test_undoing_twice_is_undoing_once(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    for _ in range(2):
        assert told.undo("hao", round_id, "302", marked.id).outcome == "applied"
    assert told.standing(round_id, "302").answer is None


def test_undoing_twice_in_one_batch_is_undoing_once(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    data = {"round": round_id, "door": told.door("walk_up", "302"), "mark": marked.id}
    assert outcomes(told.ask_all("hao", [("round.undo", data)] * 2)) == ["applied", "applied"]
    assert told.standing(round_id, "302").answer is None


def test_a_mark_after_an_undo_stands(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302", "nobody")
    told.undo("hao", round_id, "302", marked.id)
    told.mark("hao", round_id, "302", "delivered")
    assert told.standing(round_id, "302").answer == "delivered"


def test_a_mark_and_its_undo_in_one_batch_leave_nothing(told):
    round_id, marked = told.open_round(), uuid7(told.now)
    door = told.door("walk_up", "302")
    items = [
        told.envelope("hao", "round.mark", {"round": round_id, "door": door,
                                            "answer": "delivered"}, id=marked),
        told.envelope("hao", "round.undo", {"round": round_id, "door": door, "mark": marked}),
    ]  # fmt: skip
    assert outcomes(told.apply("hao", items)) == ["applied", "applied"]
    assert told.standing(round_id, "302").answer is None


def test_an_undo_may_arrive_before_its_mark(told):
    round_id, marked = told.open_round(), uuid7(told.now)
    assert told.undo("hao", round_id, "302", marked).outcome == "applied"
    assert told.undo("hao", round_id, "302", marked).outcome == "applied"
    assert told.mark("hao", round_id, "302", id=marked).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.marks) == (None, 1)


def test_a_whole_floor_is_taken_back_together(told):
    round_id = told.open_round()
    doors = {label: told.mark("hao", round_id, label).id for label in ("301", "302")}
    asked = [
        ("round.undo", {"round": round_id, "door": told.door("walk_up", label), "mark": op})
        for label, op in doors.items()
    ]
    assert outcomes(told.ask_all("hao", asked, group=uuid7())) == ["applied", "applied"]
    assert all(told.standing(round_id, label).answer is None for label in doors)


# Whose


def test_another_volunteer_may_not_take_it_back(told):
    round_id = told.open_round()
    told.assign(round_id, "yun", "walk_up")
    marked = told.mark("hao", round_id, "302")
    answer = told.undo("yun", round_id, "302", marked.id)
    assert (answer.outcome, words(answer)) == ("refused", mark.NOT_YOUR_MARK)
    assert told.standing(round_id, "302").answer == "delivered"


def test_a_lead_may_take_anybodys_mark_back(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    assert told.undo("mei", round_id, "302", marked.id).outcome == "applied"
    assert told.standing(round_id, "302").answer is None


def test_a_stranger_cannot_take_back_a_mark_before_it_arrives(told):
    round_id, marked = told.open_round(), uuid7(told.now)
    told.undo("yun", round_id, "302", marked)
    assert told.mark("hao", round_id, "302", id=marked).outcome == "applied"
    assert told.standing(round_id, "302").answer == "delivered"


def test_a_stranger_who_was_first_does_not_keep_its_maker_from_taking_it_back(told):
    round_id, marked = told.open_round(), uuid7(told.now)
    told.undo("yun", round_id, "302", marked)
    told.mark("hao", round_id, "302", id=marked)
    assert told.undo("hao", round_id, "302", marked).outcome == "applied"
    assert told.standing(round_id, "302").answer is None


def test_both_a_stranger_and_its_maker_may_be_early(told):
    round_id, marked = told.open_round(), uuid7(told.now)
    told.undo("yun", round_id, "302", marked)
    told.undo("hao", round_id, "302", marked)
    told.mark("hao", round_id, "302", id=marked)
    assert told.standing(round_id, "302").answer is None


def test_a_lead_takes_back_a_mark_that_has_not_arrived(told):
    round_id, marked = told.open_round(), uuid7(told.now)
    told.undo("mei", round_id, "302", marked)
    told.mark("hao", round_id, "302", id=marked)
    assert told.standing(round_id, "302").answer is None


def test_a_mark_is_taken_back_at_its_own_door_only(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    answer = told.undo("hao", round_id, "301", marked.id)
    assert (answer.outcome, words(answer)) == ("refused", mark.NO_SUCH_MARK)
    assert told.standing(round_id, "302").answer == "delivered"
    assert told.undo("hao", round_id, "302", marked.id).outcome == "applied"
    assert told.standing(round_id, "302").answer is None


def test_an_operation_that_is_no_mark_cannot_be_taken_back_as_one(told):
    round_id = told.open_round()
    assert words(told.undo("mei", round_id, "302", round_id)) == mark.NO_SUCH_MARK


# When


def test_an_undo_made_after_the_close_is_for_a_lead(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    told.change(round_id, "close")
    told.later(minutes=1)
    answer = told.undo("hao", round_id, "302", marked.id)
    assert (answer.outcome, words(answer)) == ("refused", rules._NOT_OPEN[rules.CLOSED])
    assert told.undo("mei", round_id, "302", marked.id).outcome == "applied"
    assert told.standing(round_id, "302").answer is None


def test_an_undo_made_before_the_pause_counts_after_it(told):
    round_id = told.open_round()
    marked = told.mark("hao", round_id, "302")
    made = told.now
    told.later(minutes=1)
    told.change(round_id, "pause")
    assert told.undo("hao", round_id, "302", marked.id, made=made).outcome == "applied"
    assert told.standing(round_id, "302").answer is None
