"""One look at a photo: the likeliest window, what is on its strip, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from server.features.photos.cassette.fit import fit
from server.features.photos.cassette.lines import Lines, measure
from server.features.photos.cassette.seek import seek
from server.features.photos.cassette.well import well
from server.features.photos.cassette.window import Bytes, Window
from server.features.photos.reading import NOTHING, THRESHOLD, Reading, chance

LARGEST, SMALLEST = 1280, 64
"""Pixels: a longer side is reduced first, and where the shorter is then below, nothing is read."""

SEARCHED = 224
"""Long side of the small copy that is searched."""


def read(picture: Image.Image | NDArray[Any]) -> Reading:
    """Look for a window and measure its lines. Never raises; odd pictures have no window."""
    pixels = _pixels(picture)
    if pixels is None:
        return NOTHING
    seen = sorted(_looked_at(pixels), key=lambda one: -one.worth)
    if not seen or seen[0].worth < LEAST_WORTH:
        return NOTHING
    best = seen[0]
    return Reading(best.lines.control, best.lines.test, True, _doubt(best, seen[1:]))


def _pixels(picture: Image.Image | NDArray[Any]) -> Bytes | None:
    """Red, green and blue of the picture, at most `LARGEST` wide or high; None where it is odd."""
    try:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        longest = max(image.size)
        if longest > LARGEST:
            image = image.reduce(math.ceil(longest / LARGEST))
        if min(image.size) < SMALLEST:
            return None
        return np.asarray(image.convert("RGB"))
    except (AttributeError, TypeError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Seen:
    """A window looked at closely, the control line's end first."""

    window: Window
    lines: Lines
    upright: float  # 0 to 1: how sure it is that it is this way round, and not the other

    @property
    def worth(self) -> float:
        """How much like the window of a cassette it is."""
        line = min(1.0, self.lines.control / SURE_LINE) * self.lines.alone
        return self.window.quality * (1 + LINE_WORTH * line + WELL_WORTH * self.upright)


SURE_LINE, LINE_WORTH, WELL_WORTH = 20.0, 1.0, 2.0
"""A line of so many deviations, and a well, make a window so much likelier. Lines count little:
edges of anything look like one."""

LEAST_WORTH = 1.5
"""Below that there is no window."""

SURE_WELL = 0.125
"""Contrast by which a well tells one end from the other."""


def _looked_at(pixels: Bytes) -> Iterator[Seen]:
    """What may be windows, measured."""
    image = Image.fromarray(pixels)
    scale = max(image.size) / SEARCHED
    size = round(image.width / scale), round(image.height / scale)
    grey = np.asarray(image.convert("L"))
    for place in seek(_whiteness(image.resize(size, Image.Resampling.BOX))):
        window = fit(grey, _scaled(place, scale))
        if window is None:
            continue
        other_way = replace(window, turn=window.turn + math.pi)
        sure = well(grey, window) - well(grey, other_way)
        if sure < 0:
            window = other_way
        yield Seen(window, measure(pixels, window), min(1.0, abs(sure) / SURE_WELL))


def _scaled(window: Window, scale: float) -> Window:
    return replace(
        window,
        x=window.x * scale,
        y=window.y * scale,
        length=window.length * scale,
        width=window.width * scale,
    )


def _whiteness(small: Image.Image) -> Image.Image:
    """How much like white each place of a small copy is, white being what is brightest.

    As a logarithm, so that an edge counts the same in the shade. Coloured cloth, gloves and wood
    turn dark, plastic and paper stay bright, lines stay dark.
    """
    pixels = np.asarray(small, np.float32)
    brightest = np.maximum(np.percentile(pixels, 97, axis=(0, 1)), 1)
    share = np.minimum((pixels / brightest).min(2), 1)
    return Image.fromarray((np.log1p(10 * share) * (255 / math.log(11))).astype(np.uint8))


FAINT = 0.15
"""A contrast that people still see: where grain hides one, a strip is doubtful."""

SEVERAL, UNSURE_END = 0.5, 0.3
"""Doubt where another cassette is in the picture, and where either end may be the control's."""


def _doubt(best: Seen, others: list[Seen]) -> float:
    """Everything that makes a reading unsure, each counting as if it were alone."""
    lines = best.lines
    several = any(
        it.worth > 0.6 * best.worth and it.upright > 0.5 and it.lines.control > THRESHOLD
        for it in others
    )
    doubts = (
        1 - abs(2 * chance(lines.control) - 1),
        1 - abs(2 * chance(lines.test) - 1),
        1 - math.exp(-lines.grain * THRESHOLD / FAINT),
        min(1.0, 2 * lines.glare),
        SEVERAL * several,
        UNSURE_END * (1 - best.upright),
        max(0.0, 1 - best.worth / (2 * LEAST_WORTH)),
    )
    return 1 - math.prod(1 - doubt for doubt in doubts)
