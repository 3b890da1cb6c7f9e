"""What counts suggest to those who keep vacant flats; the register never changes by itself."""

import pytest

from server.features.estates import reads as estates
from server.features.vacancies import operations as said
from server.features.vacancies.file import NOT_YOURS
from tests.features.access.conftest import row
from tests.support.told import words

EVERY_DAY = range(16)


def doubt(told, who, door, suggested="lived_in", days=2):
    data = {"household": door, "suggested": suggested, "days": days}
    return told.ask(who, "vacancy.doubt", data)


def register_says(told, door):
    return told.read(estates.household, told.world.community, door).vacant


def test_a_vacant_flat_whose_door_is_used_on_two_days_may_be_lived_in(system, told):
    system.use("8-1-602", [1])
    assert system.suggested() == {}
    system.send(row("8-1-602", 3, ins=2, outs=0))
    found = system.suggested()[told.world.vacant]
    assert (found.what, found.ins, found.outs, found.days) == ("lived_in", 3, 1, 2)
    assert register_says(told, told.world.vacant)


def test_what_was_counted_more_than_a_week_ago_suggests_nothing(system):
    system.use("8-1-602", [7, 8, 9])
    assert system.suggested() == {}


def test_counts_of_nobody_are_no_days(system):
    system.send(*(row("8-1-602", ago, ins=0, outs=0) for ago in (1, 2, 3)))
    assert system.suggested() == {}


def test_a_lived_in_flat_without_anybody_for_two_weeks_may_be_vacant(system, told):
    system.use("8-1-401", EVERY_DAY)
    found = system.suggested()
    quiet = told.door("walk_up", "302")
    assert (found[quiet].what, found[quiet].living) == ("vacant", 1)
    assert told.door("walk_up", "401") not in found
    assert told.world.shop not in found
    assert not register_says(told, quiet)


def test_one_use_within_two_weeks_and_it_is_lived_in(system, told):
    system.use("8-1-401", EVERY_DAY)
    system.use("8-1-302", [13])
    assert told.door("walk_up", "302") not in system.suggested()


def test_nothing_is_suggested_of_a_building_that_the_system_does_not_count(system, told):
    system.use("8-1-401", EVERY_DAY)
    assert told.door("tower", "101") not in system.suggested()


def test_a_system_that_fell_silent_suggests_nothing(system):
    system.use("8-1-401", range(3, 16))
    assert system.suggested() == {}


def test_a_system_that_was_disconnected_suggests_nothing(system, told):
    system.use("8-1-401", EVERY_DAY)
    system.use("8-1-602", [1, 2])
    told.ask("mei", "access.disconnect", {"system": system.id})
    assert system.suggested() == {}


def test_silence_of_a_sealed_building_suggests_nothing(system, told):
    system.use("8-1-401", EVERY_DAY)
    answer = told.ask("mei", "control.set", {"buildings": [1], "status": "sealed"})
    assert answer.outcome == "applied", answer
    assert system.suggested() == {}


def test_an_officer_reads_of_their_own_stairwell_alone(system, told):
    system.use("8-2-101", EVERY_DAY)
    mine = {told.door("walk_up", label) for label in told.world.doors["walk_up"]}
    assert system.suggested("min")
    assert set(system.suggested("min")) <= mine
    assert not set(system.suggested()) <= mine


def test_a_flat_kept_as_vacant_is_lived_in_by_one_tap(system, told):
    door = told.world.vacant
    told.ask("min", "vacancy.find", {"household": door, "evidence": "meter"})
    system.use("8-1-602", [1, 2])
    assert system.suggested()[door].kept
    told.ask("min", "vacancy.recheck", {"household": door, "found": "lived_in"})
    assert system.suggested() == {}
    assert not register_says(told, door)


def test_a_quiet_flat_from_which_all_have_left_is_entered_by_one_tap(system, told):
    door = told.door("walk_up", "302")
    told.ask("mei", "resident.leave", {"resident": told.world.sun_resident})
    system.use("8-1-401", EVERY_DAY)
    assert system.suggested()[door].living == 0
    found = told.ask("min", "vacancy.find", {"household": door, "evidence": "counted"})
    assert found.outcome == "applied"
    assert register_says(told, door)
    assert door not in system.suggested()


def test_a_suggestion_that_is_put_aside_comes_back_after_two_weeks(system, told):
    system.use("8-1-401", EVERY_DAY)
    quiet = told.door("walk_up", "302")
    assert doubt(told, "min", quiet, "vacant", 0).outcome == "applied"
    assert quiet not in system.suggested()
    told.later(days=14)
    system.send({"flat": "8-1-401", "day": "2022-05-05", "in": 1, "out": 1})
    assert quiet in system.suggested()


def test_a_suggestion_that_is_put_aside_comes_back_once_it_shows_on_more_days(system, told):
    door = told.world.vacant
    system.use("8-1-602", [1, 2])
    doubt(told, "mei", door)
    assert system.suggested() == {}
    system.use("8-1-602", [0])
    assert system.suggested()[door].days == 3


@pytest.mark.parametrize("who", ["hao", "sun", "qian"])
def test_whoever_keeps_no_vacant_flats_there_puts_nothing_aside(told, who):
    assert words(doubt(told, who, told.world.vacant)) == NOT_YOURS


def test_a_door_that_is_not_there_is_refused_in_the_same_words(told):
    assert words(doubt(told, "mei", 99_999)) == NOT_YOURS


def test_what_nobody_suggests_is_not_put_aside(told):
    assert words(doubt(told, "mei", told.world.vacant, "haunted")) == said.NOT_SUGGESTED


def test_putting_aside_says_nothing_of_whether_the_flat_is_vacant(system, told):
    door = told.world.vacant
    told.ask("min", "vacancy.find", {"household": door, "evidence": "meter"})
    doubt(told, "min", door)
    told.later(days=3)
    told.ask("min", "vacancy.recheck", {"household": door, "found": "intact"})
    assert register_says(told, door)
