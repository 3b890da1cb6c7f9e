"""Special care: found from many hands, confirmed, kept, visited every day, and never forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server import clock
from server.features.care import file, rules, telling
from server.features.care.operations import deciding, hearing, suggesting
from server.features.people.tables import accounts
from server.features.rounds.tables import rounds as rounds_table
from server.oplog.tables import reactions
from tests.support.told import words
from tests.world import NOON

# Found from many hands


@pytest.mark.parametrize(
    ("who", "source"), [("hao", "door"), ("qian", "gate"), ("sun", "own"), ("min", "door")]
)
def test_whoever_works_there_and_the_household_itself_suggest_somebody(care, who, source):
    person = care.suggest(who)
    [row] = care.rows()
    assert (row.id, row.state, row.name) == (person, rules.SUGGESTED, "孙奶奶")
    assert [one.key for one in care.state(person).said] == [source]


def test_a_neighbour_suggests_somebody_next_door_and_nobody_of_another_stairwell(told, care):
    next_door = {"household": told.world.one_away, "needs": ["newborn"]}
    assert care.say("suggest", "sun", **next_door).outcome == "applied"
    afar = {"household": told.door("tower", "101"), "needs": ["old"]}
    assert words(care.say("suggest", "sun", **afar)) == suggesting.NOT_YOURS


def test_the_door_may_be_typed_and_the_name_left_out(told, care):
    answer = care.say("suggest", "qian", door="8-1-302", needs=["old"])
    assert answer.outcome == "applied"
    assert care.rows()[0].resident_id == told.world.sun_resident


def test_a_door_that_is_typed_holds_whatever_home_is_ticked_besides(told, care):
    ticked = {"household": told.world.sun_door, "door": "8-1-401", "needs": ["newborn"]}
    assert care.say("suggest", "sun", **ticked).outcome == "applied"
    assert care.rows()[0].household_id == told.world.one_away


def test_two_suggestions_of_one_person_join(care):
    first = care.suggest("hao")
    care.suggest("qian", needs=["disabled"])
    [row] = care.rows()
    assert row.id == first
    assert row.needs == ["old", "alone", "disabled"]


def test_two_people_of_one_door_stay_two(told, care):
    door = {"household": told.world.one_away}
    care.suggest("hao", **door, name="阿公")
    care.suggest("hao", **door, name="阿婆")
    assert {row.name for row in care.rows()} == {"阿公", "阿婆"}


def test_who_does_not_live_there_is_not_suggested(told, care):
    other = care.say("suggest", "min", **care.said(resident=told.world.sun_resident + 1))
    assert words(other) == suggesting.NOT_THERE
    probing = care.say("suggest", "hao", **care.said(resident=told.world.sun_resident))
    assert words(probing) == suggesting.NOT_THERE


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"needs": []}, suggesting.SAY_WHY),
        ({"needs": ["rich"]}, suggesting.NO_SUCH_NEED),
        ({"source": "rumour"}, suggesting.NO_SUCH_SOURCE),
        ({"source": "import"}, suggesting.NOT_YOURS),
    ],
)
def test_a_suggestion_that_says_something_wrong_is_told_what_to_correct(care, wrong, said):
    assert words(care.say("suggest", "hao", **care.said(**wrong))) == said
    assert care.rows() == []


def test_who_decides_brings_in_a_list(care):
    person = care.suggest("min", source="screening")
    assert care.state(person).said[0].key == "screening"


def test_who_is_in_care_already_is_refused_only_to_those_who_may_know(care):
    care.confirmed()
    assert words(care.say("suggest", "min", **care.said())) == suggesting.IS_IN_CARE
    assert care.say("suggest", "hao", **care.said(needs=["poor"])).outcome == "applied"
    [row] = care.rows()
    assert row.state == rules.CONFIRMED
    assert "poor" not in row.needs


def test_a_suggestion_made_before_the_confirmation_and_sent_after_it_joins(told, care):
    person = care.suggest()
    made = told.now
    told.later(hours=1)
    care.done("confirm", "min", person=person, **care.plan())
    answer = care.say("suggest", "min", **care.said(needs=["poor"]), made=made, server_seen=made)
    assert answer.outcome == "applied"
    assert care.rows()[0].state == rules.CONFIRMED
    assert care.rows()[0].needs == ["old", "alone", "dementia"]


# Confirmed and kept


def test_an_officer_confirms_and_the_keeper_and_the_deputy_hear_without_a_need(told, care):
    person = care.confirmed()
    [row] = care.rows()
    assert (row.state, row.keeper, row.deputy) == (
        rules.CONFIRMED, told.who("hao"), told.who("yun"),
    )  # fmt: skip
    assert care.heard(telling.KEEPS) == [{"hao", "yun"}]
    assert person == row.id


def test_confirming_twice_is_refused(care):
    person = care.confirmed()
    twice = care.say("confirm", "mei", person=person, **care.plan())
    assert words(twice) == deciding.STANDS[rules.CONFIRMED]


@pytest.mark.parametrize("who", ["hao", "qian", "sun", "anna"])
def test_nobody_else_decides(care, who):
    person = care.suggest()
    for what, said in (
        ("confirm", care.plan()), ("change", care.plan()), ("decline", {}), ("reopen", {}),
        ("end", {"why": "moved"}),
    ):  # fmt: skip
        assert words(care.say(what, who, person=person, **said)) == file.NOBODY_THERE


def test_of_nobody_there_are_the_same_words(told, care):
    nobody = told.world.hao
    assert words(care.say("end", "mei", person=nobody, why="moved")) == file.NOBODY_THERE
    assert words(care.say("contact", "sun", person=nobody, how="seen")) == file.NOBODY_THERE


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"needs": []}, deciding.SAY_NEED),
        ({"meals_until": "2022-04-20"}, deciding.IN_THE_PAST),
        ({"meals_from": "2022-04-20"}, deciding.IN_THE_PAST),
        ({"meals_from": "2022-05-02", "meals_until": "2022-05-01"}, deciding.IN_THE_PAST),
        ({"meals_until": "soon"}, deciding.SAY_DATE),
        ({"resident": 1_000_000}, suggesting.NOT_THERE),
    ],
)
def test_a_plan_that_says_something_wrong_is_told_what_to_correct(care, wrong, said):
    person = care.suggest()
    assert words(care.say("confirm", "min", person=person, **care.plan(**wrong))) == said


def test_a_keeper_works_here_can_sign_in_and_is_not_the_deputy(told, care):
    person = care.suggest()
    for keeper in ("sun", "bo"):
        said = care.plan(keeper=told.who(keeper))
        assert words(care.say("confirm", "min", person=person, **said)) == deciding.NOT_ON_DUTY
    said = care.plan(deputy=told.who("hao"))
    assert words(care.say("confirm", "min", person=person, **said)) == deciding.TWO_PEOPLE
    told.execute(update(accounts).where(accounts.c.id == told.who("hao")).values(revoked_at=NOON))
    said = care.plan()
    assert words(care.say("confirm", "min", person=person, **said)) == deciding.NOT_ON_DUTY


def test_somebody_is_declined_suggested_anew_and_taken_up_again(care):
    person = care.suggest()
    care.done("decline", "min", person=person, words="has a daughter")
    assert care.rows()[0].state == rules.DECLINED
    care.suggest("qian")
    assert [row.state for row in care.rows()] == [rules.SUGGESTED]
    care.done("decline", "min", person=person)
    care.done("reopen", "min", person=person)
    assert care.rows()[0].state == rules.SUGGESTED


def test_care_ends_once_with_a_reason_and_goes_on_as_it_was(care):
    person = care.confirmed()
    assert words(care.say("end", "min", person=person, why="")) == deciding.SAY_WHY
    care.done("end", "min", person=person, why="hospital")
    assert words(care.say("end", "min", person=person, why="moved")) == deciding.NOT_IN_CARE
    assert words(care.say("change", "min", person=person, **care.plan())) == deciding.NOT_IN_CARE
    assert care.heard(telling.OVER) == [{"hao", "yun"}]
    care.done("reopen", "min", person=person)
    assert (care.rows()[0].state, care.rows()[0].meals) == (rules.CONFIRMED, 2)
    assert words(care.say("reopen", "min", person=person)) == deciding.IS_OPEN


def test_a_household_says_what_is_wrong_and_nobody_else_for_it(care):
    person = care.confirmed()
    assert words(care.say("object", "hao", person=person, words="no")) == file.NOBODY_THERE
    assert words(care.say("object", "sun", person=person, words=" ")) == deciding.WRITE_IT
    care.done("object", "sun", person=person, words="one meal is enough")
    assert care.heard(telling.OBJECTS) == [{"min"}]


# The rounds of each day


def test_the_next_morning_there_is_one_round_of_each_kind_with_just_the_doors_that_are_due(
    told, care
):
    care.confirmed()
    care.morning()
    assert care.doors() == {told.world.sun_door: 1}
    assert care.doors("meal") == {told.world.sun_door: 2}
    assert care.carriers() == {told.who("hao")} == care.carriers("meal")
    assert {row.status for row in care.rounds()} == {"open"}
    assert [row.scope["hints"] for row in care.rounds()] == [
        {str(told.world.sun_door): "knock loudly"}
    ] * 2


def test_meals_are_counted_by_household(told, care):
    care.confirmed(meals=3)
    other = care.suggest("hao", name="孙爷爷")
    care.done("confirm", "min", person=other, **care.plan(meals=1))
    care.morning()
    assert care.doors("meal") == {told.world.sun_door: 4}
    assert care.doors() == {told.world.sun_door: 1}


def test_rounds_come_every_day_and_what_is_left_of_yesterday_is_closed(care):
    care.confirmed()
    care.morning(2)
    assert [row.status for row in care.rounds()].count("open") == 2
    assert len(care.rounds()) == 4


def test_after_a_gap_and_a_second_worker_each_round_is_there_once(told, care):
    care.confirmed()
    told.later(days=5)
    for _ in range(3):
        told.react()
    assert len(care.rounds()) == 2
    waiting = told.rows(
        select(reactions).where(reactions.c.name == "care.round", reactions.c.done_at.is_(None))
    )
    assert len(waiting) == 2


def test_with_nothing_due_there_is_no_round(told, care):
    person = care.confirmed(visits=0, meals=1, meals_until="2022-04-22")
    care.morning()
    assert [row.kind for row in care.rounds()] == ["meal"]
    care.morning()
    assert [row.kind for row in care.rounds()] == ["meal"]
    care.done("end", "min", person=person, why="better")
    care.morning()
    assert len(care.rounds()) == 1


def test_every_third_day_is_every_third_day(care):
    care.confirmed(visits=3, meals=0)
    seen = []
    for _ in range(5):
        care.morning()
        seen.append(bool(care.doors()))
    assert seen == [True, False, False, True, False]


def test_the_deputy_carries_it_once_the_keeper_has_left(told, care):
    care.confirmed()
    told.execute(
        update(accounts).where(accounts.c.id == told.who("hao")).values(revoked_at=told.now)
    )
    care.morning()
    assert care.carriers() == {told.who("yun")}


# Nobody answered twice


def test_nobody_twice_in_one_round_is_told_to_the_keeper_and_the_deputy_and_then_who_leads(
    told, care
):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    assert care.state(person).alert is None
    told.later(hours=2)
    care.visit("nobody")
    assert care.heard(telling.TITLES[rules.UNANSWERED]) == [{"hao", "yun"}]
    assert care.heard(telling.STILL) == []
    told.later(minutes=31)
    for _ in range(2):
        told.react()
    assert care.heard(telling.STILL) == [{"mei"}]


def test_nobody_twice_across_days_is_told_too(care):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    care.morning()
    care.visit("nobody")
    assert care.state(person).alert.key == rules.UNANSWERED


def test_two_taps_of_one_visit_are_one(told, care):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    told.later(minutes=3)
    care.visit("nobody", actor="mei")
    assert care.state(person).alert is None


def test_it_is_closed_once_somebody_says_what_they_found_and_nobody_above_is_told(told, care):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    told.later(hours=1)
    care.visit("nobody")
    told.later(minutes=5)
    care.done("contact", "yun", person=person, how="phone", words="was asleep")
    assert care.rows()[0].alert_at is None
    told.later(hours=1)
    told.react()
    assert care.heard(telling.STILL) == []


def test_a_mark_that_arrives_after_it_was_answered_alarms_nobody(told, care):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    made = told.later(hours=1)
    told.later(minutes=20)
    care.done("contact", "min", person=person, how="phone")
    told.later(hours=1)
    care.visit("nobody", made=made, server_seen=made)
    assert care.state(person).alert is None
    assert care.heard(telling.TITLES[rules.UNANSWERED]) == []


def test_a_word_made_after_the_visits_and_sent_after_the_alarm_closes_it(told, care):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    told.later(hours=1)
    care.visit("nobody")
    made = told.now
    told.later(hours=2)
    care.done("contact", "yun", person=person, how="seen", made=made, server_seen=made)
    assert care.state(person).alert is None


def test_a_visit_that_meets_them_closes_it_once_it_can_no_longer_be_taken_back(told, care):
    person = care.confirmed()
    care.morning()
    care.visit("nobody")
    told.later(hours=1)
    care.visit("nobody")
    told.later(hours=1)
    care.visit("well")
    assert care.state(person).alert is not None
    told.later(minutes=1)
    told.react()
    assert care.state(person).alert is None
    assert care.state(person).said[-1].actor == told.who("hao")


def test_something_needed_is_put_to_the_keeper_and_nobody_above(told, care):
    person = care.confirmed()
    care.morning()
    care.visit("needs_help")
    assert care.heard(telling.TITLES[rules.NEEDS_SOMETHING]) == [{"hao", "yun"}]
    told.later(hours=1)
    told.react()
    assert care.heard(telling.STILL) == []
    assert care.state(person).alert.key == rules.NEEDS_SOMETHING


def test_with_no_keeper_those_who_decide_are_told(told, care):
    care.confirmed(keeper="", deputy="")
    care.morning()
    told.assign(care.round_of(), "hao", "walk_up")
    care.visit("needs_help")
    assert care.heard(telling.TITLES[rules.NEEDS_SOMETHING]) == [{"min"}]


def test_nothing_is_alarmed_of_that_is_not_open(told, care):
    person = care.confirmed()
    said = {"person": person, "what": "unanswered", "mark": person, "mark_at": 0}
    care.done("contact", "hao", person=person, how="visit")
    assert words(care.say("alert", "min", **said)) == hearing.NOTHING_OPEN
    assert words(care.say("escalate", "min", person=person, alert=person)) == hearing.NOTHING_OPEN
    wrong = care.say("alert", "min", **said | {"what": "fire", "mark_at": told.now + clock.DAY})
    assert words(wrong) == hearing.NO_SUCH_ALERT


def test_of_a_household_that_nobody_keeps_those_say_it_who_may_know(told, care):
    door = {"household": told.world.one_away, "how": "phone"}
    assert words(care.say("contact", "hao", **door)) == file.NOBODY_THERE
    assert words(care.say("contact", "min", **door | {"how": "?"})) == hearing.SAY_HOW
    assert care.say("contact", "min", **door).outcome == "applied"


def test_rounds_that_say_it_of_some_of_their_doors_only_are_refused(told, care):
    made = {"title": "x", "kind": "meal", "doors": [told.world.sun_door], "dues": [1, 2]}
    assert told.ask("mei", "round.make", made).outcome == "refused"
    assert told.rows(select(rounds_table)) == []


def test_care_ends_by_itself_where_somebody_moves_away(told, care):
    person = care.confirmed()
    sun = told.world.sun_resident
    assert told.ask("mei", "resident.leave", {"resident": sun}).outcome == "applied"
    told.react()
    assert [row.state for row in care.rows() if row.id == person] == ["ended"]
