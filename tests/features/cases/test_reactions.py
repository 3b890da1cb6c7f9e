"""A positive report opens a case, one taken back is said, clocks that run out are heard."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server import clock
from server.features.cases import reads, rules
from server.features.cases.operations import following
from server.features.notices.tables import notices, reach
from server.features.people.tables import accounts, residents, roles
from server.features.rounds.tables import rounds
from tests.features.cases.conftest import employ


def test_a_positive_report_opens_one_case_however_often_it_is_looked_at(told, caring):
    antigen = caring.positive("401")
    [row] = caring.cases()
    assert row.resident_id == caring.who("401")
    assert row.tested_at is not None
    caring.reporting.report("mei", antigen, "402", "negative")
    told.react()
    assert len(caring.cases()) == 1
    assert [event.what for event in caring.events(row.id)] == ["open"]


def test_reports_that_alarm_in_other_rounds_open_none(told, caring):
    isolation = caring.reporting.opened(kind="isolation")
    caring.reporting.report("hao", isolation, "401", "feels_ill")
    caring.positive("402", "negative")
    assert caring.cases() == []


def test_a_second_positive_joins_and_a_third_round_too(told, caring):
    caring.positive("401")
    told.later(hours=3)
    caring.positive("401")
    [row] = caring.cases()
    assert len(caring.state(row.id).positives) == 2


@pytest.mark.parametrize("how", ["taken back", "settled"])
def test_a_positive_that_no_longer_stands_asks_and_never_closes_by_itself(told, caring, how):
    antigen = caring.reporting.opened()
    report = caring.reporting.report("hao", antigen, "401", "positive")
    told.react()
    if how == "taken back":
        caring.reporting.take_back("hao", antigen, "401", report.id)
    else:
        caring.reporting.report("mei", antigen, "401", "negative", kind="report.settle")
    told.react()
    told.react()
    [row] = caring.cases()
    state = caring.state(row.id)
    assert row.closed_at is None
    assert state.doubted is not None
    assert [event.what for event in caring.events(row.id)] == ["open", "doubt"]
    told.later(minutes=1)
    caring.positive("401", round_id=antigen, kind="report.settle", actor="mei")
    assert caring.state(row.id).doubted is None


def test_a_case_that_another_test_speaks_for_is_not_doubted(told, caring):
    first = caring.reporting.opened()
    report = caring.reporting.report("hao", first, "401", "positive")
    caring.positive("401")
    caring.reporting.take_back("hao", first, "401", report.id)
    told.react()
    [row] = caring.cases()
    assert caring.state(row.id).doubted is None


def test_a_case_is_opened_though_who_made_the_round_has_left(told, caring, doctor):
    antigen = caring.reporting.opened()
    world = told.world
    told.execute(update(accounts).where(accounts.c.id == world.mei).values(revoked_at=told.now))
    told.execute(update(roles).where(roles.c.account_id == world.mei).values(until=told.now))
    caring.positive("401", round_id=antigen)
    [row] = caring.cases()
    assert caring.events(row.id)[0].actor == doctor


def heard(told, who):
    """Titles of what one of the staff was told of cases."""
    rows = told.rows(
        select(notices.c.content)
        .join(reach, reach.c.notice_id == notices.c.id)
        .where(reach.c.account_id == who, notices.c.kind == "case")
    )
    return [row.content["title"]["text"] for row in rows]


def at(told, monkeypatch, moment):
    """Let reactions find that it is so late."""
    told.now = moment
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_clocks_that_run_out_are_heard_once_by_whoever_follows_up(
    told, caring, doctor, monkeypatch
):
    at(told, monkeypatch, told.now)
    case = caring.opened()
    caring.say(case, "own", doctor)
    start = told.now
    at(told, monkeypatch, start + clock.HOUR)
    caring.step(case, "asked")
    caring.step(case, "coming", minutes=20)
    at(told, monkeypatch, told.now + 59 * clock.MINUTE)
    told.react()
    assert heard(told, doctor) == []
    at(told, monkeypatch, told.now + 2 * clock.MINUTE)
    told.react()
    told.react()
    assert heard(told, doctor) == [following.NEEDS_YOU]
    assert [one.what for one in rules.dangers(caring.state(case), told.now)] == ["vehicle"]
    at(told, monkeypatch, start + clock.DAY + clock.MINUTE)
    told.react()
    assert heard(told, doctor) == [following.NEEDS_YOU] * 2  # the daily call
    said = [event.key for event in caring.events(case) if event.what == "remind"]
    assert said == ["vehicle", "call"]


def test_where_nobody_follows_up_everybody_who_may_hears_of_it(told, caring, doctor, monkeypatch):
    at(told, monkeypatch, told.now)
    case = caring.opened()
    caring.step(case, "asked")
    at(told, monkeypatch, told.now + clock.DAY + clock.HOUR)
    told.react()
    assert len(heard(told, doctor)) == 2  # the call, and the transfer that is awaited
    assert len(heard(told, told.world.mei)) == 2
    assert heard(told, told.world.min) == []
    assert case


def test_a_clock_that_was_answered_stays_silent(told, caring, doctor, monkeypatch):
    at(told, monkeypatch, told.now)
    case = caring.opened()
    caring.say(case, "own", doctor)
    at(told, monkeypatch, told.now + 20 * clock.HOUR)
    caring.say(case, "call", how="well")
    at(told, monkeypatch, told.now + 5 * clock.HOUR)
    told.react()
    assert heard(told, doctor) == []
    caring.say(case, "close", why="recovered")
    at(told, monkeypatch, told.now + 3 * clock.DAY)
    told.react()
    assert heard(told, doctor) == []


def the_next_days_round(told):
    """What a day makes of a round that repeats."""
    told.later(days=1, minutes=1)
    told.react()
    return told.rows(select(rounds.c.id).order_by(rounds.c.made_at.desc()))[0].id


def test_a_contact_in_isolation_is_expected_every_day_while_the_case_is_open(told, caring):
    door = told.door("walk_up", "402")
    told.execute(update(residents).where(residents.c.household_id == door).values(present=False))
    contact = told.rows(select(residents.c.id).where(residents.c.household_id == door))[0].id
    today = caring.reporting.opened(kind="isolation", repeats="daily")
    case = caring.opened("401")
    caring.say(case, "contact", resident=contact, round=today)
    assert told.standing(today, "402").due == 1
    second = the_next_days_round(told)
    assert told.standing(second, "402").due == 1
    third = the_next_days_round(told)
    assert told.standing(third, "402").due == 1
    assert told.read(reads.contacts_on, told.world.community, third, door) == {contact}
    caring.say(case, "close", why="recovered")
    assert told.standing(the_next_days_round(told), "402").due == 0


def test_that_a_contact_is_asked_after_again_is_no_news(told, caring):
    today = caring.reporting.opened(kind="isolation", repeats="daily")
    case = caring.opened("401")
    caring.say(case, "contact", resident=caring.who("402"), round=today)
    seen = told.seq()
    the_next_days_round(told)
    page = told.read(reads.case, told.person("mei"), "en", case)
    assert [line.event.what for line in page.story].count("contact") == 1
    assert [one.line.isolated for one in page.contacts] == [True]
    assert caring.say(case, "close", employ(told), why="recovered", seen=seen).outcome == "applied"


@pytest.mark.parametrize("left", ["no contact any more", "on no round"])
def test_who_is_not_on_the_round_today_is_not_put_on_it_tomorrow(told, caring, left):
    today = caring.reporting.opened(kind="isolation", repeats="daily")
    case, who = caring.opened("401"), caring.who("402")
    if left == "no contact any more":
        caring.say(case, "contact", resident=who, round=today)
        caring.say(case, "contact", resident=who, is_contact=False)
    else:
        caring.say(case, "contact", resident=who)
    tomorrow = the_next_days_round(told)
    door = told.door("walk_up", "402")
    assert told.read(reads.contacts_on, told.world.community, tomorrow, door) == set()
