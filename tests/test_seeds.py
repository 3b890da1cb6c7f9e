"""The demo neighbourhood."""

from collections import Counter
from itertools import groupby
from time import perf_counter

import pytest
from sqlalchemy import func, select

from server import seeds
from server.db.base import metadata
from server.features.estates import reads as estates
from server.features.estates.rules import SCHEMES, parse, short_label
from server.features.people import codes
from server.features.people import reads as people
from server.features.people.rules import EVERYWHERE, OFFICER, May, may, scope_of
from server.features.people.tables import accounts, residents, roles, sign_in_codes
from server.i18n import LANGUAGES, say
from tests.features.estates.words import Phrases
from tests.world import NOON, memory_database

BLOCK, OUTSIDE = seeds.BLOCK, seeds.OUTSIDE


@pytest.fixture(scope="module")
def demo():
    with memory_database() as connection:
        seeds.build_demo(connection, NOON)
        yield connection


def everything(connection):
    return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}


def test_block_a_is_as_large_as_it_was(demo):
    summary = seeds.summarise(demo, BLOCK)
    assert (summary.compounds, summary.stairwells) == (7, 169)
    assert summary.homes == 4206
    assert summary.residents == 6100
    assert summary.shops == 12
    assert 0.035 < summary.vacant / (summary.homes + summary.vacant) < 0.045


def test_everybody_who_ran_it_is_there(demo):
    assert seeds.summarise(demo, BLOCK).roles == {
        "steward": 7,
        "volunteer": 80,
        "officer": 169,
        "gate": 6,
        "police": 1,
        "medical": 2,
        "household": 4206,
    }


def test_it_is_the_same_every_time(demo):
    with memory_database() as again:
        seeds.build_demo(again, NOON)
        assert everything(again) == everything(demo)


def test_ids_do_not_change_with_the_clock(demo):
    with memory_database() as later:
        seeds.build_demo(later, NOON + 86_400_000)
        names = select(accounts.c.id, accounts.c.name)
        assert later.execute(names).all() == demo.execute(names).all()


def test_building_it_twice_changes_nothing():
    with memory_database() as connection:
        first = seeds.build_demo(connection, NOON)
        before = everything(connection)
        assert seeds.build_demo(connection, NOON + 1) == first
        assert everything(connection) == before


def test_it_is_built_in_moments():
    with memory_database() as connection:
        begun = perf_counter()
        seeds.build_demo(connection, NOON)
        assert perf_counter() - begun < 3


def test_the_whole_tree_is_read_in_moments(demo):
    begun = perf_counter()
    estates.tree(demo, BLOCK)
    assert perf_counter() - begun < 0.25


def test_all_three_address_schemes_are_lived_in(demo):
    assert {compound.scheme for compound in estates.tree(demo, BLOCK)} == set(SCHEMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stairwell_and_every_door_is_read_back_from_its_address(demo, language, monkeypatch):
    monkeypatch.setattr("server.i18n.catalogue", Phrases)
    for place in estates.places(demo, BLOCK).values():
        said = say(language, place.words)
        assert parse(said, place.scheme, place.address.compound) == place.address
    for home in estates.households_by_id(demo, BLOCK, range(1, 5000)).values():
        read = parse(say(language, home.words), home.scheme, home.address.compound)
        floor = home.address.floor if home.scheme == "tower" else ""
        assert (read.building, read.stairwell, read.floor, read.door) == (
            home.address.building,
            home.address.stairwell,
            floor,
            home.label,
        )


def test_every_square_of_a_compound_differs(demo):
    for compound in estates.tree(demo, BLOCK):
        shorts = [stairwell.short for stairwell in compound.stairwells]
        assert len(set(shorts)) == len(shorts)
        assert all(len(short) <= 4 for short in shorts)


def test_typing_numbers_finds_the_one_door_in_its_compound(demo):
    for home in estates.households_by_id(demo, BLOCK, range(1, 4400, 97)).values():
        address = home.address
        typed = short_label(address.building, address.stairwell, address.door)
        found = estates.find_doors(demo, BLOCK, f"{address.compound} {typed}")
        assert [one.household for one in found] == [home.household]


def test_stairwells_are_walk_ups_and_towers(demo):
    sizes = Counter(
        stairwell.doors.all
        for compound in estates.tree(demo, BLOCK)
        for stairwell in compound.stairwells
    )
    assert sizes == {6 * 2: 110, 11 * 4: 42, 18 * 4: 17}


def test_one_tower_has_no_fourth_floor_and_one_a_split_lobby(demo):
    stairwells = list(estates.stairwells_by_id(demo, BLOCK).values())
    [skipping] = [one for one in stairwells if "4" not in {floor.label for floor in one.floors}]
    assert len(skipping.doors) == 72
    [split] = [one for one in stairwells if any(floor.lobby for floor in one.floors)]
    assert [lobby for lobby, _ in groupby(floor.lobby for floor in split.floors)] == [
        "高区",
        "低区",
    ]


def test_building_numbers_have_gaps(demo):
    orchid = next(one for one in estates.tree(demo, BLOCK) if one.name == "兰园")
    assert "4" not in {building.number for building in orchid.buildings}


def test_shops_are_on_the_ground_floor_and_nobody_lives_there(demo):
    present = people.presence(demo, BLOCK)
    for stairwell in estates.stairwells_by_id(demo, BLOCK).values():
        for door in stairwell.doors:
            if door.use == "shop":
                assert (door.level, door.vacant) == (1, False)
            assert (door.id in present) == (door.use == "home" and not door.vacant)


def test_card_numbers_are_sound_and_nobody_shares_one(demo):
    homes = estates.households_by_id(demo, BLOCK, range(1, 5000)).values()
    numbers = {home.card_number for home in homes}
    assert len(numbers) == len(homes)
    assert all(codes.read_card_number(number) == number for number in numbers)


def test_some_are_away_and_some_are_here_unregistered_but_no_home_is_empty(demo):
    flags = Counter(
        tuple(row)
        for row in demo.execute(
            select(residents.c.registered, residents.c.present).where(
                residents.c.community_id == BLOCK
            )
        )
    )
    assert flags[(True, False)] == 300
    assert flags[(False, True)] == 260
    assert flags[(False, False)] == 0
    assert all(one.present for one in people.presence(demo, BLOCK).values())


def test_every_lived_in_home_has_one_account(demo):
    homes = estates.households_by_id(demo, BLOCK, range(1, 5000)).values()
    lived_in = {home.household for home in homes if home.use == "home" and not home.vacant}
    assert set(people.household_accounts(demo, BLOCK, range(1, 5000))) == lived_in
    held = [row for row in demo.execute(select(accounts.c.household_id)).scalars() if row]
    assert len(held) == len(lived_in) + seeds.summarise(demo, OUTSIDE).homes


def test_both_teams_have_forty_and_every_stairwell_usually_one_of_each(demo):
    volunteers = people.volunteers(demo, BLOCK, NOON)
    assert Counter(one.team for one in volunteers) == {"A": 40, "B": 40}
    for team in "AB":
        usual = [stairwell for one in volunteers if one.team == team for stairwell in one.usual]
        assert sorted(usual) == sorted(estates.places(demo, BLOCK))
    assert all(one.usual for one in volunteers)


def test_volunteers_have_about_as_many_doors_each(demo):
    doors = {one: counted.all for one, counted in estates.count_doors(demo, BLOCK).items()}
    loads = [
        sum(doors[stairwell] for stairwell in one.usual)
        for one in people.volunteers(demo, BLOCK, NOON)
    ]
    assert min(loads) >= 60
    assert max(loads) <= 160


def test_every_stairwell_has_an_information_officer(demo):
    query = select(roles.c.scope_id, func.count()).where(
        roles.c.community_id == BLOCK, roles.c.role == OFFICER
    )
    served = dict(tuple(row) for row in demo.execute(query.group_by(roles.c.scope_id)))
    assert served == dict.fromkeys(estates.places(demo, BLOCK), 1)


def test_those_known_by_name_meet_in_one_stairwell(demo):
    links = {one["role"]: one for one in seeds.demo_links(demo, NOON, "https://example.org")}
    [place] = [
        one
        for one in estates.places(demo, BLOCK).values()
        if (one.address.compound, one.short) == ("梅园", "12-3")
    ]
    hao, yun = (
        next(
            one for one in people.volunteers(demo, BLOCK, NOON) if one.name == links[label]["name"]
        )
        for label in ("volunteer A", "volunteer B")
    )
    assert place.stairwell in hao.usual & yun.usual
    officer = account_behind(demo, links["information officer"])
    held = people.roles(demo, BLOCK, officer)
    assert scope_of(held, OFFICER, NOON) == {"stairwell": {place.stairwell}}
    household = people.account(demo, BLOCK, account_behind(demo, links["household"]))
    sun = estates.household(demo, BLOCK, household.household_id)
    assert (sun.stairwell, sun.label, sun.name) == (place.stairwell, "1102", "孙家")


def account_behind(connection, link):
    secret = link["url"].rpartition("/")[2]
    return connection.execute(
        select(sign_in_codes.c.account_id).where(
            sign_in_codes.c.secret_hash == codes.hash_of(secret)
        )
    ).scalar_one()


def test_the_whole_cast_gets_fresh_links(demo):
    links = seeds.demo_links(demo, NOON, "https://stairwell.example.org/")
    assert [one["role"] for one in links] == [
        "steward",
        "volunteer A",
        "volunteer B",
        "information officer",
        "gate guard",
        "police officer",
        "medical volunteer",
        "household",
        "outsider steward",
        "outsider volunteer",
    ]
    assert [one["name"] for one in links[:5]] == ["陈梅", "林浩", "赵芸", "王敏", "老钱"]
    assert all(one["url"].startswith("https://stairwell.example.org/in/") for one in links)
    again = seeds.demo_links(demo, NOON, "https://stairwell.example.org")
    assert not {one["url"] for one in links} & {one["url"] for one in again}


def test_a_link_is_kept_only_as_a_hash_and_good_once(demo):
    link = seeds.demo_links(demo, NOON, "https://example.org")[0]
    secret = link["url"].rpartition("/")[2]
    row = demo.execute(
        select(sign_in_codes).where(sign_in_codes.c.secret_hash == codes.hash_of(secret))
    ).one()
    assert (row.once, row.purpose, row.used_at, row.revoked_at) == (True, "link", None, None)
    assert secret not in str(row)
    assert codes.normalise(secret) not in str(row)


def test_the_demo_itself_holds_no_secret():
    with memory_database() as connection:
        seeds.build_demo(connection, NOON)
        assert connection.execute(select(func.count()).select_from(sign_in_codes)).scalar() == 0


def test_a_steward_leads_the_block_and_nothing_outside_it(demo):
    link = seeds.demo_links(demo, NOON, "https://example.org")[0]
    steward = account_behind(demo, link)
    assert may(people.roles(demo, BLOCK, steward), May.LEAD, EVERYWHERE, NOON)
    assert not may(people.roles(demo, OUTSIDE, steward), May.LEAD, EVERYWHERE, NOON)


def test_the_outsiders_are_few_and_apart(demo):
    summary = seeds.summarise(demo, OUTSIDE)
    assert (summary.compounds, summary.stairwells, summary.homes) == (1, 2, 22)
    assert summary.roles == {"steward": 1, "volunteer": 1, "household": 22}
    ids = select(accounts.c.id)
    everybody = demo.execute(ids).scalars().all()
    assert len(set(everybody)) == len(everybody)
