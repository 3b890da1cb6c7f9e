"""The simulated morning is sound: what it says of ways of calling can be believed."""

from statistics import mean
from xml.etree import ElementTree

import pytest

from bench.simulation.block import ONE_SITE, SIX_SITES, TOWERS, residents
from bench.simulation.day import LIFT_HOLDS, MEDIC_RATE, medics, queue, run
from bench.simulation.figures import outcome
from bench.simulation.picture import Panel, draw
from bench.simulation.ways import WAYS, everybody, paced
from server.clock import HOUR, MINUTE

SETTINGS = [SIX_SITES, ONE_SITE]
EVERY_WAY = [(setting, way) for setting in SETTINGS for way in WAYS]


@pytest.fixture(scope="module")
def mornings():
    """Each way in each setting once, with late people."""
    return {
        (setting.name, way): run(setting, WAYS[way], late=0.3, seed=1) for setting, way in EVERY_WAY
    }


@pytest.mark.parametrize(("setting", "way"), EVERY_WAY)
def test_everybody_who_comes_is_swabbed_once_and_nobody_else(mornings, setting, way):
    day = mornings[setting.name, way]
    assert sorted(day.served) == [person.nth for person in day.people if person.comes]


@pytest.mark.parametrize(("setting", "way"), EVERY_WAY)
def test_every_floor_is_called_once(mornings, setting, way):
    day = mornings[setting.name, way]
    assert set(day.called) == {(person.tower, person.level) for person in day.people}


@pytest.mark.parametrize(("setting", "way"), EVERY_WAY)
def test_nobody_is_swabbed_before_they_came_nor_comes_before_the_call(mornings, setting, way):
    day = mornings[setting.name, way]
    for site in day.sites:
        assert min(count for _, count in queue(site)) >= 0
        for floor, came in site.came_from.items():
            assert all(at > day.called[floor] for at in came)


@pytest.mark.parametrize(("setting", "way"), EVERY_WAY)
def test_people_go_to_the_site_of_their_tower(mornings, setting, way):
    for site in mornings[setting.name, way].sites:
        assert {tower for tower, _ in site.came_from} == set(site.site.towers)


def test_no_lift_takes_more_than_it_holds(mornings):
    day = mornings["one site", "everybody at once"]
    assert max(people for people, _ in day.rides) == LIFT_HOLDS
    assert all(1 <= levels <= people for people, levels in day.rides)


def test_the_same_seed_gives_the_same_morning_and_another_another():
    first, again, other = (run(SIX_SITES, paced, 0.3, seed) for seed in (2, 2, 3))
    assert (first.served, first.called, first.rides) == (again.served, again.called, again.rides)
    assert first.served != other.served


def test_people_are_the_same_whoever_is_late():
    punctual, late = residents(SIX_SITES, 0, 5), residents(SIX_SITES, 0.3, 5)
    assert [person.comes for person in punctual] == [person.comes for person in late]
    later = mean(b.reaction > a.reaction for a, b in zip(punctual, late, strict=True))
    assert 0.25 < later < 0.35


def test_the_block_has_as_many_people_as_block_e():
    people = residents(SIX_SITES, 0, 1)
    assert {person.tower for person in people} == set(range(TOWERS))
    assert 4_900 < len(people) < 5_200


def test_a_medic_swabs_as_many_as_on_the_published_morning():
    """By the clock of a site that never lacks people, over several days."""
    rates = []
    for seed in range(12):
        day = run(ONE_SITE, everybody, 0, seed)
        swabbed = day.sites[0].swabbed
        in_between = [at for at in swabbed if HOUR <= at < 4 * HOUR]
        rates.append(len(in_between) / (3 * HOUR / MINUTE) / 9)
    assert mean(rates) == pytest.approx(MEDIC_RATE, rel=0.05)
    assert mean(sum(medics(9, seed)) / 9 for seed in range(500)) == pytest.approx(1.97, rel=0.01)


def test_nobody_begins_a_swab_in_a_pause():
    pause = (2 * HOUR, 2 * HOUR + 20 * MINUTE)
    day = run(ONE_SITE, everybody, 0, 1, pause)
    longest_swab = 3 * MINUTE
    assert not any(
        pause[0] + longest_swab < at < pause[1] for site in day.sites for at in site.swabbed
    )


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_pacing_keeps_the_limit_and_the_finish(mornings, setting):
    found = outcome(mornings[setting.name, "paced"])
    crowd = outcome(mornings[setting.name, "everybody at once"])
    assert found.of_limit <= 1
    assert found.nearly <= 1.1 * crowd.nearly
    assert found.shared < 0.1 < crowd.shared
    assert found.longest_wait < 30 < crowd.longest_wait


def test_the_picture_is_an_svg_for_light_and_dark():
    picture = draw([Panel("A & B", 30, {way: [0, 5, 4_000, 3] for way in WAYS})])
    assert "prefers-color-scheme: dark" in picture
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
