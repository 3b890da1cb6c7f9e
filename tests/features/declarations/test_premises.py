"""Shops are doors of a screening, and counted apart from homes."""

from sqlalchemy import select

from server.features.declarations import reads
from server.features.rounds.tables import round_doors


def screen(told):
    return told.open_round("walk_up", title="Screening", kind="screening", quantity=1)


def picture(told, round_id):
    return told.read(reads.picture, told.person("mei"), "en", round_id)


def due(told, round_id):
    table = round_doors.c
    query = select(table.due).where(
        table.round_id == round_id, table.household_id == told.world.shop
    )
    return told.value(query)


def test_a_shop_is_a_door_of_a_screening_and_of_no_delivery(told):
    assert due(told, screen(told)) == 1
    assert due(told, told.open_round("walk_up")) == 0


def test_a_shop_is_marked_with_who_stays_overnight_and_counted_apart(told):
    round_id = screen(told)
    before = picture(told, round_id)
    assert (before.premises.shops, before.premises.been) == (1, 0)
    marked = told.mark("hao", round_id, "S1", "asked", answers={"overnight": "2"})
    assert marked.outcome == "applied"
    after = picture(told, round_id)
    assert after.premises.been == 1
    assert after.whole == before.whole  # of homes nothing has changed


def test_a_shop_is_no_vacant_flat_in_the_steps(told):
    steps = picture(told, screen(told)).whole
    assert (steps.doors, steps.vacant) == (11, 1)  # 602 alone


def test_shares_are_of_homes(told):
    round_id = screen(told)
    told.mark("hao", round_id, "S1", "asked")
    found = told.read(reads.shares, told.person("sun"), "en", round_id)
    assert all(one.steps.homes == 10 for one in found.shares)
