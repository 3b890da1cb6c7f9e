"""Households are asked gently whether the register is still right about them."""

import pytest
from sqlalchemy import select

from server import clock
from server.features.estates import reads as estates
from server.features.notices.tables import reach
from server.features.upkeep import operations as said
from server.features.upkeep import reads, rules
from tests.support.told import words


@pytest.fixture
def aged(told):
    """Half a year has gone by since anything was known."""
    told.later(days=200)
    return told


def question(told, who="sun"):
    return told.read(reads.question, told.person(who))


def confirm(told, who="sun", what="confirm"):
    return told.ask(who, f"upkeep.{what}", {"household": told.world.sun_door})


def building(told):
    return told.read(estates.places, told.world.community)[told.world.walk_up].building


def ask(told, who="mei"):
    return told.ask(who, "upkeep.ask", {"building": building(told)})


@pytest.mark.parametrize(("days", "old"), [(0, False), (180, False), (181, True)])
def test_an_entry_is_old_after_half_a_year(days, old):
    assert rules.is_old(0, days * clock.DAY) == old


def test_a_household_is_asked_once_its_entry_is_old_and_names_itself(aged):
    asked = question(aged)
    assert asked.household == aged.world.sun_door
    assert any(name.startswith("孙") for name in asked.names)
    assert question(aged, "hao") is None


def test_nothing_changed_is_one_tap_and_lasts_half_a_year(aged):
    assert confirm(aged).outcome == "applied"
    assert question(aged) is None
    aged.later(days=181)
    assert question(aged) is not None


def test_what_was_corrected_is_as_good_as_confirmed(aged):
    aged.ask("sun", "resident.correct", {
        "resident": aged.world.sun_resident, "name": "孙奶奶", "born": "1937"})  # fmt: skip
    assert question(aged) is None


def test_not_now_is_heard_for_thirty_days(aged):
    confirm(aged, what="later")
    aged.later(days=29)
    assert question(aged) is None
    aged.later(days=2)
    assert question(aged) is not None


@pytest.mark.parametrize("who", ["hao", "qian"])
@pytest.mark.parametrize("what", ["confirm", "later"])
def test_nobody_else_speaks_for_a_household(aged, who, what):
    assert words(confirm(aged, who, what)) == said.NOT_YOURS


def test_whoever_keeps_the_register_confirms_for_it_and_answers_not_later(aged):
    assert confirm(aged, "min").outcome == "applied"
    assert words(confirm(aged, "min", "later")) == said.NOT_YOURS


def test_a_building_is_asked_at_once_and_not_again_within_thirty_days(aged):
    confirm(aged)
    sent = ask(aged)
    assert sent.outcome == "applied"
    asked = {
        row.household_id for row in aged.rows(select(reach).where(reach.c.notice_id == sent.id))
    }
    assert asked
    assert aged.world.sun_door not in asked  # who has just said so is left alone
    assert aged.world.vacant not in asked
    assert words(ask(aged)) == said.NOBODY
    aged.later(days=31)
    assert ask(aged).outcome == "applied"


def test_who_said_not_now_is_not_asked_by_announcement_either(aged):
    confirm(aged, what="later")
    sent = ask(aged)
    asked = {
        row.household_id for row in aged.rows(select(reach).where(reach.c.notice_id == sent.id))
    }
    assert aged.world.sun_door not in asked


@pytest.mark.parametrize("who", ["hao", "sun", "qian"])
def test_nobody_else_asks(aged, who):
    assert words(ask(aged, who)) == said.NOT_YOURS


def test_buildings_are_shown_with_how_many_are_old_the_worst_first(aged):
    confirm(aged)
    found = aged.read(reads.old, aged.person("mei"))
    here = next(one for one in found.lines if one.building == building(aged))
    assert here.old == here.homes - 1
    assert here.to_ask == here.old
    assert found.lines[0].old >= 1


def test_an_officer_sees_their_own_stairwell_alone(aged):
    whole = aged.read(reads.old, aged.person("mei")).lines
    mine = aged.read(reads.old, aged.person("min")).lines
    assert len(mine) == 1
    assert mine[0].homes < sum(one.homes for one in whole)
