"""Who may ask for, approve and use a pass, and what becomes of one that is used wrongly."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server import clock
from server.features.notices.tables import notices
from server.features.passes import file, gate, rules, telling, token
from server.features.passes.operations import asking, crossing, deciding, minding, posts, saying
from server.features.passes.tables import pass_keys, passes
from tests.support.told import words

NOBODYS = "00000000-0000-7000-8000-00000000dead"


def heard(told, title):
    """How many announcements of that title there are."""
    return sum(row.content["title"]["text"] == title for row in told.rows(select(notices)))


def keys(told):
    """The public halves that gates are given, by id, of keys that still sign."""
    return {row.id: bytes(row.public) for row in told.rows(select(pass_keys)) if not row.retired_at}


# Asking and approving


def test_a_household_asks_its_officer_approves_and_the_pass_is_signed(told, passing):
    pass_ = passing.asked()
    assert heard(told, telling.ASKED) == 1
    assert passing.row(pass_).token == ""
    passing.done(
        "pass.approve", "min", **{"pass": pass_}, conditions=["escort", "test"], escort="林浩"
    )
    row = passing.row(pass_)
    assert (row.state, row.decided_by, row.escort) == (rules.VALID, told.who("min"), "林浩")
    claims = token.read(row.token)
    assert claims.number == row.number
    assert claims.conditions == "test escort"
    assert token.genuine(row.token, keys(told))
    assert heard(told, telling.READY) == 1
    again = passing.say("pass.approve", "mei", **{"pass": pass_})
    assert again.outcome == "applied"
    assert heard(told, telling.READY) == 1


def test_nobody_passes_on_a_pass_that_was_declined_withdrawn_or_revoked(told, passing):
    declined, withdrawn, revoked = passing.asked(), passing.asked(), passing.made()
    passing.done("pass.decline", "min", **{"pass": declined}, why="今天没有车")
    passing.done("pass.withdraw", "sun", **{"pass": withdrawn})
    passing.done("pass.revoke", "mei", **{"pass": revoked}, why="转为居家")
    states = [passing.row(one).state for one in (declined, withdrawn, revoked)]
    assert states == [rules.DECLINED, rules.WITHDRAWN, rules.REVOKED]
    for one in (declined, withdrawn):
        answer = passing.say("pass.approve", "min", **{"pass": one})
        assert words(answer) == file.STANDS[passing.row(one).state]
    assert (
        words(passing.say("pass.decline", "min", **{"pass": passing.asked()}, why=" "))
        == deciding.SAY_WHY
    )


@pytest.mark.parametrize("who", ["hao", "qian", "bo", "anna"])
def test_nobody_else_learns_that_there_is_a_pass(told, passing, who):
    pass_ = passing.asked()
    for what, more in (("approve", {}), ("withdraw", {}), ("revoke", {"why": "x"})):
        for one in (pass_, NOBODYS):
            answer = passing.say(f"pass.{what}", who, **{"pass": one}, **more)
            assert (answer.outcome, words(answer)) == ("refused", file.NO_PASS)
    assert passing.ask(who, household=told.world.sun_door, name="孙").outcome == "refused"


def test_a_household_approves_nothing_for_itself(passing):
    pass_ = passing.asked()
    assert words(passing.say("pass.approve", "sun", **{"pass": pass_})) == file.NOT_YOURS


def test_errands_are_limited_and_what_somebody_must_do_is_not(told, passing):
    passing.asked(reason="errand")
    assert words(passing.ask(reason="errand")) == asking.HAD_THEM
    passing.asked()
    told.later(days=2, minutes=1)
    passing.asked(reason="errand")
    limit = {"days": 1, "hours": 2, "test_hours": 24}
    passing.done("pass.limit", "mei", passes=0, **limit)
    told.later(days=3)
    assert words(passing.ask(reason="errand")) == asking.NONE_AT_ALL
    assert words(passing.say("pass.limit", "min", passes=1, **limit)) == minding.NOT_YOURS_TO_SET


def test_within_the_limit_a_pass_may_be_there_at_once(told, passing):
    limit = {"passes": 1, "days": 1, "hours": 3, "test_hours": 48, "alone": True}
    passing.done("pass.limit", "mei", **limit)
    row = passing.row(passing.asked(reason="errand"))
    assert (row.state, row.until - row.since) == (rules.VALID, 3 * clock.HOUR)
    assert token.genuine(row.token, keys(told))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"reason": "holiday"}, saying.CHOOSE),
        ({"kind": "horse"}, saying.CHOOSE),
        ({"resident": None}, asking.SAY_WHO),
        ({"resident": 99_999}, asking.NOT_THERE),
        ({"since": "tomorrow"}, saying.NO_TIME),
        ({"until": "2022-04-20T08:00"}, saying.IS_OVER),
        ({"until": "2022-04-29T08:00"}, saying.TOO_LONG),
        ({"since": "2022-06-01T08:00", "until": "2022-06-01T09:00"}, saying.TOO_FAR),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(passing, said, why):
    assert words(passing.ask(**said)) == why


def test_an_escort_has_a_name(passing):
    said = {"reason": "service", "name": "锁匠", "way": "in", "conditions": ["escort"]}
    assert words(passing.say("pass.make", "mei", **said)) == deciding.SAY_ESCORT
    assert words(passing.say("pass.make", "min", **said, escort="王敏")) == file.NOT_YOURS
    passing.done("pass.make", "mei", **said, escort="王敏")


def test_whoever_leads_hears_of_a_pass_that_nobody_decides_once(told, passing):
    passing.asked()
    told.later(minutes=16)
    told.react()
    told.react()
    assert heard(told, telling.NOBODY_DECIDED) == 1


# Keys


def test_a_new_key_signs_what_holds_anew_and_the_old_picture_is_worth_nothing(told, passing):
    pass_ = passing.made()
    old = passing.row(pass_).token
    passing.done("pass.renew_key", "mei")
    new = passing.row(pass_).token
    assert old != new
    assert not token.genuine(old, keys(told))
    assert token.genuine(new, keys(told))
    assert words(passing.say("pass.renew_key", "min")) == minding.NOT_YOURS_TO_SET


# At the gate


def test_out_and_back_is_written_down_with_what_was_looked_at(told, passing):
    east, pass_ = passing.gate(), passing.made(conditions=["test"])
    passing.cross(east, pass_, checked=["test", "suit"])
    assert passing.row(pass_).away
    told.later(hours=1)
    passing.cross(east, pass_, "in")
    row = passing.row(pass_)
    assert (row.away, row.used, row.last_gate) == (False, True, east)
    assert [one.checked for one in passing.crossings()] == [["test", "suit"], []]


def test_a_pass_used_at_two_gates_without_a_signal_is_told_to_both_and_who_leads_once(
    told, passing
):
    east, west, pass_ = passing.gate(), passing.gate("西门"), passing.made()
    told.later(minutes=30)
    made = told.now
    passing.cross(west, pass_, actor="mei", made=made)
    told.later(minutes=20)
    passing.cross(east, pass_, made=made - 10 * clock.MINUTE)
    told.react()
    told.react()
    assert passing.row(pass_).clashed
    assert heard(told, telling.WRONG) == 2  # the gates, and who leads


def test_a_pass_that_was_revoked_before_it_was_let_through_is_told(told, passing):
    east, pass_ = passing.gate(), passing.made()
    passing.done("pass.revoke", "mei", **{"pass": pass_}, why="转为居家")
    told.later(minutes=1)
    passing.cross(east, pass_)
    told.react()
    assert passing.row(pass_).clashed


def test_who_was_turned_away_is_written_down_and_uses_nothing(told, passing):
    east, pass_ = passing.gate(), passing.made()
    passing.cross(east, pass_, let=False, found="expired")
    row = passing.row(pass_)
    assert (row.away, row.used, len(passing.crossings())) == (False, False, 1)
    answer = passing.say(
        "pass.cross", "qian", gate=east, number="", way="out", found="forged", let=False
    )
    assert answer.outcome == "applied"


def test_nobody_is_let_through_on_a_number_that_nobody_has(told, passing):
    east = passing.gate()
    said = {"gate": east, "way": "out"}
    assert words(passing.say("pass.cross", "qian", number="12345678", **said)) == crossing.NO_NUMBER
    assert (
        words(passing.say("pass.cross", "qian", number="0000 0000", **said)) == crossing.NOT_KNOWN
    )


@pytest.mark.parametrize("who", ["hao", "min", "sun", "bo", "anna"])
def test_nobody_but_a_guard_says_who_went_through(passing, who):
    east, pass_ = passing.gate(), passing.made()
    assert words(passing.cross(east, pass_, actor=who)) == gate.NO_GATE
    assert passing.crossings() == []


def test_whoever_is_not_back_in_time_is_asked_after_once(told, passing):
    east, pass_ = passing.gate(), passing.made()
    passing.cross(east, pass_)
    told.later(hours=4, minutes=16)
    told.react()
    told.react()
    assert (heard(told, telling.NOT_BACK), heard(told, telling.SOMEBODY_OUT)) == (1, 1)
    passing.cross(east, pass_, "in")
    assert not passing.row(pass_).away


def test_whoever_came_back_is_not_asked_after(told, passing):
    east, pass_ = passing.gate(), passing.made()
    passing.cross(east, pass_)
    told.later(hours=1)
    passing.cross(east, pass_, "in")
    told.later(hours=4)
    told.react()
    assert heard(told, telling.SOMEBODY_OUT) == 0


# Gates


def test_a_guard_takes_over_leaves_word_and_opens_a_locked_gate_in_need(told, passing):
    north = passing.gate("北门", kind="locked", phone="13800138000", opens="06:00", closes="22:00")
    passing.done("gate.take", "qian", gate=north)
    passing.done("gate.note", "qian", gate=north, words="钥匙在岗亭")
    passing.done("gate.open", "qian", gate=north, why="救护车")
    row = passing.at(north)
    assert (row.guard, row.opened_why) == (told.who("qian"), "救护车")
    assert heard(told, posts.IS_OPEN) == 1
    passing.done("gate.shut", "qian", gate=north)
    assert passing.at(north).opened_at is None


def test_gates_are_set_by_who_leads_and_with_both_hours_or_none(passing):
    assert words(passing.say("gate.set", "qian", name="南门")) == minding.NOT_YOURS_TO_SET
    assert words(passing.say("gate.set", "mei", name=" ")) == posts.SAY_NAME
    assert words(passing.say("gate.set", "mei", name="南门", opens="06:00")) == posts.BOTH_HOURS
    assert (
        passing.say("gate.set", "mei", name="南门", opens="25:00", closes="6").outcome == "refused"
    )
    south = passing.gate("南门")
    passing.done("gate.set", "mei", gate=south, name="南大门", removed=True)
    assert passing.at(south).removed_at


def test_a_number_that_somebody_has_is_given_to_nobody_else(told, passing, monkeypatch):
    first = passing.made()
    taken = passing.row(first).number
    free = iter([taken, taken, "00000000"])
    monkeypatch.setattr("server.features.passes.numbers.new", lambda: next(free))
    assert passing.row(passing.made()).number == "00000000"
    told.execute(update(passes).values(number=passes.c.number))


# For emergencies


def test_an_ambulance_has_its_pass_before_it_arrives_once(told, passing):
    asked = told.ask("sun", "request.ask", {"kind": "emergency", "quick": "fall"})
    told.react()
    told.react()
    [row] = told.rows(select(passes).where(passes.c.about == f"/requests/{asked.id}"))
    assert (row.state, row.kind, row.way, row.uses) == (rules.VALID, rules.VEHICLE, rules.IN, 0)
    assert token.genuine(row.token, keys(told))
    east = passing.gate()
    assert passing.cross(east, row.id, "in").outcome == "applied"
    assert passing.cross(east, row.id, "out").outcome == "applied"
    assert not passing.row(row.id).clashed
