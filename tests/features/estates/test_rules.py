"""How places are called, read back and ordered."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from server.features.estates import rules
from server.features.estates.rules import SCHEMES, Address, parse
from server.i18n import LANGUAGES, LOCALES, say
from tests.features.estates.words import CHINESE

LANE = Address("兰园", "828", "12", "", "3", "302")
UNIT = Address("梅园", "", "12", "3", "11", "1102")
TOWER = Address("荷园", "", "B", "", "18", "1803")


@pytest.mark.parametrize(
    ("scheme", "address", "language", "said"),
    [
        ("lane", LANE, "zh-Hans", "兰园 828弄12号302室"),
        ("lane", LANE, "zh-Hant", "兰园 828弄12號302室"),
        ("lane", LANE, "en", "兰园, Lane 828 No. 12, Room 302"),
        ("unit", UNIT, "zh-Hans", "梅园 12号楼 3单元 1102"),
        ("unit", UNIT, "zh-Hant", "梅园 12號樓 3單元 1102"),
        ("unit", UNIT, "en", "梅园, Building 12, Unit 3, 1102"),
        ("tower", TOWER, "zh-Hans", "荷园 B座 18F 1803"),
        ("tower", TOWER, "en", "荷园, Tower B, 18F 1803"),
    ],
)
def test_an_address_is_said_as_people_there_say_it(scheme, address, language, said):
    assert say(language, rules.full_address(scheme, address)) == said


def test_a_place_line_leaves_the_door_out_and_a_short_one_the_compound_too():
    assert say("zh-Hans", rules.place("unit", UNIT)) == "梅园 12号楼 3单元"
    assert say("zh-Hans", rules.short_place("unit", UNIT)) == "12号楼 3单元"
    assert say("zh-Hans", rules.short_address("unit", UNIT)) == "12号楼 3单元 1102"
    assert say("zh-Hans", rules.short_place("lane", LANE)) == "828弄12号"


def test_a_list_says_only_what_tells_its_entries_apart():
    assert say("zh-Hans", rules.building_label("unit", UNIT)) == "12号楼"
    assert say("zh-Hans", rules.stairwell_label("unit", UNIT)) == "3单元"
    assert say("zh-Hans", rules.stairwell_label("lane", LANE)) == "828弄12号"
    assert say("zh-Hant", rules.stairwell_label("tower", TOWER)) == "B座"


def test_a_square_holds_numbers_only():
    assert rules.short_label("12", "3") == "12-3"
    assert rules.short_label("12") == "12"
    assert rules.short_label("12", "3", "1102") == "12-3-1102"


@pytest.mark.parametrize(
    ("scheme", "typed", "parts"),
    [
        ("unit", "12-3-1102", ("", "12", "3", "", "1102")),
        ("unit", "１２－３－１１０２", ("", "12", "3", "", "1102")),
        ("unit", "12 3 1102", ("", "12", "3", "", "1102")),
        ("unit", "12号楼3单元1102", ("", "12", "3", "", "1102")),
        ("unit", "１２号楼３单元１１０２", ("", "12", "3", "", "1102")),
        ("unit", "12栋3单元11层1102户", ("", "12", "3", "11", "1102")),
        ("unit", "梅园小区12号楼3单元1102", ("", "12", "3", "", "1102")),
        ("unit", "building 12 unit 3 1102", ("", "12", "3", "", "1102")),
        ("unit", "12-1102", ("", "12", "", "", "1102")),
        ("unit", "12-3", ("", "12", "3", "", "")),
        ("unit", "1102", ("", "", "", "", "1102")),
        ("lane", "828弄12号302室", ("828", "12", "", "", "302")),
        ("lane", "828-12-302", ("828", "12", "", "", "302")),
        ("lane", "12-302", ("", "12", "", "", "302")),
        ("lane", "12號302", ("", "12", "", "", "302")),
        ("lane", "12–S1", ("", "12", "", "", "S1")),
        ("tower", "B座 18F 1803", ("", "B", "", "18", "1803")),
        ("tower", "b1803", ("", "B", "", "", "1803")),
        ("tower", "B座2单元18层1803室", ("", "B", "2", "18", "1803")),
        ("tower", "B座 3AF 3A02", ("", "B", "", "3A", "3A02")),
        ("tower", "F座 5F 502", ("", "F", "", "5", "502")),
    ],
)
def test_what_people_type_is_understood(scheme, typed, parts):
    assert parse(typed, scheme, "梅园") == Address("梅园", *parts)


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "-", "hello", "楼", "unit 3", "12-3-4-5", "12号楼 12号楼 3", "12;drop", "💥"],
)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_not_clear_is_not_guessed(scheme, typed):
    assert parse(typed, scheme, "梅园") is None


@given(st.text(), st.sampled_from(list(SCHEMES)))
def test_nothing_typed_breaks_the_reader(text, scheme):
    parse(text, scheme, "梅园")


numbers = st.integers(1, 99).map(str)
floors = st.one_of(st.integers(1, 60).map(str), st.sampled_from(["3A", "13B", "G"]))
buildings = {
    "lane": numbers,
    "unit": st.one_of(numbers, st.integers(100, 150).map(str)),
    "tower": st.one_of(st.sampled_from("ABCDEFGHJKLMNOPQRSTUVWXYZ"), numbers),
}


@st.composite
def places(draw):
    """A scheme and an address in it."""
    scheme = draw(st.sampled_from(list(SCHEMES)))
    floor = draw(floors)
    door = draw(
        st.one_of(
            st.integers(1, 12).map(lambda nth: rules.door_label(floor, nth)),
            st.integers(1, 20).map(lambda nth: f"S{nth}"),
        )
    )
    return scheme, Address(
        compound=draw(st.sampled_from(["梅园", "兰园", "Garden 8", "五一新村", "12号"])),
        lane=draw(st.integers(1, 3999).map(str)) if scheme == "lane" else "",
        building=draw(buildings[scheme]),
        stairwell=draw(st.one_of(st.just(""), numbers)),
        floor=floor if scheme == "tower" else "",
        door=door,
    )


@given(places(), st.sampled_from(list(LANGUAGES)))
def test_every_address_that_is_said_is_read_back(place, language):
    scheme, address = place
    for phrase in (rules.full_address, rules.short_address):
        assert parse(say(language, phrase(scheme, address)), scheme, address.compound) == address


@given(places(), st.sampled_from(list(LANGUAGES)))
def test_every_place_line_that_is_said_is_read_back(place, language):
    scheme, address = place
    stairwell = replace(address, floor="", door="")
    for phrase in (rules.place, rules.short_place):
        said = say(language, phrase(scheme, address))
        assert parse(said, scheme, address.compound) == stairwell


@given(places())
def test_every_address_typed_as_numbers_is_read_back(place):
    scheme, address = place
    # With a lane, two numbers before the door are lane and building: nobody types 12-2-302 there.
    address = replace(address, lane="", floor="", stairwell=address.stairwell * (scheme != "lane"))
    typed = rules.short_label(address.building, address.stairwell, address.door)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in typed)
    assert parse(typed, scheme, address.compound) == address
    assert parse(wide, scheme, address.compound) == address


@pytest.mark.parametrize("language", CHINESE)
def test_the_phrases_here_are_those_of_the_catalogue(language):
    path = LOCALES / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        pytest.skip("The catalogue is not written yet.")
    with path.open("rb") as file:
        written = {message.id: message.string for message in read_po(file) if message.id}
    assert {text: written.get(text) for text in CHINESE[language]} == CHINESE[language]


@pytest.mark.parametrize("language", CHINESE)
def test_every_phrase_is_translated_with_all_its_parts(language):
    phrases = {rules.IN_COMPOUND, rules.UNIT}
    for scheme in SCHEMES.values():
        phrases |= {scheme.label, scheme.building, scheme.stairwell, scheme.door}
    assert phrases == set(CHINESE[language])
    for phrase, said in CHINESE[language].items():
        assert sorted(re.findall(r"%\(\w+\)s", said)) == sorted(re.findall(r"%\(\w+\)s", phrase))


def door(level, position):
    return SimpleNamespace(level=level, position=position)


def test_a_volunteer_walks_down_landing_by_landing():
    doors = [door(1, 2), door(2, 1), door(1, 1), door(2, 2)]
    walk = [(d.level, d.position) for d in rules.walking_order(doors)]
    assert walk == [(2, 1), (2, 2), (1, 1), (1, 2)]


def test_or_up_where_there_is_no_lift_and_each_landing_keeps_its_order():
    doors = [door(2, 2), door(1, 2), door(2, 1), door(1, 1)]
    walk = [(d.level, d.position) for d in rules.walking_order(doors, bottom_first=True)]
    assert walk == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_floors_stand_as_the_building_stands():
    floors = [door(level, 0) for level in (1, 3, 2)]
    assert [floor.level for floor in rules.floor_order(floors)] == [3, 2, 1]
    assert [floor.level for floor in rules.floor_order(floors, bottom_first=True)] == [1, 2, 3]


def test_a_building_without_a_fourth_floor_still_has_all_its_floors():
    labels = rules.floor_labels(18, without=frozenset({4}))
    assert len(labels) == 18
    assert labels[2:5] == ["3", "5", "6"]
    assert labels[-1] == "19"
