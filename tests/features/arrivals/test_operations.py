"""Newcomers and leavers say so, and the register has it once somebody confirms it."""

import pytest
from sqlalchemy import insert, select

from server import clock
from server.features.arrivals import file, rules, telling
from server.features.arrivals import operations as said
from server.features.arrivals.tables import arrivals
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.notices.tables import notices, reach
from server.features.people import changes, keeping
from server.features.people.tables import accounts, resident_changes, residents, roles
from server.features.posters.tables import posters
from server.oplog.tables import payloads
from tests.support.told import words

MA = "00000000-0000-7000-8000-00000000fa01"
"""Ma of the property company, who keeps the walk-up."""


@pytest.fixture
def moving(told):
    who = {"community_id": told.world.community}
    told.execute(insert(accounts).values(**who, id=MA, name="马师傅", made_at=0))
    told.execute(
        insert(roles).values(
            **who, account_id=MA, role="property", scope="stairwell",
            scope_id=told.world.walk_up, since=0,
        )
    )  # fmt: skip
    return told


def claim(told, who=MA, label="602", **more):
    data = {"way": "in", "names": ["许静", "许安"], "household": told.door("walk_up", label)} | more
    return told.ask(who, "arrival.claim", data)


def say(told, what, one, who=MA, **more):
    return told.ask(who, f"arrival.{what}", {"arrival": one} | more)


def row(told, one):
    return told.read(file.row_of, told.world.community, one)


def living(told, label):
    table = residents.c
    query = select(table.name).where(
        table.community_id == told.world.community,
        table.household_id == told.door("walk_up", label),
        table.left_at.is_(None),
    )
    return [one.name for one in told.rows(query.order_by(table.id))]


def test_nothing_changes_in_the_register_until_it_is_confirmed(moving):
    one = claim(moving).id
    assert living(moving, "602") == []
    confirmed = say(moving, "confirm", one, names=["许静", "许安"], phone="13812345678")
    assert confirmed.outcome == "applied"
    assert living(moving, "602") == ["许静", "许安"]
    door = select(households.c.vacant).where(
        households.c.community_id == moving.world.community,
        households.c.id == moving.world.vacant,
    )
    assert not moving.value(door)
    source = select(resident_changes.c.source).where(
        resident_changes.c.seq == moving.operation(confirmed.id).seq
    )
    assert {one.source for one in moving.rows(source)} == {changes.ARRIVAL}


@pytest.mark.parametrize("who", [MA, "min", "mei"])
def test_property_officer_and_steward_confirm(moving, who):
    one = claim(moving).id
    assert say(moving, "confirm", one, who, names=["许静"]).outcome == "applied"


@pytest.mark.parametrize("who", ["hao", "sun", "qian", "anna"])
@pytest.mark.parametrize("what", ["confirm", "decline", "remind"])
def test_nobody_else_does(moving, who, what):
    one = claim(moving).id
    more = {"confirm": {"names": ["许静"]}, "decline": {"why": "no"}, "remind": {}}[what]
    assert words(say(moving, what, one, who, **more)) == file.NOT_YOURS


def test_those_before_leave_where_it_is_said(moving):
    before = living(moving, "401")
    one = claim(moving, label="401").id
    say(moving, "confirm", one, names=["许静"], instead=True)
    assert living(moving, "401") == ["许静"]
    assert before


def test_those_before_stay_unless_it_is_said(moving):
    before = living(moving, "401")
    one = claim(moving, label="401").id
    say(moving, "confirm", one, names=["许静"])
    assert living(moving, "401") == [*before, "许静"]


def test_somebody_leaves_and_the_others_stay(moving):
    first, *others = living(moving, "401")
    one = claim(moving, label="401", way="out", names=[first]).id
    assert say(moving, "confirm", one, names=[first]).outcome == "applied"
    assert living(moving, "401") == others


def test_nobody_leaves_who_does_not_live_there(moving):
    one = claim(moving, label="401", way="out", names=["许静"]).id
    assert words(say(moving, "confirm", one, names=["许静"])) == said.NOBODY_OF_THEM
    assert row(moving, one).state == rules.WAITING


def test_two_of_one_flat_both_wait(moving):
    claim(moving)
    claim(moving, names=["别人"])
    assert len(moving.rows(select(arrivals))) == 2


def test_it_is_decided_once(moving):
    one = claim(moving).id
    say(moving, "decline", one, why="Nobody rented it")
    assert words(say(moving, "confirm", one, names=["许静"])) == file.DECIDED
    assert living(moving, "602") == []


def test_declining_says_why(moving):
    one = claim(moving).id
    assert words(say(moving, "decline", one, why="  ")) == said.SAY_WHY


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"way": "up"}, rules.NO_WAY),
        ({"names": ["", "  "]}, rules.NO_NAMES),
        ({"names": [f"p{n}" for n in range(13)]}, rules.TOO_MANY),
        ({"names": ["许静 310101199001011234"]}, rules.NO_NUMBERS),
        ({"phone": "call me"}, keeping.NO_PHONE),
        ({"tenure": "king"}, rules.NO_TENURE),
        ({"day": "soon"}, rules.NO_DAY),
        ({"label": "S1"}, said.A_SHOP),
        ({"poster": "00000000-0000-7000-8000-0000000000ff"}, said.NO_POSTER),
    ],
)
def test_what_cannot_be_meant_is_said(moving, more, why):
    assert words(claim(moving, "mei", **more)) == why


def by_poster(told, **more):
    place = told.read(estates.places, told.world.community)[told.world.walk_up]
    told.ask("mei", "poster.make", {"purpose": "arrivals", "buildings": [place.building]})
    poster = told.rows(select(posters.c.id))[0].id
    return claim(told, "mei", poster=poster, **more)


def test_those_who_confirm_are_told_once_a_day_however_many_move(moving):
    for hours in (0, 1, 22, 2):
        moving.later(hours=hours)
        assert by_poster(moving).outcome == "applied"
    assert len(told_of(moving, telling.SOMEBODY_MOVES)) == 2
    recipients = {one.recipient for one in moving.rows(select(reach.c.recipient))}
    assert recipients == {MA}


def told_of(told, title):
    return [one for one in told.rows(select(notices.c.content)) if title in str(one.content)]


def test_who_waits_three_days_is_told_to_the_committee_once(moving):
    one = by_poster(moving).id
    assert words(say(moving, "remind", one)) == said.NOT_YET
    moving.later(days=3, minutes=1)
    moving.react()
    moving.later(days=3)
    moving.react()
    assert len(told_of(moving, telling.NOBODY_CONFIRMS)) == 1
    assert say(moving, "remind", one).outcome == "applied"  # by hand as often as one likes


def test_nobody_is_told_of_what_was_decided_in_time(moving):
    one = by_poster(moving).id
    say(moving, "confirm", one, names=["许静"])
    moving.later(days=4)
    moving.react()
    assert not told_of(moving, telling.NOBODY_CONFIRMS)


@pytest.mark.parametrize("what", ["confirm", "decline"])
def test_what_was_said_is_gone_seven_days_after_it_was_decided(moving, what):
    one = claim(moving).id
    more = {"names": ["许静"]} if what == "confirm" else {"why": "Nobody rented it"}
    say(moving, what, one, **more)
    moving.later(days=6)
    moving.react()
    assert row(moving, one).content is not None
    moving.now += 2 * clock.DAY
    moving.react()
    assert row(moving, one).content is None
    seq = moving.operation(one).seq
    bodies = moving.rows(select(payloads.c.body).where(payloads.c.seq == seq))
    assert bodies
    assert all(each.body is None for each in bodies)


def test_what_waits_is_kept_however_long(moving):
    one = claim(moving).id
    moving.later(days=30)
    moving.react()
    assert row(moving, one).content is not None


def test_each_compounds_property_company_is_told_of_its_own(moving):
    assert by_poster(moving).outcome == "applied"
    where = moving.read(estates.places, moving.world.community)[moving.world.tower].building
    moving.ask("mei", "poster.make", {"purpose": "arrivals", "buildings": [where]})
    mine = posters.c.building_id == where
    [poster] = moving.rows(select(posters.c.id).where(mine))
    door = min(moving.world.doors["tower"].values())
    data = {"way": "in", "names": ["许静"], "household": door, "poster": poster.id}
    assert moving.ask("mei", "arrival.claim", data).outcome == "applied"
    assert len(told_of(moving, telling.SOMEBODY_MOVES)) == 2
