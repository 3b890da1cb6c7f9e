"""Whatever is added and subtracted, no small building is told from the others."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from server.features.bulletins.suppression import SMALLEST, Part, blocks

SIZES = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=6), min_size=1, max_size=5)
"""Households of each building, compound by compound."""


def estate(sizes):
    numbers = iter(range(1, 1000))
    return [
        Part(next(numbers), compound, households)
        for compound, buildings in enumerate(sizes, 1)
        for households in buildings
    ]


def named(found):
    return [[part.building for part in block.parts] for block in found]


def test_large_buildings_stand_alone():
    assert named(blocks(estate([[10, 72], [24]]))) == [[1], [2], [3]]


def test_small_ones_are_put_together_within_their_compound():
    assert named(blocks(estate([[30, 6, 5], [24]]))) == [[1], [2, 3], [4]]


def test_too_few_small_ones_take_the_smallest_of_the_others_with_them():
    assert named(blocks(estate([[30, 4, 20], [24]]))) == [[1], [2, 3], [4]]
    [block] = [one for one in blocks(estate([[30, 4, 20]])) if len(one.parts) == 2]
    assert block.compound == 1


def test_a_small_compound_is_put_together_with_others():
    found = blocks(estate([[3], [4], [30], [50]]))
    assert named(found) == [[4], [1, 2, 3]]
    assert found[-1].compound is None


def test_a_community_that_is_too_small_gives_nothing():
    assert blocks(estate([[3, 2], [4]])) == ()
    assert blocks([]) == ()


@given(SIZES)
def test_blocks_hold_every_building_once_or_nothing_at_all(sizes):
    parts = estate(sizes)
    found = [building for block in blocks(parts) for building in (p.building for p in block.parts)]
    whole = sum(part.households for part in parts)
    assert sorted(found) == ([part.building for part in parts] if whole >= SMALLEST else [])


@given(SIZES)
def test_every_block_is_large_enough(sizes):
    for block in blocks(estate(sizes)):
        assert block.households >= SMALLEST
        if len(block.parts) == 1:
            assert block.parts[0].households >= SMALLEST


@given(SIZES)
def test_no_small_building_follows_from_what_is_published(sizes):
    """Sums of blocks, and of everything, are all that is given: solve for every small building."""
    parts = estate(sizes)
    found = blocks(parts)
    given_sums = [[float(part in block.parts) for part in parts] for block in found]
    if found:
        given_sums.append([1.0] * len(parts))  # the chart of days, and totals in the text
    for number, part in enumerate(parts):
        if part.households < SMALLEST:
            alone = [float(number == other) for other in range(len(parts))]
            assert rank([*given_sums, alone]) > rank(given_sums), (sizes, named(found))


@given(SIZES, st.randoms())
def test_how_buildings_are_parted_follows_from_households_alone(sizes, chance):
    parts = estate(sizes)
    assert blocks(parts) == blocks(list(parts))
    renamed = {part.building: chance.randrange(10**6) * 1000 + part.building for part in parts}
    others = [Part(renamed[part.building], part.compound, part.households) for part in parts]
    again = [[renamed[one] for one in block] for block in named(blocks(parts))]
    assert named(blocks(others)) == again


def rank(rows):
    """How many of the rows say something that the others do not (Gauss, exactly)."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in range(found, len(left)) if left[row][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for row in range(found + 1, len(left)):
            factor = left[row][column] / left[found][column]
            left[row] = [a - factor * b for a, b in zip(left[row], left[found], strict=True)]
        found += 1
    return found
