"""Rules of testing days, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.features.testing import rules

LABELS = {1: "G", 2: "2", 3: "3A", 4: "3B", 7: "7", 8: "8", 9: "9"}


@pytest.mark.parametrize(
    ("levels", "said"),
    [([7], "7"), ([9, 7, 8], "7–9"), ([1, 3], "G, 3A"), ([7, 8], "7, 8"), ([12], "12")],
)
def test_floors_are_said_as_people_say_them(levels, said):
    assert rules.said(levels, LABELS) == said


@given(
    st.lists(st.integers(0, 400), max_size=60),
    st.integers(1, 12),
)
def test_every_stairwell_goes_to_one_site_and_neighbours_stay_together(people, sites):
    loads = list(enumerate(people))
    dealt = rules.deal(loads, sites)
    assert [one for site in dealt for one in site] == list(range(len(people)))
    assert len(dealt) == sites


def test_sites_get_about_as_many_people_each():
    dealt = rules.deal([(one, 100) for one in range(12)], 3)
    assert [len(site) for site in dealt] == [4, 4, 4]


@pytest.mark.parametrize(
    ("tube", "people", "result", "means"),
    [
        (rules.TEN, 10, "positive", "retest"),
        (rules.BY_HOUSEHOLD, 1, "positive", "retest"),
        (rules.SINGLE, 1, "positive", "positive"),
        (rules.TEN, 10, "negative", "negative"),
        (rules.TEN, 10, "invalid", "invalid"),
    ],
)
def test_only_a_tube_of_ones_own_says_that_somebody_is_positive(tube, people, result, means):
    assert rules.result_of(tube, people, result) == means


@pytest.mark.parametrize(
    ("group", "born", "first"),
    [
        ("old", 1950, True),
        ("old", 1953, False),
        ("old", None, False),
        ("pupils", 2010, True),
        ("pupils", 2017, False),
        ("pupils", 2004, False),
    ],
)
def test_who_may_come_first_goes_by_age(group, born, first):
    assert rules.in_group(group, born, 2022) is first
