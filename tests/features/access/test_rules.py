"""Which days a door system may speak of: the rules alone."""

from datetime import date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.features.access import rules
from tests.world import NOON

TODAY = date(2022, 4, 21)
SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(("hours", "day"), [(0, 21), (11, 21), (12, 22), (-13, 20)])
def test_a_day_begins_at_midnight_where_people_live(hours, day):
    now = NOON + hours * 3_600_000
    assert rules.today_of(now, SHANGHAI) == date(2022, 4, day)


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
        (TODAY - timedelta(days=60), True),
        (TODAY - timedelta(days=61), False),
        (date.min, False),
        (date.max, False),
    ],
)
def test_a_day_has_begun_and_is_not_too_long_ago(day, possible):
    assert rules.is_possible(day, TODAY) == possible


@given(some.dates(min_value=date(2000, 1, 1)), some.integers(min_value=1, max_value=90))
def test_so_many_days_end_with_today(today, days):
    assert (today - rules.since(today, days)).days == days - 1
