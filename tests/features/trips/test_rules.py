"""On which days a plan has trips, what they come to, and what is due when."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from server import clock
from server.features.trips import rules
from server.oplog.events import Event

ZONE = ZoneInfo("Asia/Shanghai")
LEAVES = clock.from_datetime(datetime(2022, 4, 22, 7, tzinfo=ZONE))
BACK = LEAVES + 6 * clock.HOUR


def told(seq, what, key="", *, at=None, actor="hao", **said):
    return Event(
        f"op{seq}", seq, LEAVES - clock.DAY + seq if at is None else at, actor, what, key, said
    )


MADE = told(1, "make", "2022-04-22", wanted=True, driver="hao", leaves_at=LEAVES, back_at=BACK)


def plan(**more):
    said = {"days": (1, 3, 5), "leaves": "07:00", "back": "13:00"}
    return rules.Plan(**said | more)


def days(found):
    return [one.day for one in found]


def test_a_plan_has_a_trip_on_its_days_and_on_no_others():
    found = rules.due(plan(), ZONE, LEAVES - clock.DAY, LEAVES + 7 * clock.DAY)
    assert days(found) == ["2022-04-22", "2022-04-25", "2022-04-27"]
    assert (found[0].leaves_at, found[0].back_at) == (LEAVES, BACK)


def test_a_trip_that_leaves_now_is_there_and_one_that_has_left_is_not():
    assert days(rules.due(plan(), ZONE, LEAVES, LEAVES + 1)) == ["2022-04-22"]
    assert days(rules.due(plan(), ZONE, LEAVES + 1, LEAVES + clock.DAY)) == []


def test_no_trip_is_after_the_last_day_or_after_the_plan_was_ended():
    week = (LEAVES, LEAVES + 7 * clock.DAY)
    assert days(rules.due(plan(until="2022-04-25"), ZONE, *week)) == ["2022-04-22", "2022-04-25"]
    assert rules.due(plan(ended=told(9, "end")), ZONE, *week) == []


def test_whoever_is_back_earlier_than_they_left_is_back_the_next_day():
    found = rules.on(plan(leaves="21:00", back="01:30"), ZONE, date(2022, 4, 22))
    assert found.back_at - found.leaves_at == 4.5 * clock.HOUR


def test_a_trip_comes_to_the_same_in_every_order():
    events = [
        MADE, told(2, "step", "ready"), told(3, "step", "off"), told(4, "undo", "off"),
        told(5, "drive", "yun"),
    ]  # fmt: skip
    found = {
        (trip.state, trip.driver, tuple(trip.steps))
        for trip in map(rules.fold_trip, permutations(events))
    }
    assert found == {(rules.PLANNED, "yun", ("ready",))}


@pytest.mark.parametrize(
    ("steps", "state", "following"),
    [
        ((), rules.PLANNED, "ready"),
        (("ready",), rules.PLANNED, "off"),
        (("ready", "off"), rules.AWAY, "there"),
        (("there",), rules.AWAY, "fetched"),
        (("off", "back"), rules.HOME, "clean"),
        (("off", "back", "clean"), rules.DONE, None),
    ],
)
def test_a_step_that_was_left_out_holds_nobody_up(steps, state, following):
    events = [MADE, *(told(seq, "step", step) for seq, step in enumerate(steps, 2))]
    trip = rules.fold_trip(events)
    assert (trip.state, trip.next_step) == (state, following)


def test_somebody_who_left_is_on_the_way_whatever_else_was_said():
    trip = rules.fold_trip([MADE, told(2, "skip", why="rain"), told(3, "step", "off")])
    assert trip.state == rules.AWAY


def test_a_plan_that_changes_does_not_take_the_driver_of_this_time_away():
    moved = told(3, "make", wanted=True, driver="min", leaves_at=LEAVES + 1, back_at=BACK)
    assert rules.fold_trip([MADE, moved]).driver == "min"
    trip = rules.fold_trip([MADE, told(2, "drive", "yun"), moved])
    assert (trip.driver, trip.leaves_at) == ("yun", LEAVES + 1)


@pytest.mark.parametrize(
    ("before", "cleared", "said"),
    [
        (3 * clock.DAY, False, []),
        (rules.EARLY, False, ["early"]),
        (rules.EARLY, True, []),
        (rules.EVE, False, ["eve", "tomorrow"]),
        (rules.EVE, True, ["tomorrow"]),
        (rules.LAST, False, ["last", "tomorrow"]),
        (rules.READY_BEFORE, True, ["tomorrow", "ready"]),
    ],
)
def test_what_is_said_before_a_trip(before, cleared, said):
    trip = rules.fold_trip([MADE])
    assert rules.reminders(trip, cleared, LEAVES - before) == said
    for what in said:
        trip.reminded[what] = MADE
    assert rules.reminders(trip, cleared, LEAVES - before) == []


def test_whoever_is_not_back_is_asked_after_and_so_is_the_vehicle():
    late = BACK + rules.LATE_AFTER
    trip = rules.fold_trip([MADE, told(2, "step", "ready"), told(3, "step", "off")])
    assert rules.reminders(trip, True, late - 1) == []
    assert rules.reminders(trip, True, late) == ["late"]
    nobody_said_anything = rules.fold_trip([MADE])
    assert "late" in rules.reminders(nobody_said_anything, True, late)
    home = rules.fold_trip([MADE, told(3, "step", "back")])
    assert rules.reminders(home, True, BACK + rules.CLEAN_AFTER) == ["clean"]
    skipped = rules.fold_trip([MADE, told(3, "skip", why="rain")])
    assert rules.reminders(skipped, False, late) == []


def test_a_trip_is_looked_after_from_two_days_before_until_it_is_over():
    trip = rules.fold_trip([MADE])
    assert rules.look_again(trip, LEAVES - 3 * clock.DAY) == LEAVES - rules.EARLY
    assert rules.look_again(trip, LEAVES) == LEAVES + rules.LOOKED
    assert rules.look_again(trip, BACK + clock.DAY) is None
