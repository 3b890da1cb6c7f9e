"""What may be said of medicine, by whom, in which order, and whom it is told."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select, update

from server import clock
from server.features.custody.tables import things
from server.features.estates import reads as estates
from server.features.medicine import file, rules, telling
from server.features.medicine.operations import (
    carrying,
    needing,
    running,
    saying,
    substituting,
)
from server.features.medicine.tables import needs
from server.features.notices.tables import notices
from server.features.people.tables import accounts
from server.features.rounds.tables import assignments, round_doors, rounds
from tests.features.medicine.conftest import DOCTOR, NURSE
from tests.support.site import says
from tests.support.told import words

NOTHING = "00000000-0000-7000-8000-00000000dead"


def building_of(told):
    """The building of Grandma Sun."""
    places = told.read(estates.places, told.world.community, [told.world.walk_up])
    return places[told.world.walk_up].building


# What is needed


def test_a_household_puts_medicine_on_its_own_list(told, medicine):
    need = medicine.needed(left=7)
    row = medicine.row(need)
    assert (row.household_id, row.wanted) == (told.world.sun_door, True)
    assert row.runs_out_at == told.now - clock.SECOND + 7 * clock.DAY


@pytest.mark.parametrize("who", ["mei", "min", DOCTOR])
def test_those_who_answer_for_health_there_write_it_down_for_a_door(told, medicine, who):
    need = medicine.needed(who, door="8-1-401")
    assert medicine.row(need).household_id == told.door("walk_up", "401")


@pytest.mark.parametrize("who", ["hao", "qian", "sun", NURSE, "bo"])
def test_nobody_else_does(told, medicine, who):
    door = told.door("walk_up", "401")
    refused = medicine.need(who, household=door)
    assert words(refused) in (needing.NOT_YOUR_DOOR, needing.SAY_WHOSE)
    assert told.rows(select(needs)) == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"left": -1}, needing.WRONG_LEFT),
        ({"left": 1000}, needing.WRONG_LEFT),
        ({"name": "药" * 10_000}, saying.TOO_LONG),
        ({"name": "  "}, needing.SAY_NAME),
        ({"dose": "x" * 81}, saying.TOO_LONG),
        ({"boxes": 0}, needing.WRONG_BOXES),
        ({"lasts": 500}, needing.WRONG_LASTS),
        ({"substitute": "maybe"}, needing.SAY_SUBSTITUTE),
    ],
)
def test_what_makes_no_sense_is_refused_with_words_that_say_what_to_do(medicine, said, why):
    assert words(medicine.need(**said)) == why
    need = medicine.needed()
    assert words(medicine.of_need(need, "change", **said)) == why


def test_an_unknown_door_is_named(told, medicine):
    assert words(medicine.need("mei", door="99-9-9999")) == needing.NO_SUCH_DOOR
    assert words(medicine.need("mei")) == needing.SAY_WHOSE


def test_what_is_on_the_list_already_is_said_anew(told, medicine):
    need = medicine.needed(name="阿司匹林 100mg", left=3)
    medicine.needed("min", household=told.world.sun_door, name="阿司匹林100MG", left=20)
    [row] = told.rows(select(needs))
    assert row.id == need
    assert (row.runs_out_at - told.now) // clock.DAY == 19


def test_the_later_word_counts_however_late_it_comes(told, medicine):
    need = medicine.needed(left=30)
    early = told.later(minutes=5)
    told.later(minutes=5)
    medicine.of_need(need, "change", boxes=3)
    medicine.of_need(need, "change", boxes=2, made=early)
    assert medicine.row(need).boxes == 3


def test_it_is_ended_and_written_down_anew(told, medicine):
    need = medicine.needed()
    assert medicine.of_need(need, "end").outcome == "applied"
    assert medicine.of_need(need, "end").outcome == "applied"
    assert words(medicine.of_need(need, "change", boxes=2)) == file.IS_ENDED
    assert medicine.needed() != need


@pytest.mark.parametrize("what", ["change", "end"])
def test_those_who_may_not_know_of_it_are_answered_as_where_there_is_none(medicine, what):
    need = medicine.needed()
    for who in ("hao", "qian", NURSE, "bo"):
        for one in (need, NOTHING):
            assert words(medicine.of_need(one, what, who)) == file.NO_NEED


def test_a_controlled_one_is_for_its_household_and_those_who_are_medical_there(medicine):
    need = medicine.needed(controlled=True)
    for who in ("mei", "min", "hao", NURSE):
        assert words(medicine.of_need(need, "change", who, boxes=2)) == file.NO_NEED
    for who in ("sun", DOCTOR):
        assert medicine.of_need(need, "change", who, boxes=2).outcome == "applied"


def test_nobody_makes_it_known_by_writing_it_down_again(told, medicine):
    need = medicine.needed(controlled=True)
    answer = medicine.need("min", household=told.world.sun_door)
    other = medicine.need("min", household=told.world.sun_door, name="另一种")
    assert (answer.outcome, answer.subject) == (other.outcome, other.subject)
    assert medicine.row(need).controlled


# Before it runs out


def test_the_household_is_asked_once_five_days_before_it_runs_out(told, medicine):
    need = medicine.needed(left=20)
    told.later(days=14)
    told.react()
    assert medicine.heard(telling.MORE) == []
    told.later(days=2)
    told.react()
    told.react()
    assert medicine.heard(telling.MORE) == [(telling.MORE, {"sun"})]
    assert medicine.row(need).asked_at is not None


def test_their_answer_ends_the_question(told, medicine):
    need = medicine.needed(left=20)
    told.later(days=16)
    told.react()
    assert medicine.of_need(need, "change").outcome == "applied"
    assert medicine.row(need).asked_at is None


def test_nobody_is_asked_about_what_was_said_anew_or_ended(told, medicine):
    said, ended = medicine.needed(left=20), medicine.needed(name="另一种", left=20)
    medicine.of_need(said, "change", left=60)
    medicine.of_need(ended, "end")
    told.later(days=16)
    told.react()
    assert medicine.heard() == []


def test_where_nobody_is_signed_in_whoever_looks_after_the_door_asks_there(told, medicine):
    medicine.needed("mei", household=told.door("walk_up", "401"), left=20)
    told.later(days=16)
    told.react()
    assert medicine.heard() == [(telling.ASK_AT_DOOR, {"min"})]


def test_what_is_controlled_is_asked_there_by_those_who_are_medical(told, medicine):
    medicine.needed(DOCTOR, household=told.door("walk_up", "401"), left=20, controlled=True)
    told.later(days=16)
    told.react()
    [(title, who)] = medicine.heard()
    assert (title, who) == (telling.ASK_AT_DOOR, {"doctor"})


def test_it_is_asked_in_anothers_name_once_who_said_it_has_gone(told, medicine):
    medicine.needed("mei", household=told.world.sun_door, left=20)
    told.execute(
        update(accounts).where(accounts.c.id == told.who("mei")).values(revoked_at=told.now)
    )
    told.later(days=16)
    told.react()
    assert medicine.heard() == [(telling.MORE, {"sun"})]


def test_no_announcement_says_which_medicine_or_from_which_door(told, medicine):
    need = medicine.needed(name="SECRET", left=20, substitute="ask")
    batch = medicine.made(need)
    medicine.of_need(need, "offer", "hao", instead="SECRET TWO")
    medicine.of_need(need, "substitute", instead="SECRET TWO", yes=True)
    medicine.done(batch, "bought", need=need, what="substitute", yuan="20")
    medicine.done(batch, "check", "min", needs=[need], wrong="SECRET")
    told.later(days=16)
    told.react()
    for row in told.rows(select(notices)):
        text = msgspec.json.encode(row.content).decode()
        assert "SECRET" not in text
        assert not says(text, "302")


# A batch


def test_a_batch_names_who_buys_and_two_others_who_check_one_of_them_medical(told, medicine):
    need, who = medicine.needed(), told.who
    for more, why in (
        ({"buyer": who("min")}, running.NOT_THE_BUYER),
        ({"checkers": [DOCTOR]}, running.TWO_OTHERS),
        ({"checkers": [DOCTOR, DOCTOR]}, running.TWO_OTHERS),
        ({"checkers": [who("min"), who("yun")]}, running.ONE_MEDICAL),
        ({"checkers": [who("sun"), DOCTOR]}, running.NOT_ON_DUTY),
        ({"buyer": who("bo")}, running.NOT_ON_DUTY),
        ({"within": 5}, running.WRONG_WITHIN),
        ({"within": 60 * 24 * 8}, running.WRONG_WITHIN),
        ({"title": " "}, running.SAY_TITLE),
        ({"needs": []}, running.CHOOSE),
    ):
        assert words(medicine.make(need, **more)) == why
    batch = medicine.made(need)
    assert medicine.heard(telling.NAMED)[0][1] == {"hao", "min", "doctor", "yun"}
    assert rules.step(medicine.state(batch), [need]) == rules.OPEN


def test_a_need_is_in_one_open_batch(medicine):
    need, other = medicine.needed(), medicine.needed(name="另一种")
    medicine.made(need)
    assert words(medicine.make(need, other)) == running.IN_ANOTHER
    medicine.of_need(other, "end")
    assert words(medicine.make(other)) == running.ENDED_ONE


def test_all_that_is_wanted_in_a_building_from_one_pharmacy_is_one_batch(told, medicine):
    building = building_of(told)
    here, anywhere = medicine.needed(pharmacy="国大药房"), medicine.needed(name="二")
    medicine.needed(name="三", pharmacy="中山医院")
    batch = medicine.made(buildings=[building], needs=[])
    inside = told.read(file.needs_in, told.world.community, batch)
    assert {row.id for row in inside} == {here, anywhere}


@pytest.mark.parametrize("who", ["hao", "sun", NURSE])
def test_nobody_makes_a_batch_of_what_they_may_not_know_of(medicine, who):
    assert words(medicine.make(medicine.needed(), actor=who)) == file.NO_NEED


def test_a_controlled_one_goes_into_a_batch_by_a_doctor_alone(medicine):
    need = medicine.needed(controlled=True)
    assert words(medicine.make(need, actor="mei")) == file.NO_NEED
    medicine.made(need, actor=DOCTOR)


def test_what_is_asked_of_a_building_says_nothing_of_a_controlled_one(told, medicine):
    medicine.needed(controlled=True)
    building = building_of(told)
    assert words(medicine.make(buildings=[building], needs=[])) == running.CHOOSE


# Collecting


def test_collecting_is_a_round_of_those_doors_alone(told, medicine):
    batch = medicine.made(medicine.needed())
    medicine.done(batch, "collect")
    medicine.done(batch, "collect")
    told.react()
    [found] = told.rows(select(rounds))
    assert (found.kind, found.status, found.made_by) == ("collect", "open", told.who("mei"))
    assert found.scope["about"] == f"/medicine/batches/{batch}"
    doors = told.rows(select(round_doors.c.household_id, round_doors.c.due))
    assert [tuple(row) for row in doors] == [(told.world.sun_door, 1)]
    assert [row.account_id for row in told.rows(select(assignments))] == [told.who("yun")]


def test_a_door_of_a_controlled_one_is_on_no_board(told, medicine):
    need = medicine.needed(controlled=True)
    batch = medicine.made(need, actor=DOCTOR)
    medicine.done(batch, "collect")
    told.react()
    assert told.rows(select(rounds)) == []


def test_whoever_made_it_may_lead_no_round_and_then_a_lead_does(told, medicine):
    batch = medicine.made(medicine.needed(), actor="min", checkers=[told.who("mei"), DOCTOR])
    medicine.done(batch, "collect")
    told.react()
    [found] = told.rows(select(rounds))
    assert found.made_by == told.who("mei")


# Buying


def test_only_the_buyer_says_what_was_bought(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    assert words(medicine.say(batch, "bought", "min", need=need)) == running.BUYER_ONLY
    assert words(medicine.say(batch, "bought", "sun", need=need)) == file.NO_BATCH
    assert words(medicine.say(batch, "bought", need=NOTHING)) == file.NO_NEED
    assert words(medicine.say(batch, "bought", need=need, what="stolen")) == running.SAY_WHAT
    assert words(medicine.say(batch, "bought", need=need, yuan="much")) == running.SAY_YUAN
    assert words(medicine.say(batch, "bought", need=need, what="none")) == running.SAY_WHY
    medicine.done(batch, "bought", need=need, yuan="36.5")
    assert medicine.state(batch).bought[need].said["fen"] == 3650
    assert medicine.heard(telling.TO_CHECK)[0][1] == {"min", "doctor"}


def test_something_else_is_bought_with_the_patients_yes_only(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    other = {"need": need, "what": "substitute", "instead": "左旋氨氯地平"}
    assert words(medicine.say(batch, "bought", **other)) == running.ASK_FIRST
    medicine.of_need(need, "offer", "hao", instead="左旋氨氯地平")
    assert medicine.heard(telling.NEWS) == [(telling.NEWS, {"sun"})]
    assert words(medicine.say(batch, "bought", **other)) == running.ASK_FIRST
    medicine.of_need(need, "substitute", instead="左旋氨氯地平", yes=False)
    assert words(medicine.say(batch, "bought", **other)) == running.ASK_FIRST
    medicine.of_need(need, "substitute", instead="左旋氨氯地平", yes=True)
    medicine.done(batch, "bought", **other)


def test_a_yes_is_for_what_was_offered_and_no_other(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    assert words(medicine.of_need(need, "substitute", instead="甲", yes=True)) == (
        substituting.NOTHING_OFFERED
    )
    medicine.of_need(need, "offer", "hao", instead="甲")
    medicine.of_need(need, "substitute", instead="甲", yes=True)
    medicine.of_need(need, "offer", "hao", instead="乙")
    assert medicine.of_need(need, "substitute", instead="甲", yes=True).outcome == "stale"
    for instead in ("甲", "乙", "丙"):
        said = {"need": need, "what": "substitute", "instead": instead}
        assert words(medicine.say(batch, "bought", **said)) == running.ASK_FIRST


def test_who_says_yes_for_them_says_who_said_so(told, medicine):
    need = medicine.needed()
    medicine.made(need)
    medicine.of_need(need, "offer", "hao", instead="甲")
    said = {"instead": "甲", "yes": True}
    assert words(medicine.of_need(need, "substitute", "hao", **said)) == file.NO_NEED
    assert words(medicine.of_need(need, "substitute", "min", **said)) == substituting.SAY_WHO
    medicine.of_need(need, "substitute", "min", said_by="孙奶奶", **said)
    assert medicine.need_state(need).answer.said["said_by"] == "孙奶奶"
    assert medicine.row(need).agreed


def test_nothing_is_offered_to_those_who_want_only_this_nor_by_others_than_the_buyer(medicine):
    need = medicine.needed(substitute="no")
    medicine.made(need)
    assert words(medicine.of_need(need, "offer", "hao", instead="甲")) == substituting.ONLY_THIS
    assert words(medicine.of_need(need, "offer", "min", instead="甲")) == file.NO_NEED


def test_who_agreed_beforehand_is_not_asked(medicine):
    need = medicine.needed(substitute="yes")
    batch = medicine.made(need)
    medicine.done(batch, "bought", need=need, what="substitute", instead="甲")
    assert rules.step(medicine.state(batch), [need]) == rules.BOUGHT


# Checking


def test_two_look_at_it_and_neither_is_the_buyer(medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    assert words(medicine.say(batch, "check", "min", needs=[need])) == running.NOT_BOUGHT
    medicine.done(batch, "bought", need=need)
    assert words(medicine.say(batch, "check", "hao", needs=[need])) == running.CHECKERS_ONLY
    assert words(medicine.say(batch, "check", "min", needs=[NOTHING])) == file.NO_NEED
    medicine.done(batch, "check", "min", needs=[need])
    medicine.done(batch, "check", "min", needs=[need])
    assert not medicine.state(batch).is_checked(need)
    medicine.done(batch, "check", DOCTOR, needs=[need])
    assert medicine.state(batch).is_checked(need)


def test_what_is_bought_anew_is_looked_at_anew(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    medicine.done(batch, "bought", need=need, yuan="10")
    seen = medicine.state(batch).version([need])
    medicine.done(batch, "check", "min", needs=[need], version=seen)
    medicine.done(batch, "bought", need=need, yuan="10")
    assert medicine.state(batch).checks[need].keys() == {told.who("min")}
    medicine.done(batch, "bought", need=need, yuan="12")
    assert medicine.state(batch).checks.get(need, {}) == {}
    stale = medicine.say(batch, "check", DOCTOR, needs=[need], version=seen)
    assert stale.outcome == "stale"


def test_a_checker_who_finds_something_wrong_tells_the_buyer(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    medicine.done(batch, "bought", need=need)
    medicine.checked(batch, need)
    medicine.done(batch, "check", DOCTOR, needs=[need], wrong="过期了")
    assert medicine.heard(telling.WRONG) == [(telling.WRONG, {"hao"})]
    assert not medicine.state(batch).is_checked(need)
    door = told.world.sun_door
    assert words(medicine.say(batch, "bag", door=door)) == carrying.CHECK_FIRST
    medicine.done(batch, "bought", need=need)
    medicine.checked(batch, need)
    assert medicine.state(batch).is_checked(need)


def test_a_yes_that_is_taken_back_keeps_the_bag_from_going_out(medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    medicine.of_need(need, "offer", "hao", instead="甲")
    medicine.of_need(need, "substitute", instead="甲", yes=True)
    medicine.done(batch, "bought", need=need, what="substitute")
    medicine.of_need(need, "substitute", instead="甲", yes=False)
    assert words(medicine.say(batch, "check", "min", needs=[need])) == running.NO_YES


def test_others_are_named_where_the_buyer_falls_ill(told, medicine):
    need, who = medicine.needed(), told.who
    batch = medicine.made(need)
    others = {"buyer": who("yun"), "checkers": [who("mei"), DOCTOR]}
    assert words(medicine.say(batch, "name", "hao", **others)) == running.LEAD_ONLY
    wrong = others | {"checkers": [who("mei"), who("min")]}
    assert words(medicine.say(batch, "name", "min", **wrong)) == running.ONE_MEDICAL
    medicine.done(batch, "name", "min", **others)
    assert medicine.heard(telling.NAMED)[-1][1] == {"mei"}
    assert words(medicine.say(batch, "bought", "hao", need=need)) == file.NO_BATCH
    medicine.done(batch, "bought", "yun", need=need)
    assert words(medicine.say(batch, "check", "min", needs=[need])) == running.CHECKERS_ONLY
    turned = {"buyer": who("hao"), "checkers": [who("yun"), DOCTOR]}
    assert words(medicine.say(batch, "name", "min", **turned)) == running.HAS_BOUGHT


# The bag, and back


def take(told, batch, kind, actor="yun", **more):
    said = {"kind": kind, "household": told.world.sun_door, "within": 60, **more}
    answer = told.ask(actor, "thing.take", said | {"about": f"/medicine/batches/{batch}"})
    assert answer.outcome == "applied", answer
    return answer.id


def test_a_bag_is_packed_once_two_have_checked_it_and_names_no_medicine(told, medicine):
    need = medicine.needed()
    batch, door = medicine.made(need), told.world.sun_door
    assert words(medicine.say(batch, "bag", door=door)) == carrying.SAY_FIRST
    medicine.done(batch, "bought", need=need)
    medicine.done(batch, "check", "min", needs=[need])
    assert words(medicine.say(batch, "bag", door=door)) == carrying.CHECK_FIRST
    medicine.done(batch, "check", DOCTOR, needs=[need])
    other = told.door("walk_up", "401")
    assert words(medicine.say(batch, "bag", door=other)) == file.NO_SUCH_DOOR
    medicine.done(batch, "bag", door=door)
    medicine.done(batch, "bag", "yun", door=door)
    told.react()
    [bag] = medicine.things(batch)
    assert (bag.kind, bag.holder, bag.household_id, bag.label) == (
        "bag", told.who("hao"), door, "",
    )  # fmt: skip
    refused = told.ask("hao", "thing.return", {"thing": bag.id, "door": other})
    assert refused.outcome == "refused"
    assert told.ask("hao", "thing.return", {"thing": bag.id, "door": door}).outcome == "applied"


def test_the_change_goes_back_with_the_bag_and_the_money_stays_at_the_pharmacy(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    cash = take(told, batch, "cash", "hao", yuan="100")
    medicine.done(batch, "bought", need=need, yuan="63.5")
    medicine.checked(batch, need)
    medicine.done(batch, "bag", door=told.world.sun_door)
    told.react()
    found = {row.id: row for row in medicine.things(batch)}
    assert (found[cash].holder, found[cash].closed_at is None) == ("国大药房", False)
    assert sorted((row.kind, row.amount) for row in found.values() if row.closed_at is None) == [
        ("bag", None),
        ("cash", 3650),
    ]


def test_money_that_somebody_else_has_stays_with_them(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    cash = take(told, batch, "cash", yuan="100")
    medicine.done(batch, "bought", need=need, yuan="63.5")
    medicine.checked(batch, need)
    medicine.done(batch, "bag", door=told.world.sun_door)
    told.react()
    found = {row.id: row for row in medicine.things(batch)}
    assert found[cash].holder == told.who("yun")
    assert len(found) == 2


def test_what_is_controlled_is_carried_by_the_people_named_alone(told, medicine):
    need = medicine.needed(controlled=True)
    batch = medicine.made(need, actor=DOCTOR)
    medicine.done(batch, "bought", need=need)
    medicine.checked(batch, need)
    medicine.done(batch, "bag", door=told.world.sun_door)
    told.react()
    [bag] = medicine.things(batch)
    assert set(bag.only) == {told.who("hao"), told.who("min"), told.who("yun"), DOCTOR}
    refused = told.ask("hao", "thing.hand", {"thing": bag.id, "to": told.who("mei")})
    assert refused.outcome == "refused"


def test_bringing_back_is_a_round_of_the_doors_with_a_bag(told, medicine):
    need, other = medicine.needed(), medicine.needed("mei", door="8-1-401")
    batch = medicine.made(need, other)
    assert words(medicine.say(batch, "out")) == carrying.PACK_FIRST
    medicine.done(batch, "bought", need=need)
    medicine.done(batch, "bought", need=other, what="none", why="缺货")
    medicine.checked(batch, need)
    medicine.done(batch, "bag", door=told.world.sun_door)
    medicine.done(batch, "out")
    told.react()
    [found] = told.rows(select(rounds))
    assert (found.kind, found.scope["doors"]) == ("bring_back", [told.world.sun_door])
    assert medicine.heard(telling.BROUGHT) == [(telling.BROUGHT, {"sun"})]


def test_a_batch_is_not_closed_while_a_card_is_out(told, medicine):
    need = medicine.needed(left=2, lasts=28)
    batch, door = medicine.made(need), told.world.sun_door
    card = take(told, batch, "card")
    assert words(medicine.say(batch, "close")) == running.STILL_OUT
    told.ask("yun", "thing.return", {"thing": card, "door": door})
    assert words(medicine.say(batch, "close")) == running.NO_ANSWER
    medicine.done(batch, "bought", need=need)
    assert words(medicine.say(batch, "close")) == running.NOT_PACKED
    medicine.checked(batch, need)
    medicine.done(batch, "bag", door=door)
    told.react()
    assert words(medicine.say(batch, "close")) == running.STILL_OUT
    [bag] = told.rows(select(things).where(things.c.kind == "bag"))
    told.ask("hao", "thing.return", {"thing": bag.id, "door": door})
    assert words(medicine.say(batch, "close", "yun")) == file.NOT_YOUR_STEP
    medicine.done(batch, "close")
    medicine.done(batch, "close")
    told.react()
    row = medicine.row(need)
    assert not row.wanted
    assert (row.runs_out_at - told.now) // clock.DAY in (29, 30)
    assert words(medicine.say(batch, "bought", need=need)) == file.IS_CLOSED


def test_a_card_that_somebody_said_is_missing_keeps_no_batch_open(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    card = take(told, batch, "card")
    told.ask("yun", "thing.missing", {"thing": card, "words": "掉了"})
    medicine.done(batch, "bought", need=need, what="none", why="缺货")
    medicine.done(batch, "close", "mei")
    told.react()
    assert medicine.row(need).wanted


def test_a_card_held_longer_than_its_batch_is_an_alarm(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need, within=60)
    due = told.now + 30 * clock.MINUTE
    card = take(told, batch, "card", due_at=due)
    told.later(hours=2)
    told.react()
    told.react()
    [row] = told.rows(select(things).where(things.c.id == card))
    assert row.due_at == due
    assert medicine.heard(telling.LATE) == [(telling.LATE, {"mei"})] or medicine.heard(
        telling.LATE
    ) == [(telling.LATE, {"mei", "hao"})]
    late = told.rows(select(notices).where(notices.c.kind == "thing"))
    assert any("back" in row.content["title"]["text"] for row in late)


def test_words_come_late_twice_and_in_any_order(told, medicine):
    need = medicine.needed()
    batch = medicine.made(need)
    bought = told.later(minutes=1)
    looked = told.later(minutes=1)
    told.later(hours=1)
    medicine.done(batch, "bought", need=need, made=bought)
    medicine.done(batch, "check", DOCTOR, needs=[need], made=looked)
    medicine.done(batch, "check", "min", needs=[need], made=looked - clock.SECOND)
    assert medicine.state(batch).is_checked(need)
