"""Marking doors: whose, when, how many, and what becomes of marks that arrive late."""

import pytest
from sqlalchemy import select

from server.features.people.tables import accounts, roles
from server.features.rounds import ledger, rules, statement
from server.features.rounds.operations import mark
from server.features.rounds.tables import marks, round_stairwells
from server.ids import uuid7
from server.oplog.apply import NOBODY, PARKED, UNREADABLE
from server.oplog.tables import payloads
from tests.support.told import outcomes, words


def tally(told, round_id, place="walk_up"):
    [row] = told.rows(
        select(round_stairwells).where(
            round_stairwells.c.round_id == round_id,
            round_stairwells.c.stairwell_id == getattr(told.world, place),
        )
    )
    return row


def mark_row(told, op_id):
    [row] = told.rows(select(marks).where(marks.c.op_id == op_id))
    return row


# What a mark does


def test_hao_marks_a_door_and_the_sums_follow(told):
    round_id = told.open_round()
    answer = told.mark("hao", round_id, "302")
    assert answer.outcome == "applied"
    assert answer.subject == f"/rounds/{round_id}/stairwells/{told.world.walk_up}"
    door = told.standing(round_id, "302")
    assert (door.answer, door.given, door.owed, door.mark_id) == ("delivered", 2, 0, answer.id)
    sums = tally(told, round_id)
    assert (sums.marked, sums.done, sums.given, sums.tally) == (1, 1, 2, {"delivered": 1})


@pytest.mark.parametrize(
    ("answer", "given", "owed", "done"),
    [
        ("delivered", 2, 0, 1),
        ("at_door", 2, 0, 1),
        ("nobody", 0, 0, 0),
        ("refused", 0, 0, 1),
    ],
)
def test_each_answer_counts_as_it_should(told, answer, given, owed, done):
    round_id = told.open_round()
    assert told.mark("hao", round_id, "302", answer).outcome == "applied"
    sums = tally(told, round_id)
    assert (sums.marked, sums.done, sums.given, sums.owed) == (1, done, given, owed)
    assert sums.tally == {answer: 1}


def test_a_short_door_is_given_the_rest(told):
    round_id = told.open_round(quantity=5)
    assert told.mark("hao", round_id, "302", "owed", count=3).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.given, door.owed) == (2, 3)
    assert tally(told, round_id).done == 0


@pytest.mark.parametrize("count", [-1, 0, 6, 10**6, -(10**9)])
def test_owing_less_than_one_or_more_than_is_due_is_refused(told, count):
    round_id = told.open_round(quantity=5)
    answer = told.mark("hao", round_id, "302", "owed", count=count)
    assert (answer.outcome, words(answer)) == ("refused", rules.WRONG_COUNT)
    assert answer.message["params"] == {"count": count, "due": 5}
    assert told.standing(round_id, "302").answer is None


@pytest.mark.parametrize("count", [2**31, -(10**12), 10**30])
def test_a_count_beyond_all_reason_is_refused_as_unreadable(told, count):
    round_id = told.open_round(quantity=5)
    answer = told.mark("hao", round_id, "302", "owed", count=count)
    assert (answer.outcome, words(answer)) == ("refused", UNREADABLE)


@pytest.mark.parametrize("count", [-1, 6])
def test_a_count_that_cannot_be_is_refused_with_any_answer(told, count):
    round_id = told.open_round(quantity=5)
    answer = told.mark("hao", round_id, "302", "delivered", count=count)
    assert (answer.outcome, words(answer)) == ("refused", rules.WRONG_COUNT)


def test_owing_without_saying_how_many_is_refused(told):
    round_id = told.open_round()
    answer = told.mark("hao", round_id, "302", "owed")
    assert (answer.outcome, words(answer)) == ("refused", rules.HOW_MANY)


def test_a_later_mark_of_the_same_person_replaces_the_first(told):
    round_id = told.open_round()
    told.mark("hao", round_id, "302", "nobody")
    told.mark("hao", round_id, "302", "delivered")
    door = told.standing(round_id, "302")
    assert (door.answer, door.marks, door.disputed) == ("delivered", 2, False)
    assert tally(told, round_id).tally == {"delivered": 1}


def test_a_note_is_kept_apart_from_the_facts(told):
    round_id = told.open_round()
    answer = told.mark("hao", round_id, "302", "refused", note="她说不要")
    kept = {
        row.retention: bytes(row.body)
        for row in told.rows(select(payloads).where(payloads.c.seq == answer.seq))
    }
    assert set(kept) == {"work", "notes"}
    assert "她说不要" in kept["notes"].decode()
    assert "她说不要" not in kept["work"].decode()
    assert told.standing(round_id, "302").noted


def test_a_note_of_500_characters_is_kept_and_one_more_is_refused(told):
    round_id = told.open_round()
    assert told.mark("hao", round_id, "301", note="字" * 500).outcome == "applied"
    answer = told.mark("hao", round_id, "302", note="字" * 501)
    assert (answer.outcome, words(answer)) == ("refused", rules.LONG_NOTE)
    assert answer.message["params"] == {"length": 501, "most": 500}


def test_a_note_of_100_kilobytes_is_refused_and_blocks_nothing(told):
    round_id = told.open_round()
    first, second = told.door("walk_up", "301"), told.door("walk_up", "302")
    answers = told.ask_all(
        "hao",
        [
            ("round.mark", {"round": round_id, "door": first, "answer": "delivered",
                            "note": "x" * 100_000}),
            ("round.mark", {"round": round_id, "door": second, "answer": "delivered"}),
        ],
    )  # fmt: skip
    assert outcomes(answers) == ["refused", "applied"]


def test_what_a_form_asks_besides_is_kept_as_notes(told):
    round_id = told.open_round(kind="visit", quantity=1)
    answer = told.mark("hao", round_id, "302", "well", answers={"days_left": "4"})
    [notes] = told.rows(
        select(payloads.c.body).where(payloads.c.seq == answer.seq, payloads.c.retention == "notes")
    )
    assert b"days_left" in bytes(notes[0])


def test_a_paper_sheet_says_that_it_was_paper(told):
    round_id = told.open_round()
    answer = told.mark("mei", round_id, "302", source="paper")
    assert mark_row(told, answer.id).source == "paper"


def test_nobody_can_claim_to_speak_as_a_lead_or_a_resident(told):
    round_id = told.open_round()
    for source in ("lead", "resident", "x" * 1000):
        answer = told.mark("hao", round_id, "302", source=source)
        assert mark_row(told, answer.id).source == "door"


def test_a_whole_floor_is_one_mark_a_door_in_one_group(told):
    round_id, group = told.open_round(), uuid7()
    asked = [
        ("round.mark", {"round": round_id, "door": told.door("walk_up", label),
                        "answer": "delivered"})
        for label in ("301", "302")
    ]  # fmt: skip
    answers = told.ask_all("hao", asked, group=group)
    assert outcomes(answers) == ["applied", "applied"]
    assert {told.operation(one.id).group_id for one in answers} == {group}
    assert tally(told, round_id).marked == 2


# Answers and doors that do not exist


@pytest.mark.parametrize("answer", ["", "spoken", "not_received", "DELIVERED", "送" * 5000])
def test_an_answer_that_the_kind_does_not_have_is_refused(told, answer):
    round_id = told.open_round()
    said = told.mark("hao", round_id, "302", answer)
    assert (said.outcome, words(said)) == ("refused", rules.NO_SUCH_ANSWER)


def test_a_vacant_flat_takes_no_mark(told):
    round_id = told.open_round()
    answer = told.mark("hao", round_id, "602")
    assert (answer.outcome, words(answer)) == ("refused", ledger.NOT_DUE)


def test_a_shop_takes_no_mark(told):
    round_id = told.open_round()
    assert words(told.mark("hao", round_id, "S1")) == ledger.NOT_DUE


@pytest.mark.parametrize("door", [0, -1, 999_999, 2**31 - 1])
def test_a_door_that_is_not_there_is_refused(told, door):
    round_id = told.open_round()
    data = {"round": round_id, "door": door, "answer": "delivered"}
    answer = told.ask("hao", "round.mark", data)
    assert (answer.outcome, words(answer)) == ("refused", ledger.NO_SUCH_DOOR)


@pytest.mark.parametrize("door", [2**31, 2**63, -(2**63) - 1, 10**30])
def test_a_door_number_that_no_database_holds_is_refused_like_any_other_nonsense(told, door):
    round_id = told.open_round()
    answers = told.ask_all(
        "hao",
        [
            ("round.mark", {"round": round_id, "door": door, "answer": "delivered"}),
            ("round.mark", {"round": round_id, "door": told.door("walk_up", "302"),
                            "answer": "delivered"}),
        ],
    )  # fmt: skip
    assert outcomes(answers) == ["refused", "applied"]
    assert words(answers[0]) == UNREADABLE


@pytest.mark.parametrize(
    "data",
    [
        {"answer": "delivered"},
        {"door": "x", "answer": "delivered"},
        {"door": 1.5, "answer": "delivered"},
        {"door": None, "answer": "delivered"},
        {"door": 1, "answer": 7},
        {"door": 1, "answer": "delivered", "round": "12"},
        {"door": 1, "answer": "delivered", "count": "many"},
        {"door": 1, "answer": "delivered", "answers": {"days_left": 4}},
    ],
)
def test_data_of_another_shape_is_refused_and_says_what_is_wrong(told, data):
    round_id = told.open_round()
    answer = told.ask("hao", "round.mark", {"round": round_id} | data)
    assert (answer.outcome, words(answer)) == ("refused", UNREADABLE)
    assert answer.message["params"]["reason"]


def test_what_no_database_can_keep_in_a_text_is_refused_and_blocks_nothing(told):
    round_id = told.open_round()
    door = told.door("walk_up", "302")
    answers = told.ask_all(
        "hao",
        [
            ("round.mark", {"round": round_id, "door": door, "answer": "a\0b"}),
            ("round.mark", {"round": round_id, "door": door, "answer": "delivered",
                            "note": "nothing \0 here"}),
            ("round.mark", {"round": round_id, "door": door, "answer": "delivered",
                            "note": "a backslash, \\u0000, is only text"}),
        ],
    )  # fmt: skip
    assert outcomes(answers) == ["refused", "refused", "applied"]


def test_a_round_that_is_not_there_is_refused(told):
    answer = told.mark("hao", uuid7(), "302")
    assert (answer.outcome, words(answer)) == ("refused", ledger.NO_SUCH_ROUND)


def test_another_communitys_round_is_not_there(told):
    round_id = told.open_round("outside", actor="anna", hao=())
    for person in ("hao", "mei"):
        data = {"round": round_id, "door": told.door("outside", "101"), "answer": "delivered"}
        answer = told.ask(person, "round.mark", data)
        assert (answer.outcome, words(answer)) == ("refused", ledger.NO_SUCH_ROUND)


def test_another_communitys_door_is_not_in_this_round(told):
    """Numbers of doors count from 1 in each community; a number too high here is nobody's."""
    round_id = told.open_round("walk_up")
    data = {"round": round_id, "door": told.door("tower", "101"), "answer": "delivered"}
    answer = told.ask("hao", "round.mark", data)
    assert (answer.outcome, words(answer)) == ("refused", ledger.NO_SUCH_DOOR)


def test_the_same_number_elsewhere_is_another_door(told):
    """Bo's door 1 and Hao's door 1 have nothing to do with each other."""
    here = told.open_round("walk_up")
    there = told.open_round("outside", actor="anna", hao=())
    told.assign(there, "bo", "outside", actor="anna")
    door = told.door("outside", "101")
    assert door in told.world.doors["walk_up"].values()
    data = {"round": there, "door": door, "answer": "delivered"}
    assert told.ask("bo", "round.mark", data).outcome == "applied"
    assert tally(told, here).marked == 0


# Whose door, as of when it was made


def test_only_who_was_given_the_stairwell_marks_its_doors(told):
    round_id = told.open_round()
    for stranger in ("yun", "min", "qian", "sun"):
        answer = told.mark(stranger, round_id, "302")
        assert (answer.outcome, words(answer)) == ("refused", mark.NOT_YOURS), stranger


def test_a_role_alone_gives_nobody_a_door(told):
    """Hao volunteers for the tower, but in this round it was not given to him."""
    round_id = told.open_round("walk_up", "tower", hao=("walk_up",))
    assert words(told.mark("hao", round_id, "101", place="tower")) == mark.NOT_YOURS


def test_a_steward_may_mark_any_door_of_hers(told):
    round_id = told.open_round(hao=())
    assert told.mark("mei", round_id, "302").outcome == "applied"


def test_people_of_another_community_are_nobody_here(told):
    round_id = told.open_round()
    for person in ("anna", "bo"):
        answer = told.mark(person, round_id, "302", community=told.world.community)
        assert (answer.outcome, words(answer)) == ("refused", NOBODY), person


def test_half_a_stairwell_is_half_a_stairwell(told):
    round_id = told.open_round(hao=())
    told.assign(round_id, "hao", "walk_up", high="3")
    told.assign(round_id, "yun", "walk_up", low="4")
    assert told.mark("hao", round_id, "302").outcome == "applied"
    assert told.mark("yun", round_id, "401").outcome == "applied"
    assert words(told.mark("hao", round_id, "401")) == mark.NOT_YOURS
    assert words(told.mark("yun", round_id, "302")) == mark.NOT_YOURS


def test_a_mark_made_before_a_stairwell_was_taken_back_still_counts(told):
    round_id = told.open_round()
    made = told.now
    told.later(hours=1)
    data = {"round": round_id, "stairwells": [told.world.walk_up]}
    assert told.ask("mei", "round.unassign", data).outcome == "applied"
    told.later(hours=1)
    assert told.mark("hao", round_id, "302", made=made).outcome == "applied"
    assert words(told.mark("hao", round_id, "301")) == mark.NOT_YOURS


def test_a_mark_made_before_the_stairwell_was_given_does_not(told):
    round_id = told.open_round(hao=())
    made = told.now
    told.later(minutes=30)
    told.assign(round_id, "hao", "walk_up")
    assert words(told.mark("hao", round_id, "302", made=made)) == mark.NOT_YOURS
    assert told.mark("hao", round_id, "302").outcome == "applied"


def test_stairwells_handed_from_hao_to_yun_take_the_marks_of_each_in_their_time(told):
    round_id = told.open_round()
    before = told.now
    told.later(hours=1)
    data = {"round": round_id, "stairwells": [told.world.walk_up], "accounts": [told.world.hao]}
    told.ask("mei", "round.unassign", data)
    told.assign(round_id, "yun", "walk_up")
    after = told.later(hours=1)
    assert told.mark("hao", round_id, "301", made=before).outcome == "applied"
    assert told.mark("yun", round_id, "302", made=after).outcome == "applied"
    assert words(told.mark("yun", round_id, "401", made=before)) == mark.NOT_YOURS


def test_a_steward_whose_role_ended_may_no_longer_mark_but_could_before(told):
    round_id = told.open_round(hao=())
    made = told.now
    told.later(hours=1)
    told.execute(roles.update().where(roles.c.account_id == told.world.mei).values(until=told.now))
    told.later(hours=1)
    assert told.mark("mei", round_id, "302", made=made).outcome == "applied"
    assert words(told.mark("mei", round_id, "301")) == mark.NOT_YOURS


def test_the_work_of_a_revoked_account_is_parked_until_a_lead_lets_it_count(told):
    round_id = told.open_round()
    made = told.now
    told.later(hours=1)
    told.execute(
        accounts.update().where(accounts.c.id == told.world.hao).values(revoked_at=told.now)
    )
    answer = told.mark("hao", round_id, "302", made=made, carrier="yun")
    assert (answer.outcome, words(answer)) == ("refused", PARKED)
    assert answer.message["params"] == {"name": "林浩"}
    assert told.standing(round_id, "302").answer is None
    assert told.ask("mei", "op.redo", {"op": answer.id}).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.actor, door.at) == ("delivered", told.world.hao, made)


# Before and after: closed, paused, planned


def test_nobody_marks_a_round_that_was_not_opened_yet(told):
    round_id = told.make_round()
    told.assign(round_id, "hao", "walk_up")
    answer = told.mark("hao", round_id, "302")
    assert (answer.outcome, words(answer)) == ("refused", rules.NOT_YET)


@pytest.mark.parametrize("status", ["pause", "close"])
def test_a_mark_made_before_the_round_stopped_counts_and_is_shown_as_late(told, status):
    round_id = told.open_round()
    made = told.now
    told.later(hours=1)
    assert told.change(round_id, status).outcome == "applied"
    told.later(hours=1)
    answer = told.mark("hao", round_id, "302", made=made)
    assert answer.outcome == "applied"
    assert mark_row(told, answer.id).late
    assert told.standing(round_id, "302").at == made


@pytest.mark.parametrize(("status", "said"), [("pause", rules.PAUSED), ("close", rules.CLOSED)])
def test_a_mark_made_after_the_round_stopped_is_kept_and_refused(told, status, said):
    round_id = told.open_round()
    told.change(round_id, status)
    told.later(hours=1)
    answer = told.mark("hao", round_id, "302")
    assert (answer.outcome, words(answer)) == ("refused", rules._NOT_OPEN[said])
    assert told.operation(answer.id).outcome == "refused"
    assert told.standing(round_id, "302").answer is None


@pytest.mark.parametrize("status", ["pause", "close"])
def test_a_lead_lets_a_refused_mark_count_and_it_carries_the_name_of_who_made_it(told, status):
    round_id = told.open_round()
    told.change(round_id, status)
    made = told.later(hours=1)
    answer = told.mark("hao", round_id, "302")
    told.later(hours=1)
    assert told.ask("mei", "op.redo", {"op": answer.id}).outcome == "applied"
    door = told.standing(round_id, "302")
    assert (door.answer, door.actor, door.at) == ("delivered", told.world.hao, made)
    assert told.operation(answer.id).settled_by is not None


def test_a_mark_made_after_the_round_was_opened_again_counts(told):
    round_id = told.open_round()
    told.change(round_id, "pause")
    told.later(hours=1)
    told.change(round_id, "open")
    answer = told.mark("hao", round_id, "302")
    assert answer.outcome == "applied"
    assert not mark_row(told, answer.id).late


def test_a_mark_made_during_a_pause_stays_refused_after_it(told):
    round_id = told.open_round()
    told.change(round_id, "pause")
    made = told.later(hours=1)
    told.later(hours=1)
    told.change(round_id, "open")
    assert words(told.mark("hao", round_id, "302", made=made)) == rules._NOT_OPEN[rules.PAUSED]


def test_late_marks_have_the_statement_issued_again(told):
    round_id = told.open_round("walk_up")
    made = told.now
    told.later(hours=1)
    told.change(round_id, "close", explanation="one lift was broken")
    told.later(hours=1)
    first = told.read(statement.newest, told.world.community, round_id)
    told.mark("hao", round_id, "302", made=made)
    assert told.react() == 1
    second = told.read(statement.newest, told.world.community, round_id)
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["body"]["sums"]["given"], second["body"]["sums"]["given"]) == (0, 2)
    assert second["body"]["explanations"] == {"not_given": "one lift was broken"}


def test_a_late_undo_has_the_statement_issued_again(told):
    round_id = told.open_round("walk_up")
    marked = told.mark("hao", round_id, "302")
    undone = told.later(minutes=1)
    told.later(hours=1)
    told.change(round_id, "close")
    assert told.undo("hao", round_id, "302", marked.id, made=undone).outcome == "applied"
    told.react()
    newest = told.read(statement.newest, told.world.community, round_id)
    assert (newest["number"], newest["body"]["sums"]["given"]) == (2, 0)


def test_a_mark_for_a_paused_round_issues_no_statement(told):
    round_id = told.open_round("walk_up")
    made = told.now
    told.later(hours=1)
    told.change(round_id, "pause")
    told.mark("hao", round_id, "302", made=made)
    assert told.react() == 0
    assert told.read(statement.newest, told.world.community, round_id) is None


# Clocks


def test_a_phone_that_is_three_days_fast_marks_at_the_right_time(told):
    round_id = told.open_round()
    made = told.now
    told.later(minutes=20)
    ahead = 3 * 86_400_000
    answer = told.mark("hao", round_id, "302", made=made + ahead, sent=told.now + ahead)
    assert told.operation(answer.id).corrected_at == made


def test_a_phone_that_is_a_year_slow_cannot_mark_before_it_last_heard_from_the_server(told):
    round_id = told.open_round()
    heard = told.now
    told.later(minutes=20)
    answer = told.mark("hao", round_id, "302", made=heard - 365 * 86_400_000, server_seen=heard)
    assert answer.outcome == "applied"
    assert told.operation(answer.id).corrected_at == heard


def test_nothing_is_made_after_it_arrived(told):
    round_id = told.open_round()
    arrived = told.now
    answer = told.mark("hao", round_id, "302", made=arrived + 86_400_000)
    assert told.operation(answer.id).corrected_at == arrived


# Rounds by person and by floor


def test_a_round_by_person_is_due_who_is_present_and_not_who_is_registered(told):
    round_id = told.open_round(per="person", quantity=1)
    assert told.standing(round_id, "401").due == 2  # three live there, one is away
    assert told.standing(round_id, "402").due == 2  # two live there, one is not registered
    assert told.standing(round_id, "302").due == 1
    assert told.standing(round_id, "602").due == 0
    assert told.standing(round_id, "S1").due == 0


def test_a_round_by_floor_has_one_door_a_floor_and_none_where_there_is_no_floor(told):
    round_id = told.open_round("tower", per="floor", quantity=3)
    sums = tally(told, round_id, "tower")
    assert (sums.doors, sums.due) == (18, 54)


def test_a_floor_is_marked_by_its_own_number(told):
    round_id = told.open_round("tower", per="floor", quantity=3)
    data = {"round": round_id, "door": -(told.world.tower * 1000 + 2), "answer": "delivered"}
    assert told.ask("hao", "round.mark", data).outcome == "applied"
    sums = tally(told, round_id, "tower")
    assert (sums.marked, sums.given) == (1, 3)
