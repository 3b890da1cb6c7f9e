"""Under which control a building is, and who says so."""

import pytest

from server import clock
from server.features.estates import operations, reads
from server.features.people import controls
from tests.support.told import words
from tests.world import NOON


def control(told, actor="mei", v=1, **data):
    asked = {"status": "sealed", "allows": "足不出户", "stairwells": [told.world.walk_up]}
    return told.ask(actor, "control.set", asked | data, v=v)


def now(told):
    return told.read(reads.controls_of, told.world.community)


def test_the_newest_word_on_a_building_holds(told):
    assert control(told).outcome == "applied"
    since = told.later(hours=1)
    assert control(told, status="precaution", allows="").outcome == "applied"
    [found] = now(told).values()
    assert (found.status, found.allows, found.since) == ("precaution", "", since)


def test_a_stairwell_means_its_whole_building(told):
    control(told, stairwells=[told.world.walk_up, told.world.neighbour])
    assert len(now(told)) == 1


@pytest.mark.parametrize("actor", ["hao", "min", "sun", "qian"])
def test_only_a_steward_sets_it(told, actor):
    assert words(control(told, actor)) == operations.NOT_YOURS


def test_what_there_is_not_is_refused(told):
    assert words(control(told, status="open sesame")) == operations.NO_SUCH_CONTROL
    assert words(control(told, stairwells=[])) == operations.NOWHERE
    assert words(control(told, stairwells=[9999])) == operations.NOWHERE


def clocked(told, **data):
    said = {"changes_when": "7天无新增，两轮核酸阴性", "changes_at": "2022-04-28T08:00"}
    return control(told, v=2, **said | data)


def test_a_control_says_what_it_takes_to_change_and_when_that_may_be(told):
    assert clocked(told).outcome == "applied"
    [found] = now(told).values()
    assert found.changes_when == "7天无新增，两轮核酸阴性"
    assert found.changes_at == NOON + 6 * clock.DAY + 20 * clock.HOUR


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2022-04-21T11:59", operations.NOT_TO_COME),
        ("2022-07-01T08:00", operations.NOT_TO_COME),
        ("next week", operations.NO_MOMENT),
    ],
)
def test_an_earliest_change_that_cannot_be_is_refused(told, typed, why):
    assert words(clocked(told, changes_at=typed)) == why
    assert now(told) == {}


def test_a_building_keeps_everything_that_was_said_of_it(told):
    clocked(told)
    told.later(hours=1)
    control(told, status="controlled")
    [building] = now(told)
    for who, by in (("mei", "陈梅"), ("sun", "")):
        found = told.read(controls.building, told.person(who), "zh-Hans", building)
        assert [one.control.status for one in found.history] == ["controlled", "sealed"]
        assert {one.by for one in found.history} == {by}
        assert found.now.status == "controlled"


def test_the_block_shows_every_building_and_where_one_lives(told):
    control(told)
    picture = told.read(controls.picture, told.person("sun"), "zh-Hans")
    squares = [square for compound in picture.compounds for square in compound.squares]
    assert [(one.number, one.mine, one.control and one.control.status) for one in squares] == [
        ("8", True, "sealed"), ("B", False, None),
    ]  # fmt: skip
    assert picture.counts == {"sealed": 1}
    assert picture.settable == ()
    assert told.read(controls.picture, told.person("mei"), "zh-Hans").settable
