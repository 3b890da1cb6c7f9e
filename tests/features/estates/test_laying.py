"""Places that a register names and nobody knew: laid down in order, each once."""

from server.features.estates import laying, operations, reads
from server.features.estates.laying import NewDoor
from server.features.people.codes import card_number
from tests.support.told import words


def lay(told, *doors):
    return told.write(laying.lay, told.world.community, doors, told.now, card_number)


def compound_of(told, stairwell):
    return told.read(reads.places, told.world.community, [stairwell])[stairwell].compound


def test_a_building_is_laid_down_with_its_stairwells_floors_and_doors(told):
    compound = compound_of(told, told.world.walk_up)
    made = lay(
        told,
        NewDoor(compound, "12", "2", "301"),
        NewDoor(compound, "12", "1", "1102"),
        NewDoor(compound, "12", "1", "1101"),
        NewDoor(compound, "12", "1", "101", shop=True),
        NewDoor(compound, "12", "1", "1101"),
    )
    assert len(made) == 4
    doors = told.read(reads.households_by_id, told.world.community, made.values())
    told_of = {
        (door.address.building, door.address.stairwell, door.address.floor, door.label): door
        for door in doors.values()
    }
    assert told_of.keys() == {
        ("12", "1", "11", "1101"), ("12", "1", "11", "1102"),
        ("12", "1", "1", "101"), ("12", "2", "3", "301"),
    }  # fmt: skip
    high = told_of["12", "1", "11", "1101"]
    assert (high.level, high.vacant, high.use) == (11, True, "home")
    assert told_of["12", "1", "1", "101"].use == "shop"
    [stairwell] = told.read(reads.stairwells_by_id, told.world.community, [high.stairwell]).values()
    assert [door.label for door in stairwell.doors] == ["1101", "1102", "101"]


def test_doors_join_the_stairwell_and_the_floor_that_are_there(told):
    before = told.read(reads.stairwell, told.world.community, told.world.walk_up)
    compound = compound_of(told, told.world.walk_up)
    [number] = lay(told, NewDoor(compound, "8", "1", "303")).values()
    after = told.read(reads.stairwell, told.world.community, told.world.walk_up)
    assert len(after.doors) == len(before.doors) + 1
    assert len(after.floors) == len(before.floors)
    [third] = [floor for floor in after.floors if floor.label == "3"]
    assert [door.label for door in third.doors][-1] == "303"
    assert third.doors[-1].id == number


def test_a_steward_of_the_whole_community_adds_a_compound(told):
    said = {"name": "竹园", "scheme": "lane", "number": "1066弄"}
    assert told.ask("mei", "compound.make", said).outcome == "applied"
    assert words(told.ask("mei", "compound.make", said)) == operations.KNOWN_NAME
    tree = told.read(reads.tree, told.world.community)
    assert [(one.name, one.scheme) for one in tree][-1] == ("竹园", "lane")
    for who in ("min", "hao", "sun"):
        answer = told.ask(who, "compound.make", said | {"name": "菊园"})
        assert words(answer) == operations.NOT_YOUR_ESTATE
    for wrong, why in (
        ({"name": " "}, operations.NO_NAME),
        ({"scheme": "street"}, operations.NO_SCHEME),
        ({"number": ""}, operations.NO_LANE),
    ):
        assert words(told.ask("mei", "compound.make", said | {"name": "菊园"} | wrong)) == why
