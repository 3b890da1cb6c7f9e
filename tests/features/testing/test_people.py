"""Who is not expected, who comes first, who is missing; tubes and their results."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.notices.tables import notices, reach
from server.features.people.tables import residents
from server.features.rounds.tables import round_doors
from server.features.testing import lines
from server.features.testing.operations import people, tubes
from server.features.testing.tables import test_records
from server.features.testing.tables import tubes as tubes_table
from server.ids import uuid7
from server.oplog.kinds import HEALTH
from server.oplog.tables import payloads
from tests.support.told import words


def who_lives(told, label):
    door = told.door("walk_up", label)
    table = residents.c
    return [
        row.id
        for row in told.rows(
            select(table.id).where(
                table.community_id == told.world.community,
                table.household_id == door,
                table.present,
            )
        )
    ]


def test_who_is_not_expected_is_not_counted(told, testing):
    day = testing.opened()
    before = told.standing(day, "402").due
    one = who_lives(told, "402")[0]
    testing.ask("mei", "test.excuse", day, resident=one, reason="transfer")
    assert told.standing(day, "402").due == before - 1
    testing.ask("mei", "test.excuse", day, resident=one, reason="")
    assert told.standing(day, "402").due == before


def test_who_cannot_come_down_stays_expected_and_is_on_the_list_for_home(told, testing):
    day = testing.opened()
    one = who_lives(told, "302")[0]
    testing.ask("mei", "test.excuse", day, resident=one, reason="home")
    assert told.standing(day, "302").due == 1


def test_a_household_says_itself_who_is_away_and_no_other(told, testing):
    day = testing.opened()
    assert testing.ask(
        "sun", "test.excuse", day, resident=who_lives(told, "302")[0], reason="away"
    ).outcome == "applied"  # fmt: skip
    other = testing.ask(
        "sun", "test.excuse", day, resident=who_lives(told, "402")[0], reason="away"
    )
    assert other.outcome == "refused"


def test_who_has_come_cannot_be_excused(told, testing):
    day = testing.opened()
    told.mark("hao", day, "302", "came")
    one = who_lives(told, "302")[0]
    answer = testing.ask("mei", "test.excuse", day, resident=one, reason="away")
    assert words(answer) == people.HAS_COME


def test_a_reason_there_is_not_and_nobody_at_all_are_refused(told, testing):
    day = testing.opened()
    one = who_lives(told, "302")[0]
    wrong = testing.ask("mei", "test.excuse", day, resident=one, reason="tired")
    assert words(wrong) == people.NO_SUCH_REASON
    nobody = testing.ask("mei", "test.excuse", day, resident=99_999, reason="away")
    assert words(nobody) == people.NOBODY


def test_the_old_are_told_when_they_may_come_first(told, testing):
    day = testing.opened()
    answer = testing.ask("mei", "test.window", day, group="old", opens="08:00", closes="08:30")
    assert answer.outcome == "applied"
    meant = told.rows(select(reach.c.household_id).where(reach.c.notice_id == answer.id))
    assert told.door("walk_up", "302") in {row.household_id for row in meant}  # born 1936
    wrong = testing.ask("mei", "test.window", day, group="cats", opens="08:00", closes="08:30")
    assert words(wrong) == people.NO_SUCH_GROUP


def test_that_results_are_out_is_said_without_any(told, testing):
    day = testing.opened()
    answer = testing.ask("mei", "test.results_out", day)
    [row] = told.rows(select(notices).where(notices.c.id == answer.id))
    assert row.kind == "results"
    assert "negative" not in str(row.content)


def test_who_did_not_come_becomes_a_knocking_round(told, testing):
    day = testing.opened()
    told.mark("hao", day, "302", "came")
    answer = testing.ask("mei", "test.knock", day)
    assert answer.subject == f"/rounds/{answer.id}/assign"
    assert told.standing(answer.id, "401").due == 1
    doors = select(round_doors.c.household_id).where(round_doors.c.round_id == answer.id)
    assert told.door("walk_up", "302") not in {row.household_id for row in told.rows(doors)}


def test_a_knocking_round_for_nobody_is_refused(told, testing):
    day = testing.opened()
    for label, door in told.world.doors["walk_up"].items():
        if told.standing(day, label).due and door:
            told.mark("hao", day, label, "came")
    assert words(testing.ask("mei", "test.knock", day)) == people.NOBODY_MISSING


# Tubes


def fill(testing, day, code="T1", actor="hao", **data):
    return testing.ask(actor, "tube.fill", day, code=code, **data)


def test_a_negative_tube_is_a_record_of_each_of_its_people(told, testing):
    day = testing.opened()
    home = told.door("walk_up", "402")
    assert fill(testing, day, households=[home]).outcome == "applied"
    assert testing.ask("mei", "tube.result", day, code="t1", result="negative").outcome == "applied"
    found = told.rows(select(test_records))
    assert {row.resident_id for row in found} == set(who_lives(told, "402"))
    assert {row.result for row in found} == {"negative"}


def test_a_positive_tube_of_several_has_them_all_wait_for_a_retest(told, testing):
    day = testing.opened()
    homes = [told.door("walk_up", "402"), told.door("walk_up", "302")]
    fill(testing, day, households=homes)
    testing.ask("mei", "tube.result", day, code="T1", result="positive")
    assert {row.result for row in told.rows(select(test_records))} == {"retest"}


def test_a_positive_tube_of_one_is_positive(told, testing):
    day = testing.opened(tube="single")
    fill(testing, day, residents=who_lives(told, "302"))
    testing.ask("mei", "tube.result", day, code="T1", result="positive")
    assert [row.result for row in told.rows(select(test_records))] == ["positive"]


def test_a_tube_holds_no_more_than_it_can(told, testing):
    day = testing.opened(tube="single")
    assert words(fill(testing, day, residents=who_lives(told, "402"))) == tubes.FULL
    fill(testing, day, residents=who_lives(told, "302"))
    more = fill(testing, day, residents=who_lives(told, "402")[:1])
    assert words(more) == tubes.FULL


def test_a_tube_with_a_result_takes_nobody_else(told, testing):
    day = testing.opened()
    fill(testing, day, residents=who_lives(told, "302"))
    testing.ask("mei", "tube.result", day, code="T1", result="invalid")
    assert words(fill(testing, day, residents=who_lives(told, "402"))) == tubes.HAS_RESULT


def test_results_are_entered_as_the_laboratory_lists_them_or_not_at_all(told, testing):
    day = testing.opened()
    fill(testing, day, "T1", households=[told.door("walk_up", "302")])
    fill(testing, day, "T2", households=[told.door("walk_up", "402")])
    wrong = testing.ask("mei", "tube.results", day, lines="T1 阴性\nT3 阴性")
    assert words(wrong) == tubes.NO_SUCH_TUBE
    wrong = testing.ask("mei", "tube.results", day, lines="T1 阴性\nT2 什么")
    assert words(wrong) == tubes.BAD_LINE
    assert words(testing.ask("mei", "tube.results", day, lines=" \n")) == tubes.NO_LINES
    assert not told.rows(select(test_records))
    right = testing.ask("mei", "tube.results", day, lines="T1 阴性\nT2,阳性")
    assert right.outcome == "applied"
    results = {row.code: row.result for row in told.rows(select(tubes_table))}
    assert results == {"T1": "negative", "T2": "positive"}


@pytest.mark.parametrize("actor", ["hao", "min", "sun", "qian"])
def test_results_are_for_those_who_may_know_them(told, testing, actor):
    day = testing.opened()
    fill(testing, day, households=[told.door("walk_up", "302")])
    answer = testing.ask(actor, "tube.result", day, code="T1", result="negative")
    assert words(answer) == tubes.NOT_HEALTH


def test_what_a_result_says_is_kept_apart_as_health(told, testing):
    day = testing.opened()
    fill(testing, day, households=[told.door("walk_up", "302")])
    answer = testing.ask("mei", "tube.result", day, code="T1", result="negative")
    seq = told.operation(answer.id).seq
    parts = {
        row.retention: row.body for row in told.rows(select(payloads).where(payloads.c.seq == seq))
    }
    assert b"negative" in parts[HEALTH]
    assert b"negative" not in parts["work"]


def test_people_of_no_such_day_fill_no_tube(told, testing):
    day = testing.opened()
    assert fill(testing, day, residents=[99_999]).outcome == "refused"
    assert fill(testing, uuid7(), residents=[1]).outcome == "refused"
    assert fill(testing, day, actor="yun", households=[told.door("walk_up", "302")]).outcome == (
        "refused"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("T1 阴性", {"T1": "negative"}),
        ("a-7，陽性\n\nB2\tneg", {"A-7": "positive", "B2": "negative"}),
        ("x +", {"X": "positive"}),
        ("T1 阴\nt1 阴性", {"T1": "negative"}),
    ],
)
def test_laboratories_lines_are_read(text, found):
    assert lines.read_results(text) == found


@pytest.mark.parametrize(("text", "number"), [("T1", 1), ("T1 阴性\nT1 阳性", 2), ("\n一号 阴", 2)])
def test_a_line_that_cannot_be_read_is_named(text, number):
    with pytest.raises(lines.BadLine) as bad:
        lines.read_results(text)
    assert bad.value.number == number
