"""Going after those who have not reported: reminders, deadlines, knocking."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.estates import reads as estates
from server.features.notices.tables import notices, reach
from server.features.reports.operations import chase
from server.features.reports.tables import report_deadlines
from server.features.rounds.tables import round_doors, rounds
from tests.support.told import words


def building(told, place="walk_up"):
    stairwell = getattr(told.world, place)
    return estates_of(told)[stairwell].building


def estates_of(told):
    return told.read(estates.places, told.world.community)


def remind(told, round_id, actor="min", place="walk_up"):
    data = {"round": round_id, "stairwells": [getattr(told.world, place)]}
    return told.ask(actor, "report.remind", data)


def deadline(told, round_id, until="2022-04-21T13:00", actor="mei"):
    data = {"round": round_id, "buildings": [building(told)], "until": until}
    return told.ask(actor, "report.deadline", data)


def test_a_reminder_goes_to_the_households_that_have_not_reported(told, reporting):
    antigen = reporting.opened()
    reporting.report("hao", antigen, "302")
    answer = remind(told, antigen)
    assert answer.outcome == "applied"
    homes = {row.household_id for row in told.rows(select(reach))}
    assert told.door("walk_up", "401") in homes
    assert told.world.sun_door not in homes
    assert told.world.vacant not in homes
    [notice] = told.rows(select(notices))
    assert (notice.kind, notice.opens) == ("reminder", f"/reports/mine#r-{antigen}")


@pytest.mark.parametrize("actor", ["hao", "qian", "sun"])
def test_only_who_reports_for_a_building_reminds_it(told, reporting, actor):
    antigen = reporting.opened()
    assert words(remind(told, antigen, actor)) == chase.NOT_YOURS


def test_an_officer_does_not_remind_other_stairwells(told, reporting):
    antigen = reporting.opened("walk_up", "neighbour")
    assert words(remind(told, antigen, place="neighbour")) == chase.NOT_YOURS


def test_where_everybody_reported_nobody_is_reminded_or_knocked_at(told, reporting):
    antigen = reporting.opened()
    for label in told.world.doors["walk_up"]:
        for nth, _ in enumerate(reporting.people(label)):
            reporting.report("hao", antigen, label, nth=nth)
    assert words(remind(told, antigen)) == chase.ALL_REPORTED
    assert words(told.ask("mei", "report.knock", {"round": antigen})) == chase.ALL_REPORTED


def test_a_deadline_that_passes_tells_the_officer_how_many_once(told, reporting):
    antigen = reporting.opened()
    assert deadline(told, antigen).outcome == "applied"
    told.react()
    assert told.rows(select(notices)) == []
    told.later(hours=1, minutes=1)
    told.react()
    told.react()
    [notice] = told.rows(select(notices))
    assert notice.opens == f"/reports/{antigen}/missing"
    told_ = {row.account_id for row in told.rows(select(reach))}
    assert told.who("min") in told_


def test_a_deadline_that_was_moved_tells_nobody_at_the_old_time(told, reporting):
    antigen = reporting.opened()
    deadline(told, antigen)
    deadline(told, antigen, "2022-04-21T18:00")
    told.later(hours=1, minutes=1)
    told.react()
    assert told.rows(select(notices)) == []


@pytest.mark.parametrize(
    ("until", "said"),
    [("noon", chase.NO_MOMENT), ("2022-04-20T18:00", chase.WRONG_MOMENT)],
)
def test_a_deadline_lies_ahead(told, reporting, until, said):
    antigen = reporting.opened()
    assert words(deadline(told, antigen, until)) == said


def test_only_a_lead_sets_a_deadline(told, reporting):
    antigen = reporting.opened()
    assert deadline(told, antigen, actor="min").outcome == "refused"


def test_those_isolated_at_home_who_do_not_report_are_knocked_at(told, reporting):
    isolation = reporting.opened(kind="isolation")
    reporting.report("sun", isolation, "302", "feels_well")
    deadline(told, isolation)
    told.later(hours=1, minutes=1)
    told.react()
    told.react()
    [knock] = told.rows(select(rounds).where(rounds.c.kind == "knock"))
    doors = told.rows(select(round_doors.c.household_id).where(round_doors.c.round_id == knock.id))
    ids = {row.household_id for row in doors}
    assert told.door("walk_up", "401") in ids
    assert told.world.sun_door not in ids


def test_a_delivery_reminds_nobody_to_report(told, reporting):
    delivery = told.open_round("walk_up")
    assert words(remind(told, delivery)) == chase.NOTHING_REPORTED


def test_the_rounds_own_deadline_is_that_of_buildings_without_one(told, reporting):
    antigen = reporting.opened("walk_up", "neighbour", "tower", deadline="2022-04-21T14:00")
    deadline(told, antigen)
    told.later(hours=1, minutes=1)
    told.react()
    assert len(told.rows(select(notices))) == 1
    told.later(hours=1)
    told.react()
    told.react()
    assert len(told.rows(select(notices))) == 2  # of the other building, and of this one once


def test_tomorrows_round_is_due_a_day_later(told, reporting):
    reporting.opened(kind="isolation", deadline="2022-04-21T18:00", repeats="daily")
    told.later(days=1)
    told.react()
    first, second = told.rows(select(rounds).where(rounds.c.kind == "isolation"))
    assert second.deadline - first.deadline == 24 * 3600 * 1000


def times(told, round_id):
    """Until when each building of a round reports."""
    table = report_deadlines.c
    query = select(table.building_id, table.due_at).where(table.round_id == round_id)
    return {row.building_id: row.due_at for row in told.rows(query)}


@pytest.mark.parametrize("of_the_round", ["", "2022-04-21T15:00"])
def test_a_building_with_a_time_of_its_own_has_it_the_next_day_too(told, reporting, of_the_round):
    today = reporting.opened("walk_up", "tower", repeats="daily", deadline=of_the_round)
    deadline(told, today, "2022-04-21T13:00")
    [before] = times(told, today).values()
    told.later(hours=23)
    told.react()
    told.later(hours=1, minutes=1)
    told.react()
    tomorrow = told.rows(select(rounds.c.id).order_by(rounds.c.made_at.desc()))[0].id
    assert tomorrow != today
    assert times(told, tomorrow) == {building(told): before + clock.DAY}
