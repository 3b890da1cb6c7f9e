"""What may be said of a thing, by whom and when, and whom it is told."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select, update

from server import clock
from server.features.custody import file, rules, telling
from server.features.custody.kinds import KINDS
from server.features.custody.operations import handing, minding, saying, taking
from server.features.custody.tables import things
from server.features.estates.typed import NO_SUCH_DOOR
from server.features.notices.tables import notices
from server.features.people.tables import accounts, roles
from tests.features.custody.conftest import SIGNATURE
from tests.support.site import says
from tests.support.told import words

NO_THING = "00000000-0000-7000-8000-00000000dead"


# Taking along


def test_a_card_taken_at_a_door_is_with_who_took_it_and_its_household_hears(told, hands):
    card = hands.taken("card", label="孙奶奶的医保卡")
    row = hands.row(card)
    assert (hands.holder(card), row.household_id) == ("hao", told.world.sun_door)
    assert hands.state(card).last.giver == rules.Holder.household(told.world.sun_door)
    assert hands.heard() == [(telling.TAKEN, {"sun"})]


@pytest.mark.parametrize("kind", KINDS)
def test_no_announcement_says_what_it_is_or_from_which_door(told, hands, kind):
    more = {"amount": 5000} if kind == "cash" else {}
    thing = hands.taken(kind, label="SECRET", due_at=told.now + clock.HOUR, **more)
    hands.done(thing, "hand", to="yun")
    hands.done(thing, "receive", "min")
    hands.done(thing, "missing", "min", words="SECRET")
    told.later(hours=2)
    told.react()
    for row in told.rows(select(notices)):
        text = msgspec.json.encode(row.content).decode()
        assert "SECRET" not in text
        assert not says(text, "302")
        assert KINDS[kind].label not in text


def test_cash_is_counted_and_nothing_else_has_an_amount(hands):
    assert words(hands.take("cash")) == taking.SAY_HOW_MUCH
    assert words(hands.take("cash", amount=0)) == taking.SAY_HOW_MUCH
    assert words(hands.take("cash", amount=10_000_01 * 10)) == taking.TOO_MUCH
    assert words(hands.take("card", amount=100)) == taking.TOO_MUCH
    assert hands.row(hands.taken("cash", amount=5050)).amount == 5050


def test_only_who_works_at_a_door_takes_things_along_from_there(told, hands):
    assert words(hands.take(actor="sun")) == taking.NOT_THERE
    assert words(hands.take(actor="bo", household=told.door("tower", "1801"))) == taking.NOT_THERE
    other = told.door("neighbour", "101")
    assert words(hands.take(actor="yun", household=other)) == taking.NOT_THERE
    hands.taken("bag", actor="yun", household=other, place="药店")
    assert words(hands.take(actor="sun", place="药店")) == taking.NOT_THERE
    assert words(hands.take(household=999_999)) == taking.NOT_THERE
    assert words(hands.take(household=None)) == taking.SAY_FROM
    assert words(hands.take("dragon")) == taking.NO_SUCH_KIND
    assert words(hands.take(about="medicine")) == taking.NO_SUCH_KIND
    assert words(hands.take(due_at=told.now - 1)) == taking.DUE_BEFORE


# Handing over


def test_a_hand_over_is_said_on_both_phones_and_counts_once_the_other_has_said_so(hands):
    card = hands.taken()
    hands.done(card, "hand", to="yun")
    assert (hands.holder(card), hands.row(card).offered_to is None) == ("hao", False)
    assert hands.heard(telling.OFFERED) == [(telling.OFFERED, {"yun"})]
    hands.done(card, "receive", "yun", from_="hao")
    last = hands.state(card).last
    assert (hands.holder(card), last.given, last.got) == ("yun", True, True)
    assert hands.heard(telling.OFFERED) == hands.heard(telling.CLAIMED) == []


def test_the_two_words_of_a_hand_over_may_come_in_any_order(told, hands):
    card = hands.taken()
    gave = told.later(minutes=5)
    hands.done(card, "receive", "yun", from_="hao", made=gave + clock.SECOND)
    assert hands.heard(telling.CLAIMED) == [(telling.CLAIMED, {"hao"})]
    told.later(hours=2)
    hands.done(card, "hand", to="yun", made=gave)
    last = hands.state(card).last
    assert (len(hands.state(card).moves), last.given, last.got) == (2, True, True)


def test_a_late_word_is_the_other_half_also_after_the_thing_went_on(told, hands):
    card = hands.taken()
    gave = told.later(minutes=5)
    hands.done(card, "receive", "yun", made=gave + clock.SECOND)
    hands.done(card, "hand", "yun", to="min", signature=SIGNATURE)
    hands.done(card, "hand", to="yun", made=gave)
    assert hands.holder(card) == "min"
    assert [(move.given, move.got) for move in hands.state(card).moves] == [
        (False, True), (True, True), (True, False),
    ]  # fmt: skip


def test_giving_it_to_the_same_person_again_is_a_new_hand_over(told, hands):
    card = hands.taken()
    hands.done(card, "receive", "yun")
    hands.done(card, "hand", "yun", to="hao", signature=SIGNATURE)
    hands.done(card, "hand", to="yun")
    assert (hands.holder(card), hands.row(card).offered_to) == ("hao", told.who("yun"))
    hands.done(card, "receive", "yun")
    assert len(hands.state(card).moves) == 4


@pytest.mark.parametrize("signed", [{"signature": SIGNATURE}, {"signed_by": "赵芸"}])
def test_on_one_phone_whoever_takes_it_signs_with_a_finger_or_types_a_name(hands, signed):
    card = hands.taken()
    hands.done(card, "hand", to="yun", **signed)
    last = hands.state(card).last
    assert (hands.holder(card), last.signed, last.got) == ("yun", True, False)
    assert hands.heard(telling.SIGNED_FOR) == [(telling.SIGNED_FOR, {"yun"})]
    hands.done(card, "receive", "yun")
    assert hands.state(card).last.got
    assert hands.heard(telling.SIGNED_FOR) == []


def test_a_signature_that_is_no_drawing_is_refused(hands):
    card = hands.taken()
    for drawn in ("<svg onload=alert(1)>", "M1 1", SIGNATURE * 200):
        assert words(hands.say(card, "hand", to="yun", signature=drawn)) == saying.NOT_DRAWN


def test_nothing_is_handed_to_who_is_signed_out_or_not_on_duty(told, hands):
    card = hands.taken()
    assert words(hands.say(card, "hand", to=NO_THING)) == handing.NOT_ON_DUTY
    assert words(hands.say(card, "hand", to="sun")) == handing.NOT_ON_DUTY
    assert words(hands.say(card, "hand", to="bo")) == handing.NOT_ON_DUTY
    ended = told.later(minutes=10)
    told.execute(update(roles).where(roles.c.account_id == told.who("min")).values(until=ended))
    told.execute(update(accounts).where(accounts.c.id == told.who("yun")).values(revoked_at=ended))
    told.later(minutes=10)
    for gone in ("yun", "min"):
        late = hands.say(card, "hand", to=gone)
        assert words(late) == handing.NOT_ON_DUTY
    hands.done(card, "hand", to="yun", signature=SIGNATURE, made=ended - clock.MINUTE)
    assert hands.holder(card) == "yun"


def test_nobody_hands_a_thing_to_themselves(hands):
    card = hands.taken()
    assert words(hands.say(card, "hand", to="hao")) == handing.NOT_TO_YOURSELF


def test_what_one_does_not_have_one_cannot_give_and_is_told_who_has_it(told, hands):
    card = hands.taken()
    answer = hands.say(card, "hand", "mei", to="yun")
    assert words(answer) == file.NOT_WITH_YOU
    assert answer.message["params"] == {"name": "林浩", "since": "12:00"}
    assert words(hands.say(card, "put", "mei", place="North gate")) == file.NOT_WITH_YOU
    assert words(hands.say(card, "return", "mei", door=told.world.sun_door)) == file.NOT_WITH_YOU


def test_nothing_is_received_from_who_does_not_have_it(told, hands):
    card = hands.taken()
    answer = hands.say(card, "receive", "yun", from_="min")
    assert words(answer) == handing.NOT_WITH_THEM
    assert hands.holder(card) == "hao"


def test_only_those_who_were_named_may_have_it(told, hands):
    named = [told.who("hao"), told.who("yun")]
    assert words(hands.take(actor="min", only=named)) == taking.NOT_AMONG
    card = hands.taken(only=named)
    assert words(hands.say(card, "hand", to="min")) == handing.NOT_TO_THEM
    assert words(hands.say(card, "receive", "min")) == handing.NOT_AMONG
    assert words(hands.say(card, "receive", "qian")) == file.NO_THING
    hands.done(card, "hand", to="yun")
    hands.done(card, "receive", "yun")


def test_whoever_offered_it_may_keep_it_after_all(hands):
    card = hands.taken()
    assert words(hands.say(card, "keep")) == handing.NOT_OFFERED
    hands.done(card, "hand", to="yun")
    hands.done(card, "keep")
    assert hands.row(card).offered_to is None
    assert hands.heard(telling.OFFERED) == []


def test_saying_the_same_twice_does_nothing_twice(hands):
    card = hands.taken()
    hands.done(card, "hand", to="yun")
    hands.done(card, "hand", to="yun")
    hands.done(card, "receive", "yun")
    hands.done(card, "receive", "yun")
    assert len(hands.state(card).moves) == 2


# Two phones, one thing


def test_two_phones_that_gave_one_thing_on_the_first_to_count_wins_and_all_hear(told, hands):
    card = hands.taken()
    left = told.later(minutes=5)
    told.later(minutes=30)
    hands.done(card, "hand", to="min", signature=SIGNATURE, made=left + clock.MINUTE)
    second = hands.say(card, "hand", to="yun", signature=SIGNATURE, made=left)
    assert (second.outcome, words(second)) == ("refused", file.NOT_WITH_YOU)
    told.react()
    assert hands.holder(card) == "min"
    assert {"hao", "min"} == set().union(*(who for _, who in hands.heard(telling.CLASHED)))
    assert hands.heard(telling.DISPUTED) == [(telling.DISPUTED, {"mei"})]
    assert told.operation(second.id).outcome == "refused"
    told.react()
    assert hands.events(card).count("check") == 1


def test_a_claim_that_the_holder_did_not_offer_moves_it_and_they_may_object(told, hands):
    card = hands.taken()
    hands.done(card, "receive", "yun")
    assert hands.holder(card) == "yun"
    assert hands.heard(telling.CLAIMED) == [(telling.CLAIMED, {"hao"})]
    hands.done(card, "dispute", "hao", words="I have it here")
    assert (hands.holder(card), hands.state(card).disputed is not None) == ("yun", True)
    assert hands.heard(telling.DISPUTED) == [(telling.DISPUTED, {"mei"})]
    assert hands.heard(telling.NOT_GIVEN) == [(telling.NOT_GIVEN, {"yun"})]


def test_a_claim_from_before_it_went_on_is_refused_and_heard_of(told, hands):
    card = hands.taken()
    early = told.later(minutes=5)
    told.later(minutes=10)
    hands.done(card, "hand", to="min", signature=SIGNATURE)
    assert words(hands.say(card, "receive", "yun", made=early)) == handing.WENT_ON
    told.react()
    assert {"yun", "min"} == set().union(*(who for _, who in hands.heard(telling.CLASHED)))


def test_whoever_did_not_sign_says_so_and_it_stays_with_who_had_it(hands):
    card = hands.taken()
    hands.done(card, "hand", to="yun", signature=SIGNATURE)
    hands.done(card, "dispute", "yun", words="Not me")
    assert hands.holder(card) == "hao"
    assert hands.heard(telling.NOT_RECEIVED) == [(telling.NOT_RECEIVED, {"hao"})]
    assert words(hands.say(card, "dispute", "yun")) in (handing.NOTHING_TO_SAY, file.NO_THING)


def test_whoever_did_not_get_what_is_offered_says_so(hands):
    card = hands.taken()
    hands.done(card, "hand", to="yun")
    hands.done(card, "dispute", "yun")
    assert (hands.holder(card), hands.row(card).offered_to) == ("hao", None)
    assert hands.heard(telling.NOT_RECEIVED) == [(telling.NOT_RECEIVED, {"hao"})]


# Bringing it back


def test_a_card_goes_back_to_its_own_door_and_to_no_other(told, hands):
    card = hands.taken()
    wrong = hands.say(card, "return", door=told.door("walk_up", "402"))
    assert words(wrong) == handing.ANOTHER_DOOR
    for typed in ("402", "8-1-402", "nowhere"):
        assert words(hands.say(card, "return", typed=typed)) == handing.ANOTHER_DOOR
    assert words(hands.say(card, "return")) == handing.ANOTHER_DOOR
    hands.done(card, "return", typed="302", signature=SIGNATURE)
    row = hands.row(card)
    assert (row.holder_kind, row.holder) == ("household", str(told.world.sun_door))
    assert row.closed_at == row.since
    assert hands.heard(telling.RETURNED) == [(telling.RETURNED, {"sun"})]


def test_what_is_back_moves_no_more(hands, told):
    card = hands.taken()
    hands.done(card, "return", typed="302")
    assert words(hands.say(card, "hand", to="yun")) == file.IS_BACK
    assert words(hands.say(card, "receive", "yun")) == file.IS_BACK
    assert words(hands.say(card, "missing", "mei")) == file.IS_BACK


def test_a_household_that_did_not_get_it_back_says_so_and_it_is_open_again(hands):
    card = hands.taken()
    hands.done(card, "return", typed="302")
    hands.done(card, "dispute", "sun", words="Nobody came")
    assert (hands.holder(card), hands.row(card).closed_at) == ("hao", None)
    assert hands.heard(telling.DISPUTED) == [(telling.DISPUTED, {"mei"})]
    assert hands.heard(telling.NOT_RECEIVED) == [(telling.NOT_RECEIVED, {"hao"})]


def test_what_belongs_to_no_door_is_not_brought_back_to_one(hands):
    box = hands.taken("box", "mei", household=None, place="Pharmacy")
    assert words(hands.say(box, "return", "mei", typed="302")) == handing.NO_DOOR


def test_a_thing_waits_at_a_place_and_a_card_never_stays_there_for_good(told, hands):
    card = hands.taken()
    assert words(hands.say(card, "put", place="Pharmacy", final=True)) == handing.GOES_BACK
    assert words(hands.say(card, "put", place=" ")) == handing.SAY_WHERE
    hands.done(card, "put", place="Pharmacy")
    assert hands.row(card).holder == "Pharmacy"
    hands.done(card, "receive", "yun")
    assert hands.holder(card) == "yun"
    box = hands.taken("box")
    hands.done(box, "put", place="Pharmacy", final=True)
    assert hands.row(box).closed_at is not None


# What is wrong


def test_a_thing_that_is_missing_is_heard_of_at_once_and_found_again(hands):
    card = hands.taken()
    assert words(hands.say(card, "found")) == minding.NOT_MISSING
    hands.done(card, "missing", "sun", words="It was to be back at noon")
    assert hands.row(card).missing
    assert sorted(map(str, (who for _, who in hands.heard(telling.MISSING)))) == [
        "{'hao'}", "{'mei'}",
    ]  # fmt: skip
    hands.done(card, "missing", "hao")
    assert len(hands.heard(telling.MISSING)) == 2
    hands.done(card, "found", "hao")
    assert (hands.row(card).missing, hands.heard(telling.MISSING)) == (False, [])
    hands.done(card, "missing", "hao")
    hands.done(card, "receive", "yun")
    assert not hands.row(card).missing


def test_a_thing_that_is_late_is_told_of_once(told, hands):
    card = hands.taken(due_at=told.now + clock.HOUR)
    told.later(minutes=59)
    told.react()
    assert hands.heard(telling.OVERDUE) == []
    told.later(minutes=1)
    told.react()
    told.react()
    assert hands.heard(telling.OVERDUE) == [(telling.OVERDUE, {"hao"})]
    assert hands.heard(telling.LATE) == [(telling.LATE, {"mei"})]
    assert hands.events(card) == ["take", "remind"]
    due = hands.row(card).due_at
    hands.done(card, "remind", "mei", due=due)
    assert len(hands.heard(telling.LATE)) == 1
    assert words(hands.say(card, "remind", "mei", due=due + 1)) == minding.NOT_LATE
    assert words(hands.say(card, "remind", "hao", due=due)) == file.NO_THING


def test_a_thing_that_is_back_in_time_is_not_told_of(told, hands):
    hands.done(hands.taken(due_at=told.now + clock.HOUR), "return", typed="302")
    told.later(hours=2)
    told.react()
    assert hands.heard(telling.LATE) == []


# Who may know


def test_whoever_may_not_know_gets_the_words_of_a_thing_that_is_not_there(told, hands):
    card = hands.taken(only=[told.who("hao"), told.who("mei")])
    for actor in ("yun", "qian", "anna", "bo"):
        for what, more in (
            ("hand", {"to": "min"}), ("receive", {}), ("missing", {}), ("put", {"place": "Gate"}),
            ("return", {"typed": "302"}), ("dispute", {}), ("keep", {}), ("found", {}),
        ):  # fmt: skip
            answer = hands.say(card, what, actor, **more)
            assert words(answer) == words(hands.say(NO_THING, what, actor, **more)), (actor, what)
    assert told.rows(select(things.c.version))[0][0] == hands.row(card).version


def test_those_who_answer_there_ask_who_has_it_and_nobody_else_does(hands):
    card = hands.taken()
    hands.done(card, "check", "mei")
    assert hands.heard(telling.IS_IT_THERE) == [(telling.IS_IT_THERE, {"hao"})]
    assert words(hands.say(card, "check", "hao")) == file.NO_THING
    said = {"op": NO_THING, "by": hands.told.who("hao")}
    assert words(hands.say(card, "check", "sun", **said)) == file.NO_THING


def test_the_door_and_the_money_may_be_typed_as_people_write_them(hands):
    cash = hands.taken("cash", household=None, door="8-1-402", yuan="50.5")
    assert (hands.row(cash).amount, hands.row(cash).household_id) == (
        5050, hands.told.door("walk_up", "402"),
    )  # fmt: skip
    assert words(hands.take("cash", yuan="fifty")) == taking.SAY_HOW_MUCH
    assert words(hands.take(household=None, door="302")) == NO_SUCH_DOOR
    assert words(hands.take(household=None, door="8-1-999")) == NO_SUCH_DOOR


def test_a_thing_that_should_be_back_within_an_hour_is_late_after_one(told, hands):
    taken = told.later(minutes=1)
    assert hands.row(hands.taken(within=60)).due_at == taken + clock.HOUR
