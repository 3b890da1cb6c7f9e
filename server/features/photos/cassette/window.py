"""A window on a photo, and what is seen at places relative to it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Bytes = NDArray[np.uint8]

ASPECT = 3.6
"""Length of a window over its width."""


@dataclass(frozen=True, slots=True)
class Window:
    """Where a window is: its middle, its length along `turn` and its width across."""

    x: float
    y: float
    turn: float  # of the end away from the control line: 0 is straight down, then to the right
    length: float
    width: float
    quality: float = 0.0  # of its edges, against the edges around and inside it


def places(start: float, end: float, count: int) -> Floats:
    return np.linspace(start, end, count, dtype=np.float32)


def moved(
    window: Window, along: float = 0, across: float = 0, length: float = 1, width: float = 1
) -> Window:
    """Moved and stretched, in its own lengths and widths."""
    down, right = along * window.length, across * window.width
    sine, cosine = math.sin(window.turn), math.cos(window.turn)
    return replace(
        window,
        x=window.x + down * sine + right * cosine,
        y=window.y + down * cosine - right * sine,
        length=window.length * length,
        width=window.width * width,
    )


def straight(of: Bytes, window: Window, along: Floats, across: Floats) -> Floats:
    """The picture at places relative to a window, in its lengths and widths from its middle; one
    row for each place along. Outside it goes on as at its edge."""
    down, right = along[:, None] * window.length, across[None, :] * window.width
    sine, cosine = math.sin(window.turn), math.cos(window.turn)
    x = np.clip(window.x + down * sine + right * cosine, 0, of.shape[1] - 1).astype(np.intp)
    y = np.clip(window.y + down * cosine - right * sine, 0, of.shape[0] - 1).astype(np.intp)
    return of[y, x] * np.float32(1 / 255)
