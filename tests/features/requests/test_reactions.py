"""Clocks that run out carry a request further: once, whatever happens to the server meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server import clock
from server.features.people.tables import accounts
from server.features.requests import rules, telling
from server.oplog.tables import reactions
from tests.features.requests.conftest import DOCTOR


def test_not_taken_it_goes_to_the_next_then_to_the_lead_then_to_everybody(told, helping):
    request = helping.asked("food")
    heard = [helping.heard()[-1][2]]
    for _ in range(3):
        told.later(hours=1)
        told.react()
        heard.append(helping.heard()[-1][2])
    assert heard[:3] == [{"hao"}, {"yun"}, {"mei"}]
    assert heard[3] >= {"mei", "hao", "yun", "min", "doctor", "locksmith"}
    assert helping.row(request).level == rules.EVERYBODY
    assert helping.events(request) == ["ask"] + ["escalate"] * 3


def test_a_clock_that_ran_out_is_heard_once_however_often_it_is_looked_at(told, helping):
    request = helping.asked("doctor")
    told.later(minutes=4)
    told.react()
    again = reactions.c.done_at.is_not(None)
    told.execute(update(reactions).where(again).values(done_at=None))  # killed before it said so
    told.react()
    told.react()
    assert helping.events(request) == ["ask", "escalate"]


def test_a_clock_that_somebody_stopped_says_nothing(told, helping):
    request = helping.asked("doctor")
    helping.done(request, "take", DOCTOR)
    told.later(minutes=4)
    told.react()
    assert helping.events(request) == ["ask", "take"]


def test_who_took_it_without_a_signal_is_not_asked_after_all(told, helping):
    request = helping.asked("food")
    start = told.now
    told.later(hours=1)
    told.react()
    helping.done(request, "take", "hao", made=start + clock.MINUTE, server_seen=start)
    told.react()
    state = helping.state(request)
    assert (state.state, state.owner) == (rules.TAKEN, told.world.hao)


def test_whoever_has_it_is_asked_first_and_then_the_lead_hears_too(told, helping):
    request = helping.asked("baby")
    helping.done(request, "take", "hao")
    told.later(minutes=46)
    told.react()
    assert helping.heard(telling.HOW_IS_IT) == [(telling.HOW_IS_IT, "normal", {"hao"})]
    assert helping.heard(telling.STANDS_STILL) == []
    told.later(minutes=46)
    told.react()
    assert helping.heard(telling.STANDS_STILL) == [(telling.STANDS_STILL, "normal", {"mei"})]
    helping.done(request, "step", "hao", step="under_way")
    assert helping.row(request).level == 0


def test_nobody_near_is_no_reason_to_wait(told, helping):
    """In the tower no volunteer is left: the lead is asked at once."""
    told.execute(
        update(accounts).where(accounts.c.id.in_([told.world.hao, told.world.yun]))
        .values(revoked_at=told.now)
    )  # fmt: skip
    helping.asked("delivery", household=told.door("tower", "1101"))
    assert helping.heard() == [(telling.NEEDED, "normal", {"mei"})]


def test_it_goes_on_though_the_steward_has_left(told, helping):
    request = helping.asked("food")
    told.execute(
        update(accounts).where(accounts.c.id == told.world.mei).values(revoked_at=told.now)
    )
    told.later(hours=1)
    told.react()
    assert helping.events(request) == ["ask", "escalate"]


def test_a_pressing_request_that_arrives_late_is_carried_further_at_once(told, helping):
    start = told.now
    told.later(minutes=30)
    request = helping.asked("doctor", made=start + clock.MINUTE, server_seen=start)
    told.react()
    assert helping.events(request) == ["ask", "escalate"]


@pytest.mark.parametrize("times", [1, 2])
def test_clocks_wait_in_the_database_and_not_in_a_process(told, helping, times):
    request = helping.asked("food")
    for _ in range(times):
        helping.done(request, "add", "sun", words="还没来")
    rows = told.rows(select(reactions).where(reactions.c.name == "requests.clock"))
    assert [row.subject for row in rows] == [f"{request} {helping.row(request).due_at}"]
