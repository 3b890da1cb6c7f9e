"""The small world is what its description says."""

import pytest

from server.features.estates import reads as estates
from server.features.people import reads as people
from tests.world import memory_world


@pytest.fixture(scope="module")
def here():
    with memory_world() as (connection, world):
        yield connection, world


@pytest.mark.parametrize(
    ("stairwell", "floors", "doors"), [("walk_up", 6, 12), ("neighbour", 6, 12), ("tower", 18, 72)]
)
def test_stairwells_are_as_described(here, stairwell, floors, doors):
    connection, world = here
    found = estates.stairwell(connection, world.community, getattr(world, stairwell))
    assert (len(found.floors), len(found.doors)) == (floors, doors)
    assert {door.label: door.id for door in found.doors} == world.doors[stairwell]


def test_everybody_is_where_they_belong(here):
    connection, world = here
    own = people.accounts_by_id(connection, world.community, world.names)
    other = people.accounts_by_id(connection, world.elsewhere, world.names)
    assert {one.name for one in own.values()} == {"陈梅", "林浩", "赵芸", "王敏", "老钱", "孙家"}
    assert {one.name for one in other.values()} == {"安娜", "柏"}
    assert {one.id: one.name for one in (*own.values(), *other.values())} == world.names


def test_every_home_but_the_vacant_one_has_somebody(here):
    connection, world = here
    present = people.presence(connection, world.community)
    everywhere = {door for doors in list(world.doors.values())[:3] for door in doors.values()}
    assert everywhere - set(present) == {world.shop, world.vacant}
