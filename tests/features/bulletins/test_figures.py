"""What a bulletin counts, by building and nobody alone, and what the records propose to say."""

from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select, update

from server import clock
from server.features.bulletins import figures, proposal, reads
from server.features.bulletins.figures import DayCount, Figures, Plan, Row
from server.features.estates.tables import households
from server.features.people.register import NotAllowed
from server.features.people.tables import residents
from server.i18n import LANGUAGES, say
from tests.features.bulletins.conftest import EIGHT, TODAY, TOWER
from tests.world import NOON

ZONE = ZoneInfo("Asia/Shanghai")


def collect(told, day=TODAY):
    return told.read(figures.collect, told.world.community, day, told.now)


def empty_but(told, place, count):
    """Leave so many homes of a place lived in."""
    doors = list(told.world.doors[place].values())
    told.execute(update(households).where(households.c.id.in_(doors[count:])).values(vacant=True))


def places(rows):
    return [say("zh-Hans", row.place) for row in rows]


def test_each_building_is_given_with_what_its_cases_have_come_to(told, has):
    has(EIGHT, new=2, awaiting=1, coming=1)
    has(TOWER, arrived=2, last_case_at=NOON - 3 * clock.DAY)
    found = collect(told)
    assert places(found.rows) == ["梅园 8号楼", "荷园 B座"]
    assert [(row.new, row.waiting, row.arrived) for row in found.rows] == [(2, 2, 0), (0, 0, 2)]
    assert (found.new, found.clear) == (2, 0)
    assert len(found.days) == figures.DAYS


def test_days_without_a_case_are_counted_by_the_calendar(told, has):
    has(EIGHT, last_case_at=NOON - 13 * clock.HOUR)  # the evening before
    assert collect(told).clear == 1
    has(EIGHT, last_case_at=NOON - 5 * clock.DAY)
    assert collect(told).clear == 5


def test_without_any_case_there_is_nothing_to_count_from(told):
    found = collect(told)
    assert (found.clear, found.new, found.told) == (None, 0, ())


def test_a_small_building_is_given_with_others_only(told, has):
    empty_but(told, "walk_up", 2)
    empty_but(told, "neighbour", 2)
    has(EIGHT, new=1, awaiting=1)
    has(TOWER, new=2)
    found = collect(told)
    assert places(found.rows) == ["其他楼栋"]
    assert (found.rows[0].new, found.rows[0].waiting) == (3, 1)
    said = proposal.propose(found, ZONE)
    for texts in said.values():
        for text in texts.values():
            assert "8" not in text.replace("08:00", "").replace("4月18日", "")


def test_a_community_too_small_gives_no_figures_at_all(told, has):
    for place in ("walk_up", "neighbour", "tower"):
        empty_but(told, place, 2)
    has(EIGHT, new=1)
    found = collect(told)
    assert (found.rows, found.days, found.new, found.clear) == ((), (), 0, None)
    said = proposal.propose(found, ZONE)
    assert not said["cases"]
    assert not said["transfers"]


def test_reported_shares_count_people_and_say_no_result(told):
    round_id = told.open_round(
        "walk_up", "tower", title="抗原", kind="antigen", per="person", quantity=1
    )
    door = told.door("walk_up", "302")
    [resident] = told.rows(
        select(residents.c.id).where(
            residents.c.community_id == told.world.community, residents.c.household_id == door
        )
    )
    told.ask(
        "sun", "report.make",
        {"round": round_id, "door": door, "resident": resident.id, "finding": "positive"},
    )  # fmt: skip
    found = collect(told)
    assert [(say("zh-Hans", one.place), one.reported) for one in found.shares] == [
        ("梅园 8号楼", 1), ("荷园 B座", 0),
    ]  # fmt: skip
    assert "positive" not in str(found)
    assert found.share_bars[0].said == "0%"


def test_a_round_that_asks_few_doors_of_a_building_does_not_give_it_away(told):
    empty_but(told, "walk_up", 3)
    told.open_round("walk_up", title="抗原", kind="antigen", per="person", quantity=1)
    assert collect(told).shares == ()


def test_what_comes_tomorrow_is_what_is_planned_or_repeats(told):
    told.make_round(title="核酸 第4轮", kind="nucleic", per="person", quantity=1)
    told.make_round(title="蔬菜", deadline="2022-04-25T10:00")
    told.make_round(title="牛奶", deadline="2022-04-22T10:00")
    repeating = told.make_round(title="送餐", repeats="daily")
    told.ask("mei", "round.open", {"round": repeating})
    assert {plan.title for plan in collect(told).plans} == {"核酸 第4轮", "牛奶", "送餐"}


def row(place="梅园 8号楼", **counts):
    zero = dict.fromkeys(("new", "awaiting", "coming", "picked_up", "arrived", "returned"), 0)
    said = {"text": place, "params": {}}
    return Row(place=said, tested_at=None, last_case_at=None, **zero | counts)


def test_the_words_are_those_of_the_figures():
    counted = Figures(
        day=TODAY,
        at=NOON,
        rows=(row(new=2, awaiting=3, coming=1), row("荷园 B座", new=1, arrived=4)),
        days=(DayCount(TODAY, 3),),
        plans=(Plan("核酸 第4轮", "Nucleic test"),),
        clear=0,
    )
    said = proposal.propose(counted, ZONE)
    assert said["cases"]["zh-Hans"] == "当日新增 3 例。\n· 梅园 8号楼：2\n· 荷园 B座：1"
    assert said["transfers"]["en"] == (
        "no car yet for 3, a car is on its way to 1, 4 have arrived\n"
        "Waiting to be transferred, by building:\n· 梅园 8号楼: 4"
    )
    assert said["tomorrow"]["zh-Hant"] == "核酸 第4轮（核酸採樣）"
    assert said["clear"] == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", [1, 2, 21])
def test_days_without_a_case_are_said(language, days):
    text = proposal.propose(Figures(TODAY, NOON, clear=days), ZONE)["clear"][language]
    assert str(days) in text or (language, days) == ("en", 1)


def test_figures_survive_being_frozen(told, has):
    has(EIGHT, new=2)
    found = collect(told)
    assert figures.read(msgspec.json.decode(msgspec.json.encode(found))) == found


def test_only_those_who_publish_are_given_a_proposal(told, has):
    has(EIGHT, new=2)
    assert told.read(reads.draft, told.person("mei"), TODAY)["cases"]["en"]
    for who in ("hao", "min", "sun"):
        with pytest.raises(NotAllowed):
            told.read(reads.draft, told.person(who), TODAY)
