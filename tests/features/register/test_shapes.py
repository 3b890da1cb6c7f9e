"""What is read from registers of every shape is what was meant, and every row is accounted for."""

import itertools
import re
from collections import Counter

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.features.people import changes
from server.features.register.columns import missing, recognise
from server.features.register.persons import HOME, LEFT, REFUSED, read
from server.features.register.plan import ADDED, SAME, Home, Known, compare
from server.features.register.sheets import open_book
from tests.features.register import registers
from tests.features.register.registers import ESTATE, SHAPES, THIS_YEAR

SEEDS = st.integers(0, 2**32)
NUMBERS = itertools.count(1)
FEW = {"deadline": None, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck)}
"""A seed cannot be made smaller."""

ID_CARD = re.compile(rb"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?![\dXx])")


def lines_of(path):
    """What is read without anybody's hand."""
    book = open_book(path)
    layout = recognise(book, ESTATE, {})
    assert missing(layout) is None
    return list(read(book, layout, ESTATE, THIS_YEAR))


def people_in(lines):
    return Counter(
        (*line.place[:3], line.place.label, said.name, said.born, said.phone)
        for line in lines
        for said in line.people
    )


def empty_homes():
    return {number: Home(number, False, False) for number in ESTATE.doors.values()}


def taken_over(homes, outcomes):
    """The homes once the outcomes have been taken over."""
    homes = dict(homes)
    for outcome in outcomes:
        home = homes[outcome.household]
        known = {one.id: one for one in home.residents}
        for part in outcome.parts:
            new = {name: after for name, _, after in part.changes}
            if part.what == changes.ADDED:
                number = next(NUMBERS)
                known[number] = Known(
                    number, new["name"], new.get("born"), new.get("phone", ""),
                    new.get("registered", True), new.get("present", True), new.get("tenure", ""),
                )  # fmt: skip
            elif part.what == changes.DOOR:
                home = msgspec.structs.replace(home, **new)
            elif part.what:
                known[part.resident] = msgspec.structs.replace(known[part.resident], **new)
        homes[outcome.household] = msgspec.structs.replace(home, residents=tuple(known.values()))
    return homes


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=4, **FEW)
@given(seed=SEEDS)
def test_what_is_read_is_what_was_meant(shape, seed, tmp_path):
    made = registers.make(shape, seed, tmp_path)
    lines = lines_of(made.path)
    assert [line for line in lines if line.what == REFUSED] == []
    assert set(people_in(lines)) == made.people
    assert {
        (*line.place[:3], line.place.label) for line in lines if line.what == HOME
    } == made.empty
    assert len(lines) == made.rows


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=2, **FEW)
@given(seed=SEEDS)
def test_rows_add_up_and_the_same_file_changes_nothing_the_second_time(shape, seed, tmp_path):
    made = registers.make(shape, seed, tmp_path)
    lines = lines_of(made.path)
    homes = empty_homes()
    first = list(compare(lines, homes, {}))
    assert [(one.sheet, one.row) for one in first] == [(one.sheet, one.row) for one in lines]
    assert len({(one.sheet, one.row) for one in first}) == made.rows
    assert {one.what for one in first if one.what != LEFT} <= {ADDED, SAME, "changed"}
    homes = taken_over(homes, [one for one in first if one.what != LEFT])
    again = list(compare(lines, homes, {}))
    assert {one.what for one in again} <= {SAME, LEFT}
    assert len(again) == made.rows


@settings(max_examples=10, **FEW)
@given(seed=SEEDS)
def test_no_identity_card_is_kept_anywhere(seed, tmp_path):
    made = registers.make("only_identity_cards_say_the_year", seed, tmp_path)
    book = open_book(made.path)
    layout = recognise(book, ESTATE, {})
    lines = list(read(book, layout, ESTATE, THIS_YEAR))
    kept = [layout, lines, list(compare(lines, empty_homes(), {}))]
    assert not ID_CARD.search(msgspec.json.encode(kept))
