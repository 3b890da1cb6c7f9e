"""Announcements: whom they mean, what is known of each of them, and what may be asked of them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from server import clock
from server.features.notices import audience, operations, reads, rules
from server.features.people.tables import accounts, roles
from server.ids import uuid7
from tests.support.told import words


def test_a_stairwell_means_every_home_that_is_lived_in(told, announcing):
    lines = announcing.lines(announcing.sent())
    assert announcing.home("302") in lines
    assert announcing.home("602") not in lines  # vacant
    assert announcing.home("S1") not in lines  # a shop
    assert all(line.household_id for line in lines.values())
    assert all(line.queued_at for line in lines.values())


def test_a_floor_range_means_those_floors_only(told, announcing):
    notice = announcing.sent(low=3, high=4)
    assert {line.level for line in announcing.lines(notice).values()} == {3, 4}


def test_a_household_without_an_account_is_in_the_ledger_too(told, announcing):
    door = told.door("walk_up", "302")
    told.execute(update(accounts).where(accounts.c.household_id == door).values(revoked_at=1))
    assert announcing.line(announcing.sent(), "302").account_id is None


def test_a_duty_means_who_has_it_and_never_the_sender(told, announcing):
    notice = announcing.sent(places=(), roles=["steward", "volunteer", "gate"])
    assert set(announcing.lines(notice)) == {told.who(name) for name in ("hao", "yun", "qian")}


def test_who_is_meant_twice_is_told_once(told, announcing):
    door = told.door("walk_up", "302")
    notice = announcing.sent(places=("walk_up", "walk_up"), households=[door])
    lines = announcing.lines(notice)
    assert len(lines) == len(set(lines))
    assert announcing.home("302") in lines


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"places": ()}, audience.NOBODY_MEANT),
        ({"places": (), "stairwells": [9999]}, audience.NO_SUCH_PLACE),
        ({"places": (), "households": [-7]}, audience.NOBODY_MEANT),
        ({"places": (), "roles": ["king"]}, audience.NO_SUCH_DUTY),
        ({"places": (), "roles": ["steward"]}, audience.NOBODY_MEANT),
        ({"stages": ["medical"]}, audience.NOBODY_ON_DUTY),
        ({"low": 40}, audience.NO_SUCH_FLOOR),
        ({"title": {}}, operations.NO_TITLE),
        ({"title": {"zh-Hans": "  "}}, operations.NO_TITLE),
        ({"title": {"tlh": "x"}}, operations.NO_SUCH_LANGUAGE),
        ({"title": {"en": "x" * 61}}, operations.LONG_TITLE),
        ({"body": {"en": "x" * 1001}}, operations.LONG_BODY),
        ({"urgency": "panic"}, operations.NO_SUCH_WAY),
        ({"asks": "money"}, operations.NO_SUCH_WAY),
        ({"opens": "https://elsewhere.example"}, operations.NO_SUCH_PAGE),
        ({"opens": "//elsewhere.example"}, operations.NO_SUCH_PAGE),
        ({"until": "tomorrow"}, operations.NO_MOMENT),
        ({"until": "2001-01-01T08:00"}, operations.WRONG_UNTIL),
        ({"until": "2100-01-01T08:00"}, operations.WRONG_UNTIL),
    ],
)  # fmt: skip
def test_what_cannot_be_announced_is_refused_with_its_reason(announcing, data, said):
    answer = announcing.send(**data)
    assert (answer.outcome, words(answer)) == ("refused", said)


@pytest.mark.parametrize("actor", ["hao", "qian", "sun", "anna"])
def test_only_stewards_and_officers_announce(told, announcing, actor):
    where = {"community": told.world.community} if actor == "anna" else {}
    data = {"title": {"en": "x"}, "stairwells": [told.world.walk_up]}
    assert told.ask(actor, "notice.send", data, **where).outcome == "refused"


def test_an_officer_speaks_to_their_own_stairwell_only(announcing):
    assert announcing.send("min").outcome == "applied"
    assert words(announcing.send("min", places=("tower",))) == operations.NOT_YOURS
    assert words(announcing.send("min", places=(), roles=["gate"])) == operations.NOT_YOURS
    assert words(announcing.send("min", stages=["gate"])) == operations.NOT_YOURS


@pytest.mark.parametrize(("who", "may"), [("hao", True), ("qian", True), ("yun", False)])
def test_a_steward_of_a_part_speaks_to_those_who_work_there(told, announcing, who, may):
    here = {"scope": "stairwell", "scope_id": told.world.neighbour}
    told.execute(update(roles).where(roles.c.account_id == told.world.mei).values(**here))
    answer = announcing.send(places=(), accounts=[told.who(who)])
    assert words(answer) == (None if may else operations.NOT_YOURS)


def test_a_phone_shows_it_and_somebody_opens_it(told, announcing):
    notice = announcing.sent()
    shown = told.later(minutes=1)
    announcing.ask("sun", "seen", notice, how="shown")
    opened = told.later(minutes=1)
    announcing.ask("sun", "seen", notice, how="opened")
    told.later(minutes=5)
    announcing.ask("sun", "seen", notice, how="shown")
    line = announcing.line(notice, "302")
    assert (line.shown_at, line.opened_at, line.answered_at) == (shown, opened, None)
    assert rules.step(line) == "opened"


def test_the_answer_made_later_stands_whichever_arrives_first(told, announcing):
    notice = announcing.sent(asks="coming", urgency="urgent")
    told.later(minutes=10)
    earlier, later = told.now - 5 * clock.MINUTE, told.now - clock.MINUTE
    announcing.ask("sun", "answer", notice, answer="cannot", made=later)
    announcing.ask("sun", "answer", notice, answer="coming", made=earlier)
    line = announcing.line(notice, "302")
    assert (line.answer, line.answered_at) == ("cannot", later)


def test_an_answer_that_was_not_asked_for_is_refused(announcing):
    notice = announcing.sent()
    answer = announcing.ask("sun", "answer", notice, answer="coming")
    assert words(answer) == operations.NO_SUCH_WAY


def test_whom_it_was_not_meant_for_cannot_acknowledge_it(announcing):
    notice = announcing.sent(places=("neighbour",))
    for kind in ("seen", "answer"):
        assert announcing.ask("sun", kind, notice).outcome == "refused"
    assert announcing.ask("sun", "answer", uuid7()).outcome == "refused"


def test_a_steward_answers_for_a_household_and_the_history_says_so(told, announcing):
    notice = announcing.sent(asks="coming")
    door = told.door("walk_up", "302")
    answer = announcing.ask("mei", "answer", notice, answer="coming", household=door)
    line = announcing.line(notice, "302")
    assert (line.answer, line.told_by) == ("coming", told.who("mei"))
    assert told.operation(answer.id).actor == told.who("mei")


def test_a_neighbour_cannot_answer_for_another_household(told, announcing):
    notice = announcing.sent(asks="coming")
    door = told.door("walk_up", "401")
    answer = announcing.ask("sun", "answer", notice, answer="coming", household=door)
    assert words(answer) == operations.NOT_YOURS


def test_a_telephone_call_has_an_outcome_and_is_counted(told, announcing):
    notice = announcing.sent()
    recipient = announcing.home("302")
    announcing.ask("hao", "tell", notice, recipient=recipient, outcome="no_answer")
    announcing.ask("hao", "tell", notice, recipient=recipient, outcome="call_back")
    assert (announcing.line(notice, "302").outcome, announcing.line(notice, "302").tried) == (
        "call_back", 2,
    )  # fmt: skip
    announcing.ask("hao", "tell", notice, recipient=recipient, outcome="told")
    line = announcing.line(notice, "302")
    assert (line.outcome, line.told_by) == ("told", told.who("hao"))
    assert rules.reached(line)
    announcing.ask("hao", "tell", notice, recipient=recipient, outcome="no_answer")
    assert not rules.reached(announcing.line(notice, "302"))


def test_telling_is_for_those_whose_stairwell_it_is(announcing):
    notice = announcing.sent(places=("neighbour",))
    recipient = announcing.home("302", "neighbour")
    for actor in ("yun", "qian", "sun"):
        assert announcing.ask(actor, "tell", notice, recipient=recipient).outcome == "refused"


def test_ringing_again_rings_for_those_who_have_not_answered(announcing):
    notice = announcing.sent()
    assert announcing.ask("mei", "recall", notice).outcome == "applied"
    assert announcing.row(notice).rang == 2


def test_ringing_again_for_nobody_is_refused(told, announcing):
    notice = announcing.sent(places=(), households=[told.door("walk_up", "302")])
    announcing.ask("sun", "answer", notice)
    assert words(announcing.ask("mei", "recall", notice)) == operations.ALL_ANSWERED
    assert announcing.row(notice).rang == 1


def test_what_is_over_does_not_ring_again(told, announcing):
    notice, other = announcing.sent(), announcing.sent()
    announcing.ask("mei", "withdraw", notice)
    assert words(announcing.ask("mei", "recall", notice)) == operations.OVER
    assert words(announcing.ask("mei", "withdraw", notice)) == operations.OVER
    told.later(hours=5)
    assert words(announcing.ask("mei", "recall", other)) == operations.OVER


def test_an_officer_rings_again_only_for_their_own(announcing):
    notice = announcing.sent()
    assert announcing.ask("min", "recall", notice).outcome == "refused"
    own = announcing.sent("min")
    assert announcing.ask("min", "recall", own).outcome == "applied"


# Cascades


def test_a_level_is_told_when_the_one_before_has_acknowledged(told, announcing):
    notice = announcing.sent(stages=["gate", "volunteer"], stage_minutes=10)
    first = announcing.lines(notice)
    assert {key for key, line in first.items() if line.queued_at} == {told.who("qian")}
    announcing.ask("qian", "answer", notice)
    second = announcing.lines(notice)
    assert {key for key, line in second.items() if line.queued_at and line.stage == 1} == {
        told.who("hao"), told.who("yun"),
    }  # fmt: skip
    announcing.ask("hao", "answer", notice)
    assert announcing.line(notice, "302").queued_at is None
    announcing.ask("mei", "tell", notice, recipient=told.who("yun"))
    assert announcing.line(notice, "302").queued_at is not None


def test_a_level_that_does_not_answer_is_named_to_the_sender_once(told, announcing):
    notice = announcing.sent(stages=["gate"], stage_minutes=10)
    told.later(minutes=11)
    told.react()
    told.later(minutes=11)
    told.react()
    inbox = told.read(reads.inbox, told.person("mei"), "en")
    [line] = inbox.lines
    assert (line.title, line.opens) == ("Not acknowledged: No water", f"/notices/{notice}")
    assert line.body == "1 have not acknowledged: 老钱. The next level has not been told."
    assert announcing.line(notice, "302").queued_at is None


def test_a_level_that_answered_in_time_is_not_named(told, announcing):
    notice = announcing.sent(stages=["gate"], stage_minutes=10)
    announcing.ask("qian", "answer", notice)
    told.later(minutes=11)
    told.react()
    assert not told.read(reads.inbox, told.person("mei"), "en").lines


def test_the_sender_may_go_on_without_a_level_and_only_once(announcing):
    notice = announcing.sent(stages=["gate"], stage_minutes=10)
    assert announcing.ask("mei", "go_on", notice, stage=0).outcome == "applied"
    assert announcing.line(notice, "302").queued_at is not None
    assert words(announcing.ask("mei", "go_on", notice, stage=0)) == operations.GONE_ON


# Knocking closes the loop


def test_doors_not_reached_become_a_knocking_round_that_closes_the_loop(told, announcing):
    notice = announcing.sent()
    announcing.ask("sun", "answer", notice)
    answer = told.ask("mei", "round.knock", {"notice": notice})
    assert (answer.outcome, answer.subject) == ("applied", f"/rounds/{answer.id}/assign")
    assert told.standing(answer.id, "401").due == 1
    told.assign(answer.id, "hao", "walk_up")
    marked = told.mark("hao", answer.id, "401", "spoken")
    assert told.mark("hao", answer.id, "402", "nobody").outcome == "applied"
    told.react()
    assert announcing.line(notice, "401").told_by == told.who("hao")
    assert rules.reached(announcing.line(notice, "401"))
    assert not rules.reached(announcing.line(notice, "402"))
    told.undo("hao", answer.id, "401", marked.id)
    told.react()
    assert not rules.reached(announcing.line(notice, "401"))


def test_where_everybody_was_reached_there_is_no_door_to_knock_at(told, announcing):
    notice = announcing.sent(places=(), households=[told.door("walk_up", "302")])
    announcing.ask("sun", "seen", notice)
    answer = told.ask("mei", "round.knock", {"notice": notice})
    assert answer.outcome == "refused"
    assert told.ask("mei", "round.knock", {"notice": uuid7()}).outcome == "refused"


def test_a_volunteer_cannot_make_a_knocking_round(told, announcing):
    assert told.ask("hao", "round.knock", {"notice": announcing.sent()}).outcome == "refused"
