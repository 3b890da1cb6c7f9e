"""Seeking windows on a small copy of a photo, at every place, in every direction and length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from server.features.photos.cassette.window import ASPECT, Floats, Window

TURNS = 9
"""Directions that are tried in a quarter of a turn, for windows that stand and that lie."""

LENGTHS = (12, 17, 24, 34, 48)
"""Of windows on the small copy: of a cassette that takes a fifth of the photo, to one that fills
it. Up to `FINELY` every column is tried, for longer ones every other; always every other row."""
FINELY = 17

PART, MOST, TRIED, WORSE = 0.04, 3, 9, 0.5
"""Share of places whose surroundings are looked at; the most that are kept of one turn and length;
of all, the most that are looked at closely, and how much worse than the best such a one may be."""

FLOOR = 0.01
"""Added to what a window's edges are held against: less is grain."""

END, LINE, INSIDE, BEYOND, UNEQUAL = 1.5, 1.0, 2.5, 0.8, 0.25
"""What counts how much: edges at the ends, and of lines, for a window; edges inside, edges beyond
its ends, and light that differs around it, against it. Chosen on generated photos."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, from the middle of a window."""

ACROSS, ALONG, LIGHT, BOTH = range(4)
"""What is summed up: edges that one meets going across a window and along it, the light, and edges
of both kinds."""


def seek(small: Image.Image) -> list[Window]:
    """The likeliest places for a window on the small copy, none of them on top of another."""
    room = np.empty((2, 4 * (math.ceil(math.hypot(*small.size)) + 3) ** 2), np.float32)
    found = [
        one for nth in range(TURNS) for one in _seek_turned(small, nth * math.pi / 2 / TURNS, room)
    ]
    found.sort(key=lambda one: -one.quality)
    kept: list[Window] = []
    for one in found:
        if one.quality < WORSE * found[0].quality:
            break
        if all(math.hypot(one.x - it.x, one.y - it.y) > it.length / 2 for it in kept):
            kept.append(one)
            if len(kept) == TRIED:
                break
    return kept


def _seek_turned(small: Image.Image, turn: float, room: Floats) -> Iterator[Window]:
    """Places for a window that stands or lies once the copy is turned back so far.

    `room` is memory that is used for each turn again: to get it anew takes as long as to fill it.
    """
    mean = int(np.asarray(small).mean())
    turned = small.rotate(
        -math.degrees(turn), Image.Resampling.BILINEAR, expand=True, fillcolor=mean
    )
    standing = _sums(np.asarray(turned, np.float32) / 255, room[0])
    for lies, sums in enumerate((standing, _transposed(standing, room[1]))):
        for length in LENGTHS:
            for y, x, quality in _promising(sums, length):
                column, row = (y, x) if lies else (x, y)
                right, down = column - turned.width / 2, row - turned.height / 2
                yield Window(
                    small.width / 2 + right * math.cos(turn) + down * math.sin(turn),
                    small.height / 2 - right * math.sin(turn) + down * math.cos(turn),
                    turn + lies * math.pi / 2,
                    length,
                    length / ASPECT,
                    quality,
                )


def _sums(light: Floats, room: Floats) -> Floats:
    """Of each kind, over all that is above and to the left of a pixel."""
    height, width = light.shape
    sums = _shaped(room, height + 1, width + 1)
    sums[:BOTH] = 0
    sums[ACROSS, 1:, 2:-1] = np.abs(light[:, 2:] - light[:, :-2]) / 2
    sums[ALONG, 2:-1, 1:] = np.abs(light[2:] - light[:-2]) / 2
    sums[LIGHT, 1:, 1:] = light
    for kind in (ACROSS, ALONG, LIGHT):
        np.cumsum(sums[kind], 0, out=sums[kind])
        np.cumsum(sums[kind], 1, out=sums[kind])
    np.add(sums[ACROSS], sums[ALONG], out=sums[BOTH])
    return sums


def _transposed(sums: Floats, room: Floats) -> Floats:
    """As if the picture lay on its side: what was along is across."""
    _, height, width = sums.shape
    lying = _shaped(room, width, height)
    for kind, was in ((ACROSS, ALONG), (ALONG, ACROSS), (LIGHT, LIGHT), (BOTH, BOTH)):
        lying[kind] = sums[was].T
    return lying


def _shaped(room: Floats, height: int, width: int) -> Floats:
    return room[: 4 * height * width].reshape(4, height, width)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of an upright window of some length, and how far all of it reaches."""

    sides: tuple[Box, Box]
    ends: tuple[Box, Box]
    within: Box
    lines: Box
    around: tuple[Box, Box, Box, Box]  # to the left and right, above and below
    reach: int

    @classmethod
    def of(cls, length: int) -> Parts:
        """The edges are given some room, for no window is exactly so long and so turned."""
        half, wide = length / 2, length / ASPECT / 2
        near = max(1, round(length * 0.045))
        tall, inside = half * 0.8, wide * 0.6
        out, far = near + 1, near + 1 + max(2, wide * 1.2)
        return cls(
            sides=(
                (-wide - near, -tall, -wide + near, tall),
                (wide - near, -tall, wide + near, tall),
            ),
            ends=(
                (-inside, -half - near, inside, -half + near),
                (-inside, half - near, inside, half + near),
            ),
            within=(-wide * 0.4, -tall, wide * 0.4, tall),
            lines=(-inside, -half * 0.65, inside, half * 0.65),
            around=(
                (-wide - far, -tall, -wide - out, tall),
                (wide + out, -tall, wide + far, tall),
                (-wide, -half - far, wide, -half - out),
                (-wide, half + out, wide, half + far),
            ),
            reach=math.ceil(half + far) + 2,
        )


PARTS = {length: Parts.of(length) for length in LENGTHS}


def _promising(sums: Floats, length: int) -> Iterator[tuple[int, int, float]]:
    """The best few places for the middle of a window of that length, with their quality.

    Its edges are looked at everywhere, what is around them only where they are strong.
    """
    parts = PARTS[length]
    _, height, width = sums.shape
    rows = range(parts.reach, height - 1 - parts.reach, 2)
    columns = range(parts.reach, width - 1 - parts.reach, 1 if length <= FINELY else 2)
    if not rows or not columns:
        return
    side, within = _upright_edges(sums[ACROSS], parts, rows, columns)
    end = _level_edges(sums[ALONG], parts, rows, columns)
    frame = np.minimum(side, END * end)
    first = (frame / (FLOOR + INSIDE * within)).ravel()
    few = min(first.size, max(40, int(first.size * PART)))
    chosen = np.argpartition(first, first.size - few)[-few:]
    y = rows.start + chosen // len(columns) * rows.step
    x = columns.start + chosen % len(columns) * columns.step
    places = y * width + x

    (lines,) = _there(sums[ALONG], [parts.lines], places)
    around = _there(sums[BOTH], parts.around, places)
    light = _there(sums[LIGHT], parts.around, places)
    # Letters stand on one side of a window, so the calmer side counts for more.
    beside, beyond = np.sort(around[:2], axis=0), np.maximum(*around[2:])
    restless = 0.7 * beside[0] + 0.3 * beside[1] + BEYOND * beyond
    lines = np.minimum(lines, side.ravel()[chosen])
    quality = (frame.ravel()[chosen] + LINE * lines) / (
        FLOOR + restless + INSIDE * within.ravel()[chosen] + UNEQUAL * np.ptp(light, axis=0)
    )
    quality *= light.mean(0)  # plastic is bright, what it lies on often is not
    for _ in range(MOST):
        best = int(quality.argmax())
        if quality[best] <= 0:
            return
        yield int(y[best]), int(x[best]), float(quality[best])
        quality[np.abs(y - y[best]) + np.abs(x - x[best]) < length / 2] = 0


def _lesser(one: Floats, other: Floats) -> Floats:
    """The lesser of two edges, and a little of the other: light may hide one nearly."""
    return 0.8 * np.minimum(one, other) + 0.2 * np.maximum(one, other)


def _upright_edges(
    sums: Floats, parts: Parts, rows: range, columns: range
) -> tuple[Floats, Floats]:
    """The edges at the sides of a window around each of so many places, and those inside it."""
    _, top, _, bottom = _whole(parts.within)
    tall = _shifted(sums, rows, bottom) - _shifted(sums, rows, top)
    left, right, within = (
        _difference(tall.T, columns, x0, x1, bottom - top).T
        for x0, _, x1, _ in map(_whole, (*parts.sides, parts.within))
    )
    return _lesser(left, right), within


def _level_edges(sums: Floats, parts: Parts, rows: range, columns: range) -> Floats:
    """The edges at the ends of a window around each of so many places."""
    left, _, right, _ = _whole(parts.ends[0])
    wide = _shifted(sums.T, columns, right).T - _shifted(sums.T, columns, left).T
    upper, lower = (
        _difference(wide, rows, y0, y1, right - left) for _, y0, _, y1 in map(_whole, parts.ends)
    )
    return _lesser(upper, lower)


def _shifted(of: Floats, lines: range, by: int) -> Floats:
    """Those lines of it, or the ones so far from them."""
    return of[lines.start + by : lines.stop + by : lines.step]


def _difference(of: Floats, lines: range, start: int, end: int, other: int) -> Floats:
    """The mean in boxes that go from so far to so far of each line, and are so long otherwise."""
    total: Floats = _shifted(of, lines, end) - _shifted(of, lines, start)
    total *= 1 / ((end - start) * other)
    return total


def _there(sums: Floats, boxes: Sequence[Box], places: NDArray[np.intp]) -> Floats:
    """The means in boxes around each of the places, which are counted row after row."""
    flat, row = sums.reshape(-1), sums.shape[1]
    found = np.empty((len(boxes), len(places)), np.float32)
    for mean, box in zip(found, boxes, strict=True):
        x0, y0, x1, y1 = _whole(box)
        mean[:] = flat[places + (y1 * row + x1)]
        mean -= flat[places + (y0 * row + x1)]
        mean -= flat[places + (y1 * row + x0)]
        mean += flat[places + (y0 * row + x0)]
        mean *= 1 / ((x1 - x0) * (y1 - y0))
    return found


def _whole(box: Box) -> tuple[int, int, int, int]:
    """A box in pixels, at least one of them wide and high."""
    left, top, right, bottom = box
    return round(left), round(top), round(right + 1), round(bottom + 1)
