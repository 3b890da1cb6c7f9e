"""The well for the sample below a window: it tells one end of a cassette from the other."""

from __future__ import annotations

import numpy as np

from server.features.photos.cassette.window import Bytes, Window, places, straight

BELOW, BROAD = places(1.05, 1.8, 46), places(-0.5, 0.5, 41)
"""Where a well is sought, in lengths of the window: from its middle down, and to both sides."""


def well(grey: Bytes, window: Window) -> float:
    """How much darker a well below the window is than the plastic beside it, as a contrast.

    What is beside it must look like the plastic beside the window, and the same on both sides.
    """
    patch = straight(grey, window, BELOW, BROAD * np.float32(window.length / window.width))
    middle = patch[:, np.abs(BROAD) < 0.09].mean(1)
    left, right = patch[:, BROAD < -0.34].mean(1), patch[:, BROAD > 0.34].mean(1)
    plastic = straight(grey, window, places(-0.4, 0.4, 12), places(-1.1, 1.1, 2))
    bright = float(plastic.mean(0).max()) + 0.01
    between = straight(grey, window, places(0.65, 1.0, 12), places(-0.4, 0.4, 7))
    unlike = np.abs((left + right) / 2 - bright) + np.abs(left - right)
    unlike += abs(float(between.mean()) - bright) / 3
    evidence = (np.minimum(left, right) - middle - unlike) / bright
    as_long_as_one = np.convolve(evidence, np.ones(12) / 12, "valid")
    return float(np.clip(as_long_as_one.max(), 0, 0.5))
