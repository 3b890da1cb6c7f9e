"""The reading aid sees what is on ordinary photos, survives odd ones, and orders a queue."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bench.cassettes import paint, scene
from server.features.photos.cassette.look import read
from server.features.photos.reading import (
    INVALID,
    NEGATIVE,
    NOTHING,
    POSITIVE,
    THRESHOLD,
    Reading,
    order,
)

SEEDS = range(300_000, 300_006)
"""On a table, in good light."""

CLEAR_NEGATIVE = Reading(control=60, test=0.5, found=True, doubt=0.1)
CLEAR_POSITIVE = Reading(control=60, test=40, found=True, doubt=0.1)
NO_CONTROL = Reading(control=0.5, test=0.5, found=True, doubt=0.1)
DOUBTFUL = Reading(control=60, test=2, found=True, doubt=0.9)


def readings(truth, *conditions):
    """Of a few photos."""
    return [read(paint(scene(seed, truth, "on a table", *conditions))) for seed in SEEDS]


def lines(reading):
    """Whether there is a control line, and a test line."""
    return reading.control >= THRESHOLD, reading.test >= THRESHOLD


@pytest.mark.parametrize(
    ("truth", "seen"),
    [("negative", (True, False)), ("positive", (True, True)), ("invalid", (False, False))],
)
def test_most_plain_photos_show_the_lines_that_are_there(truth, seen):
    found = readings(truth)
    assert sum(lines(one) == seen for one in found) >= len(found) - 2


def test_a_cassette_may_lie_upside_down():
    found = [one for one in readings("negative", "upside down") if one.found]
    assert len(found) >= 3
    assert sum(lines(one) == (True, False) for one in found) >= len(found) - 1


def test_where_no_cassette_is_nothing_is_found_or_it_is_doubtful():
    assert all(not one.found or one.doubt > 0.5 for one in readings("negative", "no cassette"))


def test_a_second_cassette_makes_it_doubtful():
    alone, several = readings("negative"), readings("negative", "several cassettes")
    assert np.median([one.doubt for one in several]) > np.median([one.doubt for one in alone])


def test_a_stronger_line_reads_stronger():
    photo = scene(300_000, "positive", "on a table")
    strengths = [read(paint(with_test(photo, contrast))).test for contrast in (0.05, 0.15, 0.5)]
    assert strengths == sorted(strengths)


def with_test(photo, contrast):
    """The photo with a test line of that contrast."""
    (cassette,) = photo.cassettes
    return replace(photo, cassettes=(replace(cassette, test=contrast),))


def test_the_same_photo_reads_the_same_as_picture_and_as_pixels():
    photo = paint(scene(300_001, "positive", "on a table"))
    assert read(photo) == read(photo) == read(np.asarray(photo))


@pytest.mark.parametrize(
    "odd",
    [
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (0, 0)),
        Image.new("L", (640, 480), 128),
        Image.new("1", (640, 480)),
        Image.new("P", (640, 480)),
        Image.new("RGBA", (640, 480), (0, 0, 0, 0)),
        Image.new("CMYK", (640, 480)),
        Image.new("I;16", (640, 480)),
        Image.new("F", (640, 480)),
        Image.new("RGB", (9_000, 3), "white"),
        Image.new("RGB", (70, 1_280), "white"),
        Image.new("RGB", (64, 64), "red"),
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((480, 640), np.uint8),
        np.full((480, 640, 3), np.nan, np.float32),
        np.zeros((4, 4, 4, 4, 4), np.uint8),
        np.zeros(7),
        None,
    ],
    ids=[f"odd{nth}" for nth in range(18)],
)
def test_odd_pictures_have_no_window(odd):
    assert read(odd) == NOTHING


def test_a_file_that_breaks_off_has_no_window(tmp_path):
    whole = tmp_path / "whole.jpg"
    paint(scene(300_002)).save(whole)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(whole.read_bytes()[:9_000])
    with Image.open(broken) as picture:
        assert read(picture) == NOTHING


@pytest.mark.parametrize("size", [(640, 480), (200, 1_280), (97, 101), (1_280, 65)])
def test_noise_of_any_size_is_read_without_an_error(size):
    noise = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    assert 0 <= read(noise).doubt <= 1


@pytest.mark.parametrize("seed", range(20))
def test_flat_pictures_with_a_few_boxes_are_read_without_an_error(seed):
    """Where nearly everything is flat there are no edges to fit a window to."""
    chance = np.random.default_rng(seed)
    flat = np.full((*chance.integers(64, 400, 2), 3), chance.integers(256), np.uint8)
    for _ in range(seed % 5):
        top, left, height, width = chance.integers(1, 120, 4)
        flat[top : top + height, left : left + width] = chance.integers(0, 256, 3)
    assert 0 <= read(flat).doubt <= 1


def test_memory_stays_small_for_a_large_photo():
    large = Image.new("RGB", (6_000, 4_000), "white")
    tracemalloc.start()
    read(large)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_what_contradicts_comes_first_and_what_agrees_clearly_last():
    queue = [
        order(NEGATIVE, CLEAR_POSITIVE),
        order(NEGATIVE, NO_CONTROL),
        order(NEGATIVE, NOTHING),
        order(NEGATIVE, DOUBTFUL),
        order(NEGATIVE, CLEAR_NEGATIVE),
    ]
    assert queue == sorted(queue, reverse=True)
    assert len(set(queue)) == len(queue)


@pytest.mark.parametrize(
    ("said", "agrees", "contradicts"),
    [
        (NEGATIVE, CLEAR_NEGATIVE, CLEAR_POSITIVE),
        (POSITIVE, CLEAR_POSITIVE, CLEAR_NEGATIVE),
        (INVALID, NO_CONTROL, CLEAR_NEGATIVE),
    ],
)
def test_each_result_is_held_against_what_is_seen(said, agrees, contradicts):
    assert order(said, agrees) < 0.2 < 0.9 < order(said, contradicts)


def test_where_no_result_was_said_doubt_alone_counts():
    assert order("", CLEAR_POSITIVE) == order("", NO_CONTROL) < order("", DOUBTFUL)


strengths = st.floats(0, 1e6)


@given(
    st.sampled_from([NEGATIVE, POSITIVE, INVALID, "retest", ""]),
    st.builds(Reading, strengths, strengths, st.just(True), st.floats(0, 1)),
    st.floats(0, 1),
)
def test_more_doubt_is_never_later(said, reading, doubt):
    other = Reading(reading.control, reading.test, True, doubt)
    less, more = sorted((reading, other), key=lambda one: one.doubt)
    assert 0 <= order(said, less) <= order(said, more) <= 1
