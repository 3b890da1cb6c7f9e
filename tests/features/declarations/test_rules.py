"""What a household may declare, and what declarations add up to."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from server.features.declarations import rules
from server.features.declarations.rules import Steps
from server.i18n import Words
from server.oplog.kinds import Refused


class Said(NamedTuple):
    household: int
    seq: int
    at: int


def test_what_was_made_last_stands_however_it_arrived() -> None:
    late, newest = Said(1, 9, 100), Said(1, 5, 200)
    assert rules.standing([late, newest]) == {1: newest}
    assert rules.standing([newest, late]) == {1: newest}


def test_a_household_counts_from_when_it_first_declared() -> None:
    assert sorted(rules.first_moments([Said(1, 9, 300), Said(1, 5, 200), Said(2, 7, 250)])) == [
        200,
        250,
    ]


@pytest.mark.parametrize("since", ["", "2019", "2019-06", "2022-04"])
def test_a_year_or_a_month_is_since_when(since: str) -> None:
    rules.must_be_since(since, "2022-04-21")


@pytest.mark.parametrize("since", ["1820", "2023", "2022-05", "2019-13", "去年", "２０１９", "19"])
def test_no_other_text_is(since: str) -> None:
    with pytest.raises(Refused):
        rules.must_be_since(since, "2022-04-21")


def test_small_buildings_are_shown_together() -> None:
    big, small = Steps(20, 0, 5), Steps(3, 0, 1)
    found = rules.shares([(Words("A"), big), (Words("B"), small), (Words("C"), small)])
    assert [(one.place, one.steps.homes) for one in found] == [(Words("A"), 20), (None, 6)]


def test_one_small_building_is_not_shown_alone() -> None:
    assert rules.shares([(Words("B"), Steps(4, 0, 3))]) == []


def test_a_share_is_never_rounded_up() -> None:
    assert Steps(doors=300, vacant=100, declared=199).share == 99
    assert Steps().share == 0
    assert Steps(10, 2, 3, 1).left == 4
