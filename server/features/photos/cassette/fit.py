"""Turning, moving and stretching what may be a window to where its edges are sharpest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from server.features.photos.cassette.window import (
    ASPECT,
    Bytes,
    Window,
    moved,
    places,
    straight,
)

SHORTEST, LONGEST = 2.6, 5.0
"""Length over width of what may be a window."""

OFF_SIDE, OFF_FORM, OFF_MIDDLE = 0.18, 0.2, 0.1
"""Deviations of where a window is from where it was found: of a side in widths, of the logarithm of
its form, of its middle in lengths."""

SIDES_COUNT = 0.12
"""How much a side counts that goes on for a 60th of a length, beside the edges at the ends."""

AROUND_ACROSS, AROUND_ALONG = places(-1, 1, 81), places(-1, 1, 121)
BETWEEN_ENDS, BETWEEN_SIDES = places(-0.4, 0.4, 24), places(-0.8, 0.8, 33)


def fit(grey: Bytes, window: Window) -> Window | None:
    """The window turned, moved and stretched to where its edges are sharpest; None if it then has
    another form."""
    for turns in ((-8, -4, 0, 4, 8), (-2, -1, 0, 1, 2)):
        turned = [replace(window, turn=window.turn + math.radians(turn)) for turn in turns]
        sides = [_sides(grey, one) for one in turned]
        best = max(range(len(turns)), key=lambda nth: sides[nth][2])
        left, right, _ = sides[best]
        if right <= left:  # flat: no edge is anywhere
            return None
        window = moved(turned[best], across=(left + right) / 2, width=right - left)
        top, bottom = _ends(grey, window)
        window = moved(window, along=(top + bottom) / 2, length=bottom - top)
        if window.width < 2 or not SHORTEST < window.length / window.width < LONGEST:
            return None
    return window


def _sides(grey: Bytes, window: Window) -> tuple[float, float, float]:
    """Where light changes most about half a width to either side, and how much it does on both."""
    profile = straight(grey, window, BETWEEN_ENDS, AROUND_ACROSS).mean(0)
    change = np.abs(profile[2:] - profile[:-2])
    places = AROUND_ACROSS[1:-1]
    found = []
    for expected in (-0.5, 0.5):
        likely = change * np.exp(-(((places - expected) / OFF_SIDE) ** 2))
        nth = int(likely.argmax())
        found.append((float(places[nth]), float(likely[nth])))
    (left, one), (right, other) = found
    return left, right, min(one, other) + 0.3 * (one + other)


def _ends(grey: Bytes, window: Window) -> tuple[float, float]:
    """From where to where a window goes: there are sides in between, and an edge at both ends.

    Lines are such edges, too, and often sharper; but the sides go on beyond them.
    """
    patch = straight(grey, window, AROUND_ALONG, BETWEEN_SIDES)
    change = np.abs(patch[:, 3:] - patch[:, :-3])
    side = np.minimum(change[:, 2:9].max(1), change[:, 21:28].max(1))  # at half a width, roughly
    side = np.convolve(side, np.ones(5) / 5, "same")
    usual = float(np.median(side[45:76]))  # in the middle half
    profile = patch[:, 11:22].mean(1)
    edge = np.zeros_like(profile)
    edge[1:-1] = np.minimum(np.abs(profile[2:] - profile[:-2]), usual)
    sums = np.cumsum(np.minimum(side, usual) - usual / 2)

    top, bottom = AROUND_ALONG[:, None], AROUND_ALONG[None, :]
    score = SIDES_COUNT * (sums[None, :] - sums[:, None]) + edge[:, None] + edge[None, :]
    form = np.maximum(bottom - top, 0.01) * (window.length / window.width / ASPECT)
    score -= usual * (np.log(form) / OFF_FORM) ** 2
    score -= usual * ((top + bottom) / 2 / OFF_MIDDLE) ** 2
    first, last = divmod(int(np.where(bottom - top > 0.3, score, -np.inf).argmax()), len(sums))
    return float(AROUND_ALONG[first]), float(AROUND_ALONG[last])
