"""How far the control and the test line stand out from the strip beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.features.photos.cassette.window import Bytes, Floats, Window, places, straight


@dataclass(frozen=True, slots=True)
class Lines:
    """What is on a strip. Control and test are in standard deviations, see `Reading`."""

    control: float
    test: float
    grain: float  # the deviation itself, as a contrast
    glare: float  # share of the strip that is white for being too bright
    alone: float  # 0 to 1: the control line ends where the strip does, as nothing printed would


STRIP, STRIP_ACROSS = places(0.07, 0.93, 160), places(-0.25, 0.25, 16)
"""Where the strip is looked at: in lengths from the window's upper end, away from the shadow of its
rim, and in widths from its middle."""

WIDTH_OF_LINE = 9
"""Of those places along the strip."""

CONTROL, TEST, REACH = 0.32, 0.68, 0.14
"""Where a line is, in lengths from the upper end, and by how much it may be elsewhere."""

UNEVEN = np.vander(STRIP - 0.5, 4)
"""The strip's own light may vary along it as a polynomial of the third degree."""

BESIDE = 0.95
"""Widths from the strip's middle to what is looked at beside it."""

LEAST_GRAIN = 0.004
"""Contrast that is always put down to chance: JPEG makes a strip look calmer than it is."""


def measure(pixels: Bytes, window: Window) -> Lines:
    """Measured in green, which the red of most lines takes, and blue ones enough of."""
    strip = straight(pixels, window, STRIP - 0.5, STRIP_ACROSS)
    dark = _darkness(strip)
    zones = [np.abs(STRIP - middle) < REACH for middle in (CONTROL, TEST)]
    calm = np.ones(len(STRIP), bool)
    for _ in range(3):  # what is uneven is learnt beside the lines, and they are found without it
        rest = _evened(dark, calm)
        peaks = [int(np.where(zone, rest, -np.inf).argmax()) for zone in zones]
        calm = np.all([np.abs(STRIP - STRIP[peak]) > 0.09 for peak in peaks], axis=0)
    grain = LEAST_GRAIN + 1.48 * float(np.median(np.abs(rest[calm])))
    control, test = (max(0.0, float(rest[peak])) for peak in peaks)
    beside = [
        _evened(_darkness(straight(pixels, window, STRIP - 0.5, across)), calm)[peaks[0]]
        for across in (STRIP_ACROSS - BESIDE, STRIP_ACROSS + BESIDE)
    ]
    goes_on = min(abs(float(it)) for it in beside)
    return Lines(
        control=control / grain,
        test=test / grain,
        grain=grain,
        glare=float((strip.min(2) > 0.98).mean()),
        alone=max(0.0, 1 - goes_on / max(control, LEAST_GRAIN)),
    )


def _darkness(strip: Floats) -> Floats:
    """Along the strip, as wide as a line at each place: a contrast of 10 % is about 0.1."""
    dark = -np.log(np.maximum(np.median(strip[..., 1], axis=1), 0.03))
    padded = np.pad(dark, WIDTH_OF_LINE // 2, "edge")
    return np.convolve(padded, np.ones(WIDTH_OF_LINE) / WIDTH_OF_LINE, "valid")


def _evened(dark: Floats, calm: NDArray[np.bool_]) -> Floats:
    """Without what varies slowly, as it does in the calm places."""
    uneven, *_ = np.linalg.lstsq(UNEVEN[calm], dark[calm])
    evened: Floats = dark - UNEVEN @ uneven
    return evened
