"""What is said of the steps of an emergency, by whom, and who is told."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select, update

from server import clock
from server.features.notices.tables import notices
from server.features.requests import calling, emergency, telling
from server.features.requests.emergency import TAKEN, VEHICLE
from server.features.requests.file import NO_REQUEST, OVER
from server.features.requests.kinds import KINDS
from server.features.requests.operations import emergency as saying
from server.features.requests.tables import REQUEST_EVENTS
from server.oplog.tables import reactions
from tests.features.requests.conftest import DOCTOR, LOCKSMITH
from tests.support.told import words


class Emergency:
    """One emergency, and short ways to take its steps."""

    def __init__(self, helping):
        self.helping, self.told = helping, helping.told
        self.id = helping.asked("emergency", quick="labour", words="SECRET")
        self.began = self.told.now

    def say(self, what, actor, step="", **more):
        """Say something of a step."""
        ways = {name: more.pop(name) for name in ("made", "server_seen") if name in more}
        data = {"request": self.id, **({"step": step} if step else {}), **more}
        return self.told.ask(actor, f"emergency.{what}", data, **ways)

    def done(self, what, actor, step="", **more):
        """Say something that is applied."""
        answer = self.say(what, actor, step, **more)
        assert answer.outcome == "applied", answer
        return answer

    def state(self):
        """How its steps stand."""
        return emergency.fold(self.told.read(REQUEST_EVENTS.of, self.told.world.community, self.id))

    def does(self, step):
        """Who does a step, by name."""
        return self.told.world.names.get(self.state().steps[step].who, "")


@pytest.fixture
def fallen(helping):
    """Labour has begun at Grandma Sun's."""
    return Emergency(helping)


def test_everybody_on_duty_near_is_rung_once_and_the_gate_is_told(told, helping, fallen):
    heard = helping.heard()
    assert (telling.URGENTLY, "urgent", {"doctor", "nurse", "min"}) in heard
    assert (calling.HERE, "urgent", {"hao", "yun", "locksmith", "mei"}) in heard
    assert (calling.OPEN_THE_GATE, "urgent", {"qian"}) in heard
    opens = {row.opens for row in told.rows(select(notices))}
    assert opens == {f"/requests/{fallen.id}", f"/requests/{fallen.id}/steps"}


def test_no_announcement_says_what_has_happened_or_where_exactly(told, fallen):
    told.later(minutes=20)
    told.react()
    for row in told.rows(select(notices)):
        text = msgspec.json.encode(row.content).decode()
        assert "SECRET" not in text
        assert '"302"' not in text
        assert KINDS["emergency"].label not in text
        assert KINDS["emergency"].quick["labour"] not in text


def test_no_other_request_has_steps(told, helping):
    request = helping.asked("doctor")
    answer = told.ask("mei", "emergency.do", {"request": request, "step": "lift"})
    assert words(answer) == NO_REQUEST
    told.later(minutes=4)
    told.react()
    assert "call" not in helping.events(request)


@pytest.mark.parametrize("who", ["mei", "hao", "min", "qian", DOCTOR, LOCKSMITH])
def test_whoever_is_on_duty_there_takes_a_step(fallen, who):
    fallen.done("do", who, "gate")
    fallen.done("done", who, "gate")
    assert fallen.state().steps["gate"].done


def test_nobody_else_does_and_the_words_are_those_for_none(told, fallen):
    none = {"request": "00000000-0000-7000-8000-00000000dead", "step": "gate"}
    for what in ("do", "done", "drop", "call"):
        said = fallen.say(what, "sun", "" if what == "call" else "gate")
        assert words(said) == words(told.ask("sun", f"emergency.{what}", none)) == NO_REQUEST
    assert fallen.say("do", "bo", "gate").outcome == "refused"
    assert fallen.state().steps["gate"].free


def test_two_phones_without_a_signal_take_one_step_the_earlier_has_it(told, helping, fallen):
    told.later(minutes=2)
    fallen.done("do", "hao", "lift")
    early = fallen.began + clock.MINUTE
    fallen.done("do", "yun", "lift", made=early, server_seen=fallen.began)
    assert fallen.does("lift") == told.world.names[told.world.yun]
    assert fallen.state().steps["lift"].since == early
    [(_, urgency, who)] = helping.heard(calling.WAS_FIRST)
    assert (urgency, who) == ("urgent", {"hao"})


def test_who_comes_second_is_not_refused_and_nobody_is_rung(told, helping, fallen):
    fallen.done("do", "hao", "lift")
    before = len(helping.heard())
    fallen.done("do", "yun", "lift")
    fallen.done("do", "hao", "lift")
    assert fallen.does("lift") == told.world.names[told.world.hao]
    assert len(helping.heard()) == before


def test_a_step_is_given_back_by_who_has_it_or_by_who_leads(told, fallen):
    assert words(fallen.say("drop", "hao", "meet")) == saying.NOT_TAKEN
    fallen.done("do", "hao", "meet")
    assert words(fallen.say("drop", "yun", "meet")) == saying.IS_THEIRS
    fallen.done("drop", "hao", "meet")
    assert fallen.state().steps["meet"].free
    fallen.done("do", "yun", "meet")
    fallen.done("drop", "mei", "meet")
    assert fallen.state().steps["meet"].free


def test_what_is_no_step_is_not_taken(fallen):
    assert words(fallen.say("do", "hao", "dance")) == saying.NO_SUCH_STEP
    assert words(fallen.say("do", "hao", VEHICLE)) == saying.NO_SUCH_STEP


def test_the_vehicle_is_there_after_some_minutes(told, fallen):
    told.later(minutes=12)
    fallen.done("done", "qian", VEHICLE)
    arrived = fallen.state().arrived
    assert arrived is not None
    assert 12 <= (arrived - fallen.state().began) / clock.MINUTE < 13
    fallen.done("drop", "qian", VEHICLE)
    assert fallen.state().arrived is None


def test_what_nobody_takes_calls_who_leads_and_then_everybody_once_each(told, helping, fallen):
    fallen.done("do", "hao", "lift")
    told.later(minutes=4)
    told.react()
    [(_, urgency, who)] = helping.heard(calling.NOBODY_DOES)
    assert (urgency, who) == ("urgent", {"mei"})
    again = reactions.c.done_at.is_not(None)
    told.execute(update(reactions).where(again).values(done_at=None))  # killed before it said so
    told.react()
    assert helping.events(fallen.id).count("call") == 1
    told.later(minutes=3)
    told.react()
    everybody = helping.heard(calling.NOBODY_DOES)[-1][2]
    assert everybody >= {"mei", "hao", "yun", "min", "doctor", "locksmith"}
    told.later(hours=2)
    told.react()
    assert helping.events(fallen.id).count("call") == 2
    assert [fallen.state().steps[key].calls for key in ("lift", "gate")] == [0, 2]


def test_a_step_given_back_late_is_carried_on_by_itself(told, helping, fallen):
    for key in TAKEN:
        fallen.done("do", "hao", key)
    told.later(minutes=10)
    told.react()
    assert "call" not in helping.events(fallen.id)
    fallen.done("drop", "hao", "child")
    told.later(minutes=4)
    told.react()
    assert helping.events(fallen.id).count("call") == 1
    assert fallen.state().steps["child"].calls == 1


def test_others_are_called_by_hand_and_a_second_tap_rings_nobody(told, helping, fallen):
    fallen.done("call", "hao")
    fallen.done("call", "yun")
    assert len(helping.heard(calling.NOBODY_DOES)) == 1
    for key in TAKEN:
        fallen.done("do", "hao", key)
    assert words(fallen.say("call", "hao")) == saying.ALL_TAKEN


@pytest.mark.parametrize("how", ["withdraw", "done", "join"])
def test_once_it_is_over_nothing_is_taken_and_nobody_is_rung_any_more(told, helping, fallen, how):
    if how == "withdraw":
        helping.done(fallen.id, "withdraw", "sun")
    elif how == "done":
        helping.done(fallen.id, "take", DOCTOR)
        helping.done(fallen.id, "step", DOCTOR, step="done")
    else:
        other = helping.asked("emergency", "mei", door="8-1-302")
        helping.done(fallen.id, "join", "mei", to=other)
    assert words(fallen.say("do", "hao", "lift")) == OVER
    still = told.rows(
        select(notices.c.id).where(
            notices.c.opens == f"/requests/{fallen.id}/steps", notices.c.withdrawn_at.is_(None)
        )
    )
    assert still == []
    told.later(minutes=10)
    told.react()
    assert "call" not in helping.events(fallen.id)


def test_what_was_taken_before_it_was_over_and_comes_in_late_counts(told, helping, fallen):
    made = fallen.began + clock.MINUTE
    told.later(minutes=5)
    helping.done(fallen.id, "withdraw", "sun")
    fallen.done("do", "hao", "lift", made=made, server_seen=fallen.began)
    assert fallen.state().steps["lift"].since == made


def test_taking_it_and_being_under_way_does_not_end_the_call(told, helping, fallen):
    helping.done(fallen.id, "take", DOCTOR)
    helping.done(fallen.id, "step", DOCTOR, step="under_way")
    assert helping.heard(calling.HERE)


def test_opened_again_everybody_is_called_and_the_clock_begins_anew(told, helping, fallen):
    fallen.done("do", "hao", "lift")
    helping.done(fallen.id, "withdraw", "sun")
    told.later(minutes=30)
    helping.done(fallen.id, "reopen", "sun")
    assert helping.heard(calling.HERE)
    assert fallen.state().steps["lift"].free
    assert fallen.state().began >= fallen.began + 30 * clock.MINUTE
