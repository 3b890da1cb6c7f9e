"""Under which control a building is, and who says so."""

import pytest

from server.features.estates import operations, reads
from tests.support.told import words


def control(told, actor="mei", **data):
    asked = {"status": "sealed", "allows": "足不出户", "stairwells": [told.world.walk_up]}
    return told.ask(actor, "control.set", asked | data)


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
