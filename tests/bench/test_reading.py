"""What is said of the reading aid's queue can be believed."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from bench.reading.figures import Photo
from bench.reading.picture import contact_sheet, draw
from bench.reading.queue import ALL, KINDS, LONG, MISSAID, SHARES, curves, queues, within
from server.features.photos.reading import Reading

TRUTHS = {what: "positive" if what == "faint" else what for what in SHARES}


def photo(what, reading):
    return Photo(what, TRUTHS[what], 0.5, reading, 20.0)


@pytest.fixture(scope="module")
def blind():
    """Queues of an aid that sees the same on every photo."""
    return queues([photo(what, Reading()) for what in SHARES])


@pytest.fixture(scope="module")
def perfect():
    """Queues of an aid that sees everything."""
    shown = {"negative": (50, 0), "positive": (50, 50), "invalid": (0, 0)}
    return queues(
        [
            photo(what, Reading(*shown[truth], True, 0.0) if truth in shown else Reading())
            for what, truth in TRUTHS.items()
        ]
    )


def test_shares_are_shares():
    assert sum(SHARES.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in MISSAID.values())
    assert {what for kind in KINDS.values() for what in kind} == set(SHARES)


def test_every_queue_is_whole_and_in_order(perfect):
    for queue in perfect[:5]:
        assert len(queue.waiting) == LONG
        assert len(queue.places()) == sum(len(queue.places(kind)) for kind in KINDS)


def test_who_sees_everything_has_all_contradictions_first(perfect):
    assert min(within(perfect, 0.1)) == 1


def test_a_curve_goes_from_none_to_all(perfect, blind):
    for run in (perfect, blind):
        for curve in curves(run).values():
            assert curve[0] == 0
            assert curve[-1] == pytest.approx(1)
            assert curve == sorted(curve)


def test_the_picture_is_an_svg_for_light_and_dark(perfect):
    picture = draw(curves(perfect))
    assert "prefers-color-scheme: dark" in picture
    assert ALL in picture
    assert ElementTree.fromstring(picture).tag.endswith("svg")


def test_the_sheet_is_small_enough_to_keep():
    sheet = contact_sheet()
    assert len(sheet) < 150_000
    assert Image.open(io.BytesIO(sheet)).format == "JPEG"
