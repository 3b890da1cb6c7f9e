"""What pages ask about places."""

import pytest

from server.features.estates import reads
from server.features.estates.records import Doors
from server.features.people.rules import EVERYWHERE, May, Role, may
from server.i18n import say
from tests.world import NOON, memory_world


@pytest.fixture(scope="module")
def here():
    with memory_world() as (connection, world):
        yield connection, world


def test_a_community_knows_its_zone_and_language(here):
    connection, world = here
    community = reads.community(connection, world.community)
    assert (community.name, community.zone) == ("百花社区", "Asia/Shanghai")
    assert reads.community(connection, 99) is None


def test_the_tree_holds_every_stairwell_with_its_doors_counted(here):
    connection, world = here
    plum, lotus = reads.tree(connection, world.community)
    assert [(node.id, node.short) for node in plum.stairwells] == [
        (world.walk_up, "8-1"),
        (world.neighbour, "8-2"),
    ]
    assert [node.floors for node in (*plum.stairwells, *lotus.stairwells)] == [6, 6, 18]
    assert plum.stairwells[0].doors == Doors(homes=10, vacant=1, shops=1)
    assert plum.doors == Doors(homes=22, vacant=1, shops=1)
    assert lotus.doors == Doors(homes=72)
    assert lotus.doors.all == 72


def test_no_tree_shows_another_community(here):
    connection, world = here
    [compound] = reads.tree(connection, world.elsewhere)
    assert compound.name == "杏园"
    assert compound.doors == Doors(homes=12)
    assert reads.tree(connection, 99) == ()


def test_places_are_called_by_name_for_many_at_once(here):
    connection, world = here
    places = reads.places(connection, world.community)
    assert list(places) == [world.walk_up, world.neighbour, world.tower]
    assert say("zh-Hans", places[world.walk_up].words) == "梅园 8号楼 1单元"
    assert say("zh-Hant", places[world.tower].short_words) == "B座"
    asked = reads.places(connection, world.community, [world.tower, 99])
    assert list(asked) == [world.tower]


def test_a_place_is_what_rights_are_judged_by(here):
    connection, world = here
    place = reads.places(connection, world.community)[world.walk_up]
    role = Role("volunteer", "stairwell", world.walk_up, NOON)
    assert may([role], May.MARK, place, NOON)
    door = reads.household(connection, world.community, world.sun_door)
    assert may([role], May.MARK, door, NOON)
    household = Role("household", "household", world.sun_door, NOON)
    assert may([household], May.DISPUTE, door, NOON)
    assert not may([household], May.DISPUTE, place, NOON)
    assert not may([household], May.DISPUTE, EVERYWHERE, NOON)


def test_a_stairwell_stands_top_floor_first_with_each_landing_in_order(here):
    connection, world = here
    stairwell = reads.stairwell(connection, world.community, world.tower)
    assert [floor.label for floor in stairwell.floors][-5:] == ["6", "5", "3", "2", "1"]
    assert [floor.level for floor in stairwell.floors] == list(range(18, 0, -1))
    assert [door.label for door in stairwell.floors[0].doors] == ["1901", "1902", "1903", "1904"]
    assert len(stairwell.doors) == 72


def test_shops_and_vacant_flats_are_told_apart(here):
    connection, world = here
    stairwell = reads.stairwell(connection, world.community, world.walk_up)
    assert [door.id for door in stairwell.doors if door.use == "shop"] == [world.shop]
    assert [door.id for door in stairwell.doors if door.vacant] == [world.vacant]


def test_a_stairwell_of_another_community_is_not_there(here):
    connection, world = here
    assert reads.stairwell(connection, world.elsewhere, world.tower) is None


def test_a_household_has_its_full_address(here):
    connection, world = here
    sun = reads.household(connection, world.community, world.sun_door)
    assert sun.name == "孙家"
    assert say("zh-Hans", sun.words) == "梅园 8号楼 1单元 302"
    door = world.doors["tower"]["501"]
    tower = reads.household(connection, world.community, door)
    # The fourth floor up is painted 5.
    assert (tower.level, say("zh-Hans", tower.words)) == (4, "荷园 B座 5F 501")
    assert reads.household(connection, world.community, 9999) is None


def test_a_card_number_leads_to_its_household_in_its_community_only(here):
    connection, world = here
    number = reads.household(connection, world.community, world.doors["tower"]["1904"]).card_number
    found = reads.household_by_card(connection, world.community, number)
    assert found.household == world.doors["tower"]["1904"]
    assert reads.household_by_card(connection, world.elsewhere, number) is None


@pytest.mark.parametrize(
    ("typed", "stairwell", "door"),
    [
        ("8-1-302", "walk_up", "302"),
        ("８号楼１单元３０２", "walk_up", "302"),
        ("梅园8号楼2单元302", "neighbour", "302"),
        ("B1904", "tower", "1904"),
        ("8-1-S1", "walk_up", "S1"),
    ],
)
def test_a_door_is_found_by_what_people_type(here, typed, stairwell, door):
    connection, world = here
    found = reads.find_doors(connection, world.community, typed)
    assert [one.household for one in found] == [world.doors[stairwell][door]]


def test_a_door_number_alone_finds_every_such_door(here):
    connection, world = here
    found = reads.find_doors(connection, world.community, "302")
    assert [one.household for one in found] == [
        world.doors[stairwell]["302"] for stairwell in ("walk_up", "neighbour", "tower")
    ]


@pytest.mark.parametrize("typed", ["", "hello", "8-1", "99-1-302", "' or 1=1"])
def test_what_means_no_door_finds_none(here, typed):
    connection, world = here
    assert reads.find_doors(connection, world.community, typed) == []


@pytest.mark.parametrize(
    ("stairwell", "typed"),
    [("walk_up", "8-1-302"), ("neighbour", "梅园8-2-501"), ("tower", "B-1904")],
)
def test_ever_fewer_doors_are_offered_while_one_is_typed(here, stairwell, typed):
    connection, world = here
    wanted = world.doors[stairwell][typed[-3:] if stairwell != "tower" else "1904"]
    place = typed.rindex("-")
    offered = [
        {one.household for one in reads.begin_doors(connection, world.community, typed[:end], 500)}
        for end in range(place, len(typed) + 1)
        if end != place + 1
    ]
    assert all(wanted in found for found in offered)
    assert [len(found) for found in offered] == sorted((len(f) for f in offered), reverse=True)
    assert offered[-1] == {wanted}


@pytest.mark.parametrize("typed", ["", "-", "hello", "99-1-3", "8-1-%", "' or 1=1", "8-1-3021"])
def test_what_can_come_to_no_door_offers_none(here, typed):
    connection, world = here
    assert reads.begin_doors(connection, world.community, typed) == []


def test_a_scope_is_all_its_stairwells_once(here):
    connection, world = here
    tree = reads.tree(connection, world.community)
    plum, lotus = tree
    within = reads.stairwells_within
    both = [world.walk_up, world.neighbour]
    assert within(connection, world.community, compound_ids=[plum.id]) == both
    assert within(connection, world.community, building_ids=[lotus.buildings[0].id]) == [
        world.tower
    ]
    assert within(
        connection,
        world.community,
        compound_ids=[plum.id],
        stairwell_ids=[world.tower, world.walk_up],
    ) == [*both, world.tower]
    assert within(connection, world.community) == []


def test_many_stairwells_come_whole_at_once(here):
    connection, world = here
    found = reads.stairwells_by_id(connection, world.community, [world.tower, world.walk_up])
    assert list(found) == [world.walk_up, world.tower]
    for one, stairwell in found.items():
        assert stairwell == reads.stairwell(connection, world.community, one)
