"""Counts for bulletins, and the desk's order."""

from __future__ import annotations

from sqlalchemy import update

from server import clock
from server.features.cases import reads
from server.features.people.tables import roles


def figures(told, since, until):
    """The figures of each building, without its number."""
    return {
        one.building: (
            one.new, one.awaiting, one.coming, one.picked_up, one.arrived, one.returned,
        )
        for one in told.read(reads.progress, told.world.community, since, until)
    }  # fmt: skip


def test_progress_counts_by_building_as_of_a_moment(told, caring):
    start = told.now
    first = caring.opened("401")
    second = caring.opened("402")
    mistake = caring.opened("302")
    building = caring.cases()[0].building_id
    told.later(hours=1)
    caring.step(first, "asked")
    caring.step(second, "asked")
    told.later(hours=1)
    before = told.now
    caring.step(first, "picked_up")
    undone = caring.step(second, "coming", minutes=5)
    caring.say(second, "undo", event=undone.id)
    caring.say(mistake, "close", why="mistake")
    told.later(hours=1)
    assert figures(told, start, before) == {building: (3, 2, 0, 0, 0, 0)}
    assert figures(told, start, told.now) == {building: (2, 1, 0, 1, 0, 0)}
    assert figures(told, before, told.now) == {building: (0, 1, 0, 1, 0, 0)}
    assert figures(told, start - clock.DAY, start) == {}
    assert told.read(reads.progress, told.world.elsewhere, 0, told.now) == ()


def test_who_was_closed_at_home_waits_no_longer_and_who_left_stays_counted(told, caring):
    home, gone = caring.opened("401"), caring.opened("402")
    caring.step(home, "asked")
    caring.step(gone, "asked")
    caring.step(gone, "picked_up")
    caring.step(gone, "returned")
    for case in (home, gone):
        caring.say(case, "close", why="recovered")
    [found] = figures(told, 0, told.now).values()
    assert found == (2, 0, 0, 0, 0, 1)


def test_progress_says_when_the_newest_was_tested(told, caring):
    caring.positive("401")
    caring.opened("402")
    [found] = told.read(reads.progress, told.world.community, 0, told.now)
    assert found.tested_at == max(row.tested_at or 0 for row in caring.cases())
    assert found.last_case_at == max(row.opened_at for row in caring.cases())


def test_the_desk_shows_the_oldest_danger_first_and_only_places_one_runs(told, caring):
    first = caring.opened("401")
    told.later(hours=1)
    caring.opened("402")
    caring.say(first, "own")
    found = told.read(reads.desk, told.person("mei"), "en")
    assert found.pressing[0].place.endswith("402")
    assert {line.id for one in found.buildings for line in one.lines} == {
        row.id for row in caring.cases()
    }
    world = told.world
    told.execute(
        update(roles).where(roles.c.account_id == world.mei).values(
            scope="stairwell", scope_id=world.tower
        )
    )  # fmt: skip
    assert told.read(reads.desk, told.person("mei"), "en").buildings == ()
