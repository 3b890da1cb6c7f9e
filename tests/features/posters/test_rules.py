"""What proves that somebody belongs to a flat."""

import pytest

from server.features.posters import rules

PHONES = ["13812345678", ""]


@pytest.mark.parametrize(
    "typed", ["5678", "５６７８", " 56 78 ", "K7-PM4T", "k7pm4t", "Ｋ７ＰＭ４Ｔ"]
)
def test_the_cards_number_or_how_a_telephone_number_ends(typed):
    assert rules.proves(typed, "K7PM4T", PHONES)


@pytest.mark.parametrize(
    "typed", ["", "678", "45678", "1234", "13812345678", "٥٦٧٨", "K7PM4", "----", "0000"]
)
def test_nothing_else_does(typed):
    assert not rules.proves(typed, "K7PM4T", PHONES)


def test_a_flat_without_a_number_is_not_opened_by_nothing():
    assert not rules.proves("", "", [])
    assert not rules.proves("-", "", [])


def test_a_short_number_is_not_its_own_end():
    assert not rules.proves("0412", "K7PM4T", ["0412"])
