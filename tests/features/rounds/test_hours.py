"""How far a screening was at each hour."""

from hypothesis import given
from hypothesis import strategies as st

from server.features.rounds.hours import HOUR, MOST_HOURS, Hour, by_hour


def test_each_hour_counts_all_that_was_reached_until_then():
    found = by_hour(0, [10, HOUR, HOUR + 1, 3 * HOUR], 3 * HOUR)
    assert found == [Hour(HOUR, 2), Hour(2 * HOUR, 3), Hour(3 * HOUR, 4)]


def test_a_round_just_opened_has_one_row():
    assert by_hour(5, [], 5) == [Hour(5, 0)]


def test_what_a_wrong_clock_puts_before_the_opening_counts_from_the_first_hour():
    assert by_hour(HOUR, [0], 2 * HOUR) == [Hour(2 * HOUR, 1)]


def test_one_door_short_is_not_a_hundred_per_cent():
    assert Hour(0, 2299).share(2300) == 99
    assert Hour(0, 2300).share(2300) == 100


def test_a_round_without_doors_has_no_share():
    assert Hour(0, 0).share(0) == 0


def test_a_round_forgotten_for_a_year_has_no_page_of_a_thousand_rows():
    found = by_hour(0, [1], 365 * 24 * HOUR)
    assert len(found) == MOST_HOURS
    assert found[-1] == Hour(365 * 24 * HOUR, 1)


@given(st.lists(st.integers(0, 50 * HOUR)), st.integers(0, 50 * HOUR))
def test_it_never_falls_and_ends_with_all_that_was_reached(moments, until):
    found = by_hour(0, moments, until)
    assert [one.doors for one in found] == sorted(one.doors for one in found)
    assert found[-1].doors == sum(moment <= until for moment in moments)
