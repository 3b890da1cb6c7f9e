"""Generated photos are what they say they are."""

import numpy as np
import pytest

from bench.cassettes import (
    BACKGROUNDS,
    CONDITIONS,
    LONG_SIDE,
    SHAPES,
    ordinary,
    paint,
    scene,
    window_of,
)


def test_the_same_seed_gives_the_same_photo_and_another_another():
    first, again, other = (np.asarray(paint(scene(seed))) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_can_be_painted(condition):
    photo = paint(scene(7, "positive", condition))
    assert max(photo.size) == LONG_SIDE
    assert photo.format == "JPEG"


@pytest.mark.parametrize("truth", ["negative", "positive", "invalid", "nothing"])
def test_a_scene_holds_what_was_asked_for(truth):
    assert scene(8, truth).truth == ordinary(8, truth).truth == truth


def test_no_cassette_is_nothing():
    assert scene(8, "positive", "no cassette").truth == "nothing"


def test_chance_brings_every_shape_background_and_direction():
    many = [ordinary(seed) for seed in range(300)]
    assert {one.cassettes[0].shape for one in many} == set(SHAPES)
    assert {one.background for one in many} == set(BACKGROUNDS)
    turns = {round(one.cassettes[0].turn / 15) % 24 for one in many}
    assert len(turns) > 18


@pytest.mark.parametrize("turn", [None, "upside down", "tilted", "leaning"])
def test_the_window_is_where_it_is_said_to_be(turn):
    """The control line is darker than the strip around it, the strip's other end is not."""
    one = scene(9, "negative", "on a table", *([turn] if turn else []))
    light = np.asarray(paint(one).convert("L"), float)
    top_left, top_right, bottom_right, bottom_left = (np.array(it) for it in window_of(one))
    top, bottom = (top_left + top_right) / 2, (bottom_left + bottom_right) / 2

    def at(share):
        x, y = top + (bottom - top) * share
        return light[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].mean()

    control, test = SHAPES[one.cassettes[0].shape].lines
    nearby = [at(share) for share in np.linspace(control - 0.06, control + 0.06, 13)]
    assert min(nearby) < 0.9 * at((control + test) / 2)
    assert at(test) > 0.9 * at((control + test) / 2)


def test_the_side_by_side_ones_do_not_cover_each_other():
    one = scene(10, "negative", "several cassettes")
    assert len(one.cassettes) in (2, 3)
    middles = [np.mean(window_of(one, nth), axis=0) for nth in range(len(one.cassettes))]
    apart = np.hypot(*(middles[0] - middles[1]))
    across = SHAPES[one.cassettes[0].shape].width / SHAPES[one.cassettes[0].shape].length
    assert apart > across * one.cassettes[0].length * LONG_SIDE
