"""Standing trips: planned once, made by themselves, checked, driven, and looked after."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.estates import typed
from server.features.notices.tables import notices
from server.features.passes.tables import passes as passes_table
from server.features.people import reads as people
from server.features.trips import file, rules, telling
from server.features.trips.operations import driving as driving_ops
from server.features.trips.operations import planning, saying, watching
from server.oplog.tables import reactions
from tests.features.trips.conftest import Trips
from tests.support.told import words
from tests.world import NOON

FRIDAY = NOON + 19 * clock.HOUR
"""Seven o'clock on the morning after the tests' noon, a Thursday."""


def days(found):
    return [row.day for row in found]


def live(found):
    """The passes that open a gate."""
    return [(row.kind, row.name) for row in found if row.state == "valid"]


# Planning


def test_a_plan_makes_its_trips_three_days_ahead_and_day_by_day(told, driving):
    plan = driving.planned()
    row, monday = driving.rows()
    assert (row.day, row.leaves_at, row.state) == ("2022-04-22", FRIDAY, rules.PLANNED)
    assert monday.day == "2022-04-25"
    assert row.driver == told.who("hao")
    assert driving.heard(telling.NAMED) == [(telling.NAMED, {"hao", "yun"})]
    assert (telling.PLANNED, {"sun"}) in driving.heard()
    told.later(days=2, hours=13)
    told.react()
    assert days(driving.rows()) == ["2022-04-22", "2022-04-25", "2022-04-27"]
    assert {row.plan_id for row in driving.rows()} == {plan}


def test_after_a_gap_only_trips_to_come_are_made_and_each_once(told, driving):
    driving.planned()
    told.later(days=5, hours=20)  # nothing ran from Thursday to Wednesday morning
    for _ in range(3):
        told.react()
    assert days(driving.rows()) == ["2022-04-22", "2022-04-25", "2022-04-29"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "party"}, planning.SAY_KIND),
        ({"hospital": "  "}, planning.SAY_WHERE),
        ({"days": []}, planning.SAY_DAYS),
        ({"leaves": "25:00"}, planning.SAY_TIME),
        ({"back": "noon"}, planning.SAY_TIME),
        ({"until": "tomorrow"}, planning.SAY_DATE),
        ({"resident": 1_000_000}, planning.NOT_THERE),
        ({"companion": 1_000_000}, planning.NOT_THERE),
        ({"household": 1_000_000}, planning.NOT_YOUR_DOOR),
    ],
)
def test_a_plan_that_says_something_wrong_is_told_what_to_correct(driving, wrong, said):
    assert words(driving.plan(**wrong)) == said
    assert driving.rows() == []


def test_the_driver_is_somebody_else_than_the_deputy_and_both_are_on_duty(told, driving):
    assert words(driving.plan(deputy=told.who("hao"))) == planning.TWO_DRIVERS
    assert words(driving.plan(driver=told.who("sun"))) == saying.NOT_ON_DUTY
    assert words(driving.plan(driver=told.who("bo"))) == saying.NOT_ON_DUTY
    assert words(driving.plan(companion=told.world.sun_resident)) == planning.SOMEBODY_ELSE


def test_a_door_may_be_typed_and_must_be_one(told, driving):
    typed_door = driving.plan(household=None, door="8-1-302")
    assert typed_door.outcome == "applied"
    assert words(driving.plan(household=None, door="nowhere")) == typed.NO_SUCH_DOOR


@pytest.mark.parametrize("who", ["hao", "yun", "qian", "sun"])
def test_nobody_plans_trips_but_those_who_look_after_the_building(driving, who):
    assert words(driving.plan(who)) == planning.NOT_YOUR_DOOR


@pytest.mark.parametrize("who", ["hao", "sun", "anna"])
def test_nobody_else_changes_or_ends_a_plan(driving, who):
    plan = driving.planned()
    assert words(driving.say("plan.change", who, plan=plan, **driving.said())) == file.NO_PLAN
    assert words(driving.say("plan.end", who, plan=plan)) == file.NO_PLAN


def test_trips_that_have_not_begun_follow_a_plan_that_changes(told, driving):
    plan = driving.planned()
    driving.tested()
    told.later(minutes=10)
    told.react()
    [before] = [one for one in driving.passes(driving.first()) if one.kind == "person"]
    moved = driving.said(days=[5, 6], leaves="08:30", back="15:00", driver=told.who("yun"),
                         deputy=told.who("min"))  # fmt: skip
    assert driving.say("plan.change", "min", plan=plan, **moved).outcome == "applied"
    told.react()
    friday, saturday, monday = driving.rows()
    assert monday.state == rules.SKIPPED
    assert (friday.leaves_at, friday.driver) == (FRIDAY + 90 * clock.MINUTE, told.who("yun"))
    assert saturday.day == "2022-04-23"
    now = {one.id: one for one in driving.passes(friday.id)}
    assert now[before.id].state == "revoked"
    assert live(now.values()) == [("person", "孙奶奶"), ("vehicle", "沪A·12345")]


def test_days_that_a_plan_has_no_more_do_not_take_place(told, driving):
    plan = driving.planned()
    told.ask("min", "plan.change", {"plan": plan, **driving.said(days=[6])})
    told.react()
    assert [(row.day, row.state) for row in driving.rows()] == [
        ("2022-04-22", rules.SKIPPED),
        ("2022-04-23", rules.PLANNED),
        ("2022-04-25", rules.SKIPPED),
    ]
    told.ask("min", "plan.end", {"plan": plan})
    told.react()
    assert {row.state for row in driving.rows()} == {rules.SKIPPED}
    told.later(days=9)
    told.react()
    assert len(driving.rows()) == 3
    again = told.ask("min", "plan.change", {"plan": plan, **driving.said()})
    assert words(again) == planning.IS_ENDED


def test_a_trip_that_has_begun_stays_as_it_is(told, driving):
    plan = driving.planned()
    trip = driving.first()
    driving.done(trip, "step", step="ready")
    told.ask("min", "plan.change", {"plan": plan, **driving.said(days=[6])})
    told.react()
    assert driving.trip(trip).state == rules.PLANNED
    made = driving.say("trip.make", "min", plan=plan, day="2022-04-22")
    assert words(made) == planning.HAS_BEGUN
    assert words(driving.say("trip.make", "min", plan=plan, day="2022-04-26")) == (
        planning.NO_SUCH_DAY
    )
    assert words(driving.say("trip.make", "min", plan=plan, day="soon")) == planning.SAY_DATE


# Checks and passes


def test_passes_are_made_as_soon_as_the_test_counts_and_not_before(told, driving):
    driving.planned()
    trip = driving.first()
    assert driving.passes(trip) == []
    driving.tested()
    told.later(minutes=10)
    told.react()
    person, vehicle = sorted(driving.passes(trip), key=lambda one: one.kind)
    assert (person.name, person.conditions, person.escort) == ("孙奶奶", ["test", "escort"], "林浩")
    assert (vehicle.name, vehicle.kind) == ("沪A·12345", "vehicle")
    assert person.since == FRIDAY - rules.PASS_BEFORE
    assert person.until == FRIDAY + 6 * clock.HOUR + rules.PASS_AFTER
    told.later(hours=1)
    told.react()
    assert len(driving.passes(trip)) == 2


def test_a_test_that_will_be_too_old_counts_no_more_than_none(told, driving):
    limit = {"passes": 1, "days": 2, "hours": 2, "test_hours": 12}
    assert told.ask("mei", "pass.limit", limit).outcome == "applied"
    driving.tested()  # nineteen hours before
    driving.planned()
    told.later(minutes=10)
    told.react()
    assert driving.passes(driving.first()) == []
    assert driving.heard(telling.TEST_HOME) == [(telling.TEST_HOME, {"sun"})]


def test_a_result_that_is_not_in_order_takes_the_passes_back_and_says_no_more(told, driving):
    driving.tested()
    driving.planned()
    trip = driving.first()
    assert len(live(driving.passes(trip))) == 2
    told.later(hours=1)
    driving.tested("positive")
    told.later(minutes=10)
    told.react()
    assert live(driving.passes(trip)) == []
    titles = {title for title, _ in driving.heard()}
    assert not any("positive" in one.lower() for one in titles)


@pytest.mark.parametrize(("who", "what"), [("mei", "revoke"), ("sun", "withdraw")])
def test_a_pass_that_somebody_ended_themselves_is_not_made_again(told, driving, who, what):
    driving.tested()
    driving.planned()
    trip = driving.first()
    [person] = [one for one in driving.passes(trip) if one.kind == "person"]
    why = {"why": "医院暂停"} if what == "revoke" else {}
    assert driving.say(f"pass.{what}", who, **{"pass": person.id}, **why).outcome == "applied"
    told.later(hours=1)
    told.react()
    assert live(driving.passes(trip)) == [("vehicle", "沪A·12345")]


def test_passes_are_made_again_once_the_tests_are_in_order_again(told, driving):
    driving.tested()
    driving.planned()
    trip = driving.first()
    for finding, count in (("positive", 0), ("negative", 2)):
        told.later(hours=1)
        driving.tested(finding)
        told.later(minutes=10)
        told.react()
        assert len(live(driving.passes(trip))) == count


def test_two_days_before_the_household_hears_that_a_test_is_missing(told, driving):
    driving.planned(days=[7])  # Sunday, seven o'clock
    assert driving.rows()[0].day == "2022-04-24"
    assert driving.heard(telling.TEST_HOME) == []
    told.later(hours=19)
    told.react()
    assert driving.heard(telling.TEST_HOME) == [(telling.TEST_HOME, {"sun"})]
    assert [row.due_at for row in told.rows(select(reactions)) if row.name == "trips.watch"]


def test_the_evening_before_and_at_last_everybody_hears_who_can_do_something(told, driving):
    driving.planned(days=[7])
    told.later(hours=2 * 24 + 7)  # Saturday evening
    told.react()
    assert driving.heard(telling.NO_TEST) == [(telling.NO_TEST, {"min"})]
    assert driving.heard(telling.YOU_DRIVE) == [(telling.YOU_DRIVE, {"hao"})]
    told.later(hours=10)
    told.react()
    heard = sorted(sorted(whom) for _, whom in driving.heard(telling.NO_TEST))
    assert heard == [["hao"], ["mei"], ["min"]]


def test_a_household_without_a_phone_is_told_by_who_looks_after_its_building(told):
    driving = Trips(told)
    driving.planned()
    assert (telling.PLANNED_AT_DOOR, {"min"}) in driving.heard()
    assert (telling.TEST_AT_DOOR, {"min"}) in driving.heard()


def test_who_leads_lets_somebody_go_without_a_test_and_says_why(told, driving):
    driving.planned()
    trip = driving.first()
    assert words(driving.say("trip.allow", "min", trip=trip, why="!")) == driving_ops.LEADS_ONLY
    assert words(driving.say("trip.allow", "mei", trip=trip, why=" ")) == driving_ops.SAY_WHY
    driving.done(trip, "allow", "mei", why="医院同意，到院先测")
    told.react()
    [person] = [one for one in driving.passes(trip) if one.kind == "person"]
    assert person.conditions == ["slip", "escort"]
    assert driving.heard(telling.ALLOWED) == [(telling.ALLOWED, {"hao"})]
    driving.done(trip, "allow", "mei", why="again")
    assert len(driving.heard(telling.ALLOWED)) == 1


def test_who_goes_along_is_tested_too_and_is_named_on_the_pass(told, driving):
    other = told.door("walk_up", "401")
    first, second, *_ = told.read(people.residents_of, told.world.community, other)
    driving.planned(household=other, resident=first.id, companion=second.id)
    trip = driving.first()
    antigen = told.open_round("walk_up", title="Day", kind="antigen", per="person")
    for number, one in enumerate((first, second)):
        made = {"round": antigen, "door": other, "resident": one.id, "finding": "negative"}
        assert told.ask("min", "report.make", made).outcome == "applied"
        told.later(minutes=10)
        told.react()
        assert len(live(driving.passes(trip))) == 2 * number
    [person] = [one for one in driving.passes(trip) if one.kind == "person"]
    assert (person.name, person.escort) == (first.name, second.name)


# On the way


def test_a_trip_from_the_door_and_back_with_the_vehicle_disinfected(told, driving):
    driving.tested()
    driving.planned()
    trip = driving.first()
    told.later(hours=18, minutes=30)
    for step in rules.STEPS:
        told.later(minutes=30)
        driving.done(trip, "step", step=step)
    assert driving.rows()[0].state == rules.DONE
    told.later(days=1)
    told.react()
    titles = [title for title, _ in driving.heard()]
    assert telling.NOT_BACK not in titles
    assert telling.NOT_CLEAN not in titles
    assert telling.LEFT_UNCLEARED not in titles


def test_the_same_tap_counts_once_and_may_be_taken_back(driving):
    driving.planned()
    trip = driving.first()
    driving.done(trip, "step", step="ready")
    driving.done(trip, "step", "yun", step="ready")
    assert driving.trip(trip).steps["ready"].actor == driving.told.who("hao")
    driving.done(trip, "undo", "yun", step="ready")
    assert driving.trip(trip).steps == {}
    assert words(driving.say("trip.undo", "hao", trip=trip, step="ready")) == driving_ops.NOT_SAID
    wrong = driving.say("trip.step", "hao", trip=trip, step="fly")
    assert words(wrong) == driving_ops.NO_SUCH_STEP


def test_that_somebody_left_without_a_test_is_kept_and_told_at_once(told, driving):
    driving.planned()
    trip = driving.first()
    told.later(hours=19)
    driving.done(trip, "step", step="off")
    assert driving.trip(trip).steps["off"].said["uncleared"] is True
    assert driving.heard(telling.LEFT_UNCLEARED) == [(telling.LEFT_UNCLEARED, {"mei"})]
    assert driving.passes(trip) == []


def test_nobody_who_is_not_ready_and_nobody_who_is_not_back_is_forgotten(told, driving):
    driving.tested()
    driving.planned()
    trip = driving.first()
    told.later(hours=18, minutes=20)
    told.react()
    heard = sorted(sorted(whom) for _, whom in driving.heard(telling.NOT_READY))
    assert heard == [["hao", "yun"], ["mei"]]
    driving.done(trip, "step", step="off")
    told.later(hours=8)
    told.react()
    assert driving.heard(telling.NOT_BACK_HOME) == [(telling.NOT_BACK_HOME, {"sun"})]
    assert {"mei"} in [whom for _, whom in driving.heard(telling.NOT_BACK)]
    driving.done(trip, "step", "sun", step="back")
    assert driving.heard(telling.IS_BACK) == [(telling.IS_BACK, {"mei"})]
    told.later(hours=2)
    told.react()
    assert driving.heard(telling.NOT_CLEAN) == [(telling.NOT_CLEAN, {"hao"})]


def test_the_deputy_steps_in_and_others_are_named_by_who_runs_it(told, driving):
    driving.planned()
    trip = driving.first()
    named = driving.say("trip.drive", "hao", trip=trip, driver=told.who("min"))
    assert words(named) == driving_ops.NOT_YOURS_TO_NAME
    driving.done(trip, "drive", driver=told.who("yun"))
    assert driving.rows()[0].driver == told.who("yun")
    assert driving.heard(telling.OTHER_DRIVER) == [(telling.OTHER_DRIVER, {"yun"})]
    driving.done(trip, "drive", "min", driver=told.who("mei"))
    assert driving.heard(telling.OTHER_DRIVER)[-1][1] == {"yun", "mei"}
    off_duty = driving.say("trip.drive", "min", trip=trip, driver=told.who("sun"))
    assert words(off_duty) == saying.NOT_ON_DUTY


def test_a_trip_that_does_not_take_place_has_no_passes_and_may_take_place_after_all(told, driving):
    driving.tested()
    driving.planned()
    trip = driving.first()
    driving.done(trip, "skip", "sun", why="医院改期")
    told.react()
    assert live(driving.passes(trip)) == []
    assert {"hao", "yun"} in [whom for _, whom in driving.heard(telling.SKIPPED)]
    assert {"min"} in [whom for _, whom in driving.heard(telling.SKIPPED)]
    ready = driving.say("trip.step", "hao", trip=trip, step="ready")
    assert words(ready) == driving_ops.IS_SKIPPED
    driving.done(trip, "keep", "sun")
    told.react()
    assert len(live(driving.passes(trip))) == 2
    told.later(days=1)
    driving.done(trip, "step", step="back")
    assert words(driving.say("trip.skip", "sun", trip=trip, why="late")) == file.STANDS["home"]
    assert words(driving.say("trip.keep", "sun", trip=trip)) == driving_ops.TOO_LATE


@pytest.mark.parametrize("who", ["qian", "anna", "bo"])
@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("step", {"step": "ready"}),
        ("undo", {"step": "ready"}),
        ("drive", {"driver": "hao"}),
        ("allow", {"why": "!"}),
        ("skip", {"why": "!"}),
        ("keep", {}),
        ("remind", {"what": "late"}),
    ],
)
def test_nobody_else_says_anything_of_a_trip(told, driving, who, what, more):
    driving.planned()
    trip = driving.first()
    more = {name: told.who(value) if name == "driver" else value for name, value in more.items()}
    assert words(driving.say(f"trip.{what}", who, trip=trip, **more)) == file.NO_TRIP


def test_the_household_taps_nothing_but_that_they_are_back(driving):
    driving.planned()
    trip = driving.first()
    assert words(driving.say("trip.step", "sun", trip=trip, step="off")) == file.NO_TRIP
    driving.done(trip, "step", "sun", step="back")


def test_nothing_is_asked_after_where_there_is_nothing_to_ask(driving):
    driving.planned()
    asked = driving.say("trip.remind", "min", trip=driving.first(), what="late")
    assert words(asked) == watching.NOT_NOW


def test_no_announcement_says_where_to_or_why(told, driving):
    driving.tested("positive")
    driving.planned()
    told.later(days=2)
    told.react()
    for row in told.rows(select(notices)):
        said = str(row.content)
        assert "中山" not in said
        assert "ialysis" not in said
    assert told.rows(select(passes_table)) == []
