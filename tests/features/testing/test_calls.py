"""Calling floors down: who is told, who is not told twice, and what the pacing does by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.notices import audience
from server.features.rounds import scope
from server.features.testing import day as days
from server.features.testing import finding
from server.features.testing.operations import calls, setup
from server.features.testing.tables import test_rounds
from server.ids import uuid7
from server.oplog.tables import operations
from tests.support.told import words


def test_a_day_deals_its_stairwells_out_to_its_sites(told, testing):
    day = testing.opened("walk_up", "neighbour", "tower", sites=["东门", "西门"])
    assert [site.name for site in testing.sites(day)] == ["东门", "西门"]
    assert testing.site_of(day).site_id == testing.site_of(day, "neighbour").site_id
    assert testing.site_of(day).site_id != testing.site_of(day, "tower").site_id


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"sites": []}, setup.NO_SITE_NAMED),
        ({"sites": ["  "]}, setup.NO_SITE_NAMED),
        ({"tube": "bucket"}, setup.NO_SUCH_TUBE),
        ({"stairwells": []}, scope.NOWHERE),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_its_reason(testing, data, said):
    assert words(testing.make(**data)) == said


@pytest.mark.parametrize("actor", ["hao", "min", "sun", "qian"])
def test_only_a_steward_sets_a_day_up(testing, actor):
    assert testing.make(actor=actor).outcome == "refused"


def test_a_call_tells_the_households_of_the_floor_and_asks_whether_they_come(told, testing):
    day = testing.opened()
    answer = testing.call(day, 3)
    assert answer.outcome == "applied"
    row, homes = testing.notice(testing.calls(day)[3].notice_id)
    assert homes == {told.door("walk_up", "301"), told.door("walk_up", "302")}
    assert (row.kind, row.urgency, row.asks) == ("call", "urgent", "coming")
    assert row.content["body"]["params"]["floors"] == "3"


def test_calling_again_rings_the_same_call_again(testing):
    day = testing.opened()
    testing.call(day, 3)
    first = testing.calls(day)[3]
    testing.call(day, 3)
    again = testing.calls(day)[3]
    row, _ = testing.notice(again.notice_id)
    assert (again.notice_id, again.times, row.rang) == (first.notice_id, 2, 2)


def test_who_said_they_come_and_has_not_is_called_anew(told, testing):
    day = testing.opened()
    testing.call(day, 3)
    first = testing.calls(day)[3].notice_id
    for home in (told.door("walk_up", "301"), told.door("walk_up", "302")):
        said = {"notice": first, "answer": "coming", "household": home}
        told.ask("mei", "notice.answer", said)
    testing.call(day, 3)
    again = testing.calls(day)[3].notice_id
    assert again != first
    assert len(testing.notice(again)[1]) == 2


def test_a_call_that_is_over_is_made_anew(told, testing):
    day = testing.opened()
    testing.call(day, 3)
    first = testing.calls(day)[3].notice_id
    told.later(hours=1)
    testing.call(day, 3)
    assert testing.calls(day)[3].notice_id != first


def test_who_has_come_is_not_called_again(told, testing):
    day = testing.opened()
    told.mark("hao", day, "302", "came")
    testing.call(day, 3)
    _, homes = testing.notice(testing.calls(day)[3].notice_id)
    assert homes == {told.door("walk_up", "301")}
    told.mark("hao", day, "301", "came")
    assert words(testing.call(day, 3)) == calls.ALL_CAME


def test_a_floor_that_does_not_exist_cannot_be_called(testing):
    day = testing.opened()
    assert words(testing.call(day, 40)) == audience.NO_SUCH_FLOOR
    assert not testing.calls(day)


def test_a_held_stairwell_is_not_called_until_it_goes_on(testing):
    day = testing.opened()
    hold = {"stairwell": testing.world.walk_up}
    testing.ask("mei", "test.hold", day, **hold)
    assert words(testing.call(day, 3)) == calls.HELD
    testing.ask("mei", "test.hold", day, held=False, **hold)
    assert testing.call(day, 3).outcome == "applied"


def test_floors_are_skipped_and_put_back(testing):
    day = testing.opened()
    floors = {"stairwell": testing.world.walk_up, "levels": [5, 6]}
    testing.ask("mei", "test.skip", day, **floors)
    assert {level: row.state for level, row in testing.calls(day).items()} == {
        5: "skipped", 6: "skipped",
    }  # fmt: skip
    testing.ask("mei", "test.skip", day, back=True, **floors)
    assert not testing.calls(day)


def test_who_works_at_the_site_calls_and_nobody_else(testing):
    day = testing.opened()
    assert testing.call(day, 3, actor="hao").outcome == "applied"
    for actor in ("yun", "min", "sun", "qian"):
        assert words(testing.call(day, 4, actor=actor)) == finding.NOT_YOUR_SITE


def test_a_day_that_is_paused_calls_nobody(told, testing):
    day = testing.opened()
    told.change(day, "pause")
    assert testing.call(day, 3).outcome == "refused"


def test_a_round_that_is_no_testing_day_has_no_calls(told, testing):
    assert words(testing.call(told.open_round(), 3)) == finding.NO_SUCH_DAY
    assert words(testing.call(uuid7(), 3)) == finding.NO_SUCH_DAY


def test_a_stairwell_of_another_day_is_not_called(testing):
    day = testing.opened()
    assert words(testing.call(day, 3, place="tower")) == scope.NOT_IN_ROUND


def test_a_site_is_named_placed_and_given_stairwells_and_people(told, testing):
    day = testing.opened("walk_up", "neighbour", sites=["东门", "西门"])
    east, west = testing.sites(day)
    answer = testing.ask(
        "mei", "test.site", day, site=east.id, name="东门广场", place="岗亭南侧，从左边排队",
        hours="8:00–11:30", medics=2, accounts=[told.who("yun")],
        stairwells=[testing.world.walk_up, testing.world.neighbour],
    )  # fmt: skip
    assert answer.outcome == "applied"
    assert testing.site_of(day, "neighbour").site_id == east.id
    assert testing.call(day, 3, actor="yun").outcome == "applied"
    assert (testing.sites(day)[0].name, testing.sites(day)[0].medics) == ("东门广场", 2)
    wrong = testing.ask("mei", "test.site", day, site=uuid7(), name="x")
    assert words(wrong) == finding.NO_SUCH_SITE
    assert testing.ask("hao", "test.site", day, site=west.id, name="x").outcome == "refused"


# What the day has come to


def test_a_site_sees_who_came_after_which_call(told, testing):
    day = testing.opened()
    testing.call(day, 3)
    told.later(minutes=5)
    told.mark("hao", day, "302", "here")
    told.later(minutes=3)
    told.mark("hao", day, "302", "came")
    told.mark("hao", day, "401", "came")  # not called: it walked in
    found = told.read(days.load, testing.world.community, day)
    [site] = found.sites
    [call] = site.seen.calls
    assert call.levels == (3,)
    assert len(call.came) == 1
    assert call.came[0] - call.at == pytest.approx(5 * clock.MINUTE, abs=3 * clock.SECOND)
    assert len(site.seen.swabbed) == 1 + told.standing(day, "401").given
    assert len(site.seen.walked_in) == told.standing(day, "401").given


def test_a_mark_that_was_taken_back_is_no_visit(told, testing):
    day = testing.opened()
    marked = told.mark("hao", day, "302", "came")
    told.undo("hao", day, "302", marked.id)
    [site] = told.read(days.load, testing.world.community, day).sites
    assert not site.seen.swabbed


# The pacing by itself


def test_the_pacing_calls_by_itself_until_it_is_told_to_stop(told, testing):
    day = testing.opened("walk_up", "neighbour")
    testing.ask("mei", "test.pace", day, pace="auto")
    told.react()
    first = set(testing.calls(day))
    assert first
    told.react()
    assert set(testing.calls(day)) == first  # looked at once in a while, and never twice
    for _ in range(40):
        told.later(minutes=1)
        told.react()
    assert len(testing.calls(day)) > len(first)
    before = _calls_made(told)
    testing.ask("mei", "test.pace", day, pace="paused")
    for _ in range(5):
        told.later(minutes=1)
        told.react()
    assert _calls_made(told) == before


def _calls_made(told):
    made = operations.c.kind == "test.call"
    return len(told.rows(select(operations.c.id).where(made)))


def test_a_pace_there_is_not_is_refused(testing):
    day = testing.opened()
    assert words(testing.ask("mei", "test.pace", day, pace="hurry")) == setup.NO_SUCH_PACE
    assert testing.ask("hao", "test.pace", day, pace="auto").outcome == "refused"


def test_the_limit_is_kept(told, testing):
    day = testing.opened()
    testing.ask("mei", "test.pace", day, pace="hand", most=12)
    assert told.value(select(test_rounds.c.most).where(test_rounds.c.round_id == day)) == 12
