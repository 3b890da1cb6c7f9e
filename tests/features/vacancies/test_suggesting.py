"""What counts of a door system suggest: the rule alone."""

from datetime import date
from typing import NamedTuple

import pytest

from server import clock
from server.features.vacancies import suggesting
from tests.world import NOON

TODAY = date(2022, 4, 21)


class Span(NamedTuple):
    first: str
    last: str


STEADY = [Span("2022-04-01", "2022-04-21")]


@pytest.mark.parametrize(("days", "what"), [(0, ""), (1, ""), (2, "lived_in"), (7, "lived_in")])
def test_a_vacant_flat_may_be_lived_in_once_its_door_was_used_on_two_days(days, what):
    assert suggesting.of_vacant(days) == what


@pytest.mark.parametrize(
    ("last", "what"),
    [("2022-04-21", ""), ("2022-04-08", ""), ("2022-04-07", "vacant"), ("", "vacant")],
)
def test_a_flat_may_be_vacant_after_fourteen_days_without_anybody(last, what):
    assert suggesting.of_lived_in(last, STEADY, TODAY, shut=False) == what


@pytest.mark.parametrize(
    "heard",
    [[], [Span("2022-04-01", "2022-04-18")], [Span("2022-04-09", "2022-04-21")]],
    ids=["silent altogether", "silent for three days", "new"],
)
def test_a_system_that_would_not_know_suggests_nothing(heard):
    assert suggesting.of_lived_in("", heard, TODAY, shut=False) == ""


def test_one_system_that_would_know_is_enough():
    heard = [Span("2022-04-20", "2022-04-21"), *STEADY]
    assert suggesting.of_lived_in("", heard, TODAY, shut=False) == "vacant"


def test_silence_in_a_building_that_is_shut_says_nothing():
    assert suggesting.of_lived_in("", STEADY, TODAY, shut=True) == ""


@pytest.mark.parametrize(
    ("doubted", "days", "later", "holds"),
    [
        ("lived_in", 2, 0, True),
        ("lived_in", 2, 14 * clock.DAY - 1, True),
        ("lived_in", 2, 14 * clock.DAY, False),
        ("lived_in", 3, clock.DAY, False),
        ("lived_in", 1, clock.DAY, True),
        ("vacant", 2, clock.DAY, False),
        (None, 2, clock.DAY, False),
    ],
)
def test_what_was_put_aside_stays_so_for_two_weeks_unless_it_changes(doubted, days, later, holds):
    put_aside = suggesting.is_put_aside("lived_in", days, doubted, NOON, 2, NOON + later)
    assert put_aside == holds
