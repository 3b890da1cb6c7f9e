"""What pages ask about people."""

import pytest
from sqlalchemy import update

from server.features.people import reads
from server.features.people.reads import Presence
from server.features.people.rules import EVERYWHERE, May, Where, may
from server.features.people.tables import accounts, roles
from tests.world import NOON, memory_world


@pytest.fixture
def here():
    with memory_world() as (connection, world):
        yield connection, world


def test_an_account_is_found_in_its_own_community_only(here):
    connection, world = here
    assert reads.account(connection, world.community, world.hao).name == "林浩"
    assert reads.account(connection, world.elsewhere, world.hao) is None


def test_many_accounts_are_found_at_once(here):
    connection, world = here
    found = reads.accounts_by_id(connection, world.community, [world.mei, world.yun, world.bo])
    assert {one.name for one in found.values()} == {"陈梅", "赵芸"}


def test_somebody_comes_with_all_their_roles(here):
    connection, world = here
    mei = reads.person(connection, world.community, world.mei)
    assert mei.account.name == "陈梅"
    assert may(mei.roles, May.LEAD, EVERYWHERE, NOON)
    assert reads.person(connection, world.community, world.anna) is None


def test_roles_end_at_the_border_of_their_community(here):
    connection, world = here
    assert reads.roles(connection, world.elsewhere, world.mei) == ()
    found = reads.roles_by_account(connection, world.community, [world.hao, world.qian, world.bo])
    assert {one: len(held) for one, held in found.items()} == {world.hao: 3, world.qian: 1}


def test_volunteers_come_by_team_with_their_usual_stairwells(here):
    connection, world = here
    hao, yun = reads.volunteers(connection, world.community, NOON)
    assert (hao.name, hao.team, hao.usual) == (
        "林浩",
        "A",
        {world.walk_up, world.neighbour, world.tower},
    )
    assert (yun.name, yun.team, yun.usual) == ("赵芸", "B", {world.walk_up, world.tower})


def test_a_volunteer_whose_role_has_ended_or_not_begun_is_not_one(here):
    connection, world = here
    connection.execute(update(roles).where(roles.c.account_id == world.hao).values(until=NOON))
    connection.execute(update(roles).where(roles.c.account_id == world.yun).values(since=NOON + 1))
    assert reads.volunteers(connection, world.community, NOON) == ()


def test_a_revoked_volunteer_is_not_one(here):
    connection, world = here
    connection.execute(
        update(accounts).where(accounts.c.id == world.hao).values(revoked_at=NOON - 1)
    )
    assert [one.name for one in reads.volunteers(connection, world.community, NOON)] == ["赵芸"]


def test_a_household_has_its_people(here):
    connection, world = here
    [sun] = reads.residents_of(connection, world.community, world.sun_door)
    assert (sun.name, sun.born, sun.present, sun.registered) == ("孙奶奶", 1936, True, True)
    assert reads.residents_of(connection, world.community, world.vacant) == ()


def test_presence_is_apart_from_registration(here):
    connection, world = here
    counted = reads.presence(connection, world.community)
    assert counted[world.sun_door] == Presence(present=1, registered=1)
    assert counted[world.one_away] == Presence(present=2, registered=3)
    assert counted[world.one_unregistered] == Presence(present=2, registered=1)
    assert world.vacant not in counted
    assert world.shop not in counted
    asked = reads.presence(connection, world.community, [world.sun_door, world.vacant])
    assert list(asked) == [world.sun_door]


def test_people_are_counted_by_stairwell(here):
    connection, world = here
    counted = reads.present_by_stairwell(connection, world.community)
    each = reads.presence(connection, world.community, world.doors["walk_up"].values())
    assert counted[world.walk_up] == sum(one.present for one in each.values()) > 10
    assert set(counted) == {world.walk_up, world.neighbour, world.tower}


def test_every_lived_in_home_has_an_account_that_speaks_for_it_alone(here):
    connection, world = here
    doors = world.doors["walk_up"].values()
    found = reads.household_accounts(connection, world.community, doors)
    assert set(found) == set(doors) - {world.shop, world.vacant}
    assert found[world.sun_door].id == world.sun
    held = reads.roles(connection, world.community, world.sun)
    assert may(held, May.DISPUTE, Where(household=world.sun_door), NOON)
    assert not may(held, May.DISPUTE, Where(household=world.one_away), NOON)
