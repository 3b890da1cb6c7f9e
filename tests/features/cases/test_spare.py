"""Testing days do not call whoever has a case, nor miss them, and say of it only what they may."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.rounds.tables import round_doors
from server.features.testing import reads as days
from server.features.testing.tables import excuses
from server.oplog.tables import operations
from tests.features.testing.conftest import Testing


@pytest.fixture
def testing(told):
    """A testing day of the walk-up."""
    return Testing(told)


def excuse(told, day, resident):
    """Why somebody is not expected, and whether that follows by itself."""
    rows = told.rows(
        select(excuses.c.reason, excuses.c.by_itself).where(
            excuses.c.round_id == day, excuses.c.resident_id == resident
        )
    )
    return [(row.reason, bool(row.by_itself)) for row in rows]


def asked(told):
    """How often a testing day was asked not to expect somebody, or to expect them again."""
    query = select(operations.c.outcome).where(operations.c.kind == "test.excuse")
    return [row.outcome for row in told.rows(query)]


def test_whoever_has_a_case_is_not_expected_until_they_are_back(told, caring, testing):
    day = testing.opened()
    before = told.standing(day, "401").due
    who = caring.who("401")
    case = caring.opened("401")
    told.react()
    assert told.standing(day, "401").due == before - 1
    found = [excuse(told, day, who)]
    for step in ("asked", "coming", "picked_up", "arrived"):
        caring.step(case, step)
        told.react()
        found += excuse(told, day, who)
        assert told.standing(day, "401").due == before - 1
    transfer, away = ("transfer", True), ("away", True)
    assert found == [[transfer], transfer, transfer, away, away]
    caring.step(case, "returned")
    told.react()
    assert excuse(told, day, who) == []
    assert told.standing(day, "401").due == before


def test_who_stays_at_home_is_tested_apart(told, caring, testing):
    day = testing.opened()
    case = caring.opened("401")
    caring.step(case, "home")
    told.react()
    assert excuse(told, day, caring.who("401")) == [("elsewhere", True)]


@pytest.mark.parametrize("why", ["recovered", "mistake"])
def test_a_closed_case_ends_it_and_a_closing_taken_back_does_not(told, caring, testing, why):
    day = testing.opened()
    who = caring.who("401")
    case = caring.opened("401")
    told.react()
    closed = caring.say(case, "close", why=why)
    told.react()
    assert excuse(told, day, who) == []
    caring.say(case, "undo", event=closed.id)
    told.react()
    assert excuse(told, day, who) == [("transfer", True)]


def test_a_day_that_opens_later_knows_of_it_and_one_that_is_planned_waits(told, caring, testing):
    who = caring.who("401")
    caring.opened("401")
    told.react()
    planned = testing.make()
    told.react()
    assert excuse(told, planned.id, who) == []
    told.change(planned.id, "open")
    due = told.standing(planned.id, "401").due
    told.react()
    assert excuse(told, planned.id, who) == [("transfer", True)]
    assert told.standing(planned.id, "401").due == due - 1
    told.change(planned.id, "pause")
    told.change(planned.id, "open")
    told.react()
    assert asked(told) == ["applied"]


def test_looking_again_and_other_news_of_the_case_ask_nothing_twice(told, caring, testing):
    testing.opened()
    case = caring.opened("401")
    told.react()
    caring.step(case, "asked")
    caring.say(case, "own")
    caring.say(case, "call", how="well")
    told.react()
    told.react()
    assert asked(told) == ["applied"]


def test_where_nobody_else_lives_the_door_is_neither_called_nor_missing(told, caring, testing):
    day = testing.opened()
    caring.opened("302")
    told.react()
    assert told.standing(day, "302").due == 0
    call = testing.call(day, 3)
    _, homes = testing.notice(call.id)
    assert told.door("walk_up", "302") not in homes
    knocked = testing.ask("mei", "test.knock", day)
    assert knocked.outcome == "applied"
    query = select(round_doors.c.household_id).where(round_doors.c.round_id == knocked.id)
    missing = {row.household_id for row in told.rows(query)}
    assert told.door("walk_up", "301") in missing
    assert told.door("walk_up", "302") not in missing


def test_what_was_said_by_hand_stays(told, caring, testing):
    day = testing.opened()
    who = caring.who("401")
    testing.ask("mei", "test.excuse", day, resident=who, reason="elsewhere")
    case = caring.opened("401")
    told.react()
    caring.say(case, "close", why="recovered")
    told.react()
    assert excuse(told, day, who) == [("elsewhere", False)]


def test_who_was_to_be_swabbed_at_home_is_not_missed_there(told, caring, testing):
    day = testing.opened()
    due = told.standing(day, "401").due
    who = caring.who("401")
    testing.ask("mei", "test.excuse", day, resident=who, reason="home")
    caring.opened("401")
    told.react()
    assert excuse(told, day, who) == [("transfer", True)]
    assert told.standing(day, "401").due == due - 1


def test_who_has_come_already_has_come_and_nothing_is_refused(told, caring, testing):
    day = testing.opened()
    told.mark("hao", day, "401", "came")
    caring.opened("401")
    told.react()
    assert asked(told) == []


def test_another_case_of_the_same_person_decides_whatever_runs_first(told, caring, testing):
    day = testing.opened()
    first = caring.opened("401")
    caring.say(first, "close", why="mistake")
    caring.opened("401")
    told.react()
    assert excuse(told, day, caring.who("401")) == [("transfer", True)]


def test_the_site_reads_the_words_of_the_excuse_and_nothing_of_a_case(told, caring, testing):
    day = testing.opened()
    case = caring.opened("401")
    told.react()
    door = told.door("walk_up", "401")
    page = told.read(days.door, told.person("hao"), "en", day, door)
    [reason] = [one.reason for one in page.people if one.resident == caring.who("401")]
    assert reason == "transfer"
    assert case not in str(page)


def test_what_changes_live_names_neither_the_door_nor_its_stairwell(
    told, caring, testing, monkeypatch
):
    day = testing.opened()
    caring.opened("401")
    heard = []
    monkeypatch.setattr(told.hub.live, "tell", lambda community, seq, topics: heard.extend(topics))
    told.react()
    door = told.door("walk_up", "401")
    assert {f"testing:{day}", f"due:{day}"} <= set(heard)
    assert not {f"household:{door}", f"board:{day}:{told.world.walk_up}"} & set(heard)
