"""What is read from a chat group's chain, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.features.reports import chain
from server.features.reports.chain import Door

ZHANG = Door(1, "301", "12号楼 3单元 301", ("12", "3"), ((11, "张伟"), (12, "王芳")))
LI = Door(2, "302", "12号楼 3单元 302", ("12", "3"), ((21, "李奶奶"),))
OTHER = Door(3, "301", "12号楼 4单元 301", ("12", "4"), ((31, "赵明"),))
TOWER = Door(4, "3A02", "B座 3A02", ("B", ""), ((41, "陈晨"), (42, "陈静")))


def only(text, *doors):
    """The one proposal that a line gives."""
    found = chain.read(text, doors or (ZHANG, LI))
    assert found.unread == ()
    [proposal] = found.proposals
    return proposal


@pytest.mark.parametrize(
    "line",
    [
        "1. 12号301 张家 2人 阴性",
        "1、12-3-301 张家 两人 阴",
        "３．３０１ 张家２人 阴性",
        "301室，2口人，全阴",
        "①301 negative",
        "12号楼3单元301 一条杠",
        "#4 301 陰性",
    ],
)
def test_a_line_names_a_door_and_a_result(line):
    found = only(line)
    assert (found.door, found.finding, found.doubt) == (ZHANG, "negative", "")
    assert [name for _, name in found.people] == ["张伟", "王芳"]


def test_who_is_named_is_meant_and_nobody_else():
    assert only("301 王芳 阴性").people == ((12, "王芳"),)


def test_another_number_of_people_is_a_doubt():
    assert only("301 3人 阴性").doubt == chain.OTHER_COUNT


def test_a_positive_is_never_taken_unseen():
    found = only("302 李奶奶 阳性")
    assert (found.finding, found.doubt) == ("positive", chain.ALARMING)


def test_a_letter_in_a_door_is_no_obstacle():
    assert only("2. b座 3a02 陈家 2人 阴", TOWER).door == TOWER


def test_two_doors_of_one_number_are_told_apart_by_their_unit():
    assert only("12-4-301 赵家 阴性", ZHANG, OTHER).door == OTHER
    found = chain.read("301 阴性", (ZHANG, OTHER))
    assert found.unread[0].why == chain.MANY_DOORS


def test_a_household_that_comes_twice_is_a_doubt_both_times():
    found = chain.read("1. 301 阴性\n2. 301 阴性", (ZHANG, LI))
    assert [one.doubt for one in found.proposals] == [chain.TWICE, chain.TWICE]


def test_who_has_reported_already_is_a_doubt():
    reported = ZHANG._replace(reported=frozenset({11}))
    assert only("301 阴性", reported, LI).doubt == chain.AGAIN


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("今天谁送菜？", chain.NO_DOOR),
        ("5. 301 张家", chain.NO_RESULT),
        ("6. 909 阴性", chain.NO_DOOR),
        ("7. 301 1阴1阳", chain.MIXED),
        ("8. 301 不是阳", chain.NO_RESULT),
        ("9.", chain.EMPTY),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(line, why):
    found = chain.read(line, (ZHANG, LI))
    assert found.proposals == ()
    assert [(one.line, one.why) for one in found.unread] == [(line, why)]


@given(st.text(max_size=300))
def test_every_line_is_either_proposed_or_kept(text):
    found = chain.read(text, (ZHANG, LI, OTHER, TOWER))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert len(found.proposals) + len(found.unread) == len(lines)
