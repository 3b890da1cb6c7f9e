"""What can be seen on the photo of an antigen test, for the order in which photos are looked at.

Classical image processing: look for the window of the cassette, straighten it, and measure how far
the control and the test line stand out from the strip beside them. Nothing here decides anything: a
person says what a photo shows, and is shown the doubtful ones first. What it can and cannot do is
measured on generated photos in docs/reading.md.

1. `_seek`: a small copy of the photo is turned in steps, and at every place a window of each length
   is tried: four straight edges, calm and bright plastic all around, no edges lengthwise inside.
2. `_fit`: the likeliest few are turned, moved and stretched until their edges are sharpest.
3. `_well`: below its window a cassette has a well for the sample. It tells a window from a printed
   box, and the control line's end from the other.
4. `_lines`: across the straightened strip light is averaged, what is uneven about it taken away,
   and in two places the darkest spot as wide as a line is sought.

No session, request or clock. Angles are radians, lengths pixels, light is 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.floating[Any]]
Bytes = NDArray[np.uint8]

NEGATIVE, POSITIVE, INVALID = "negative", "positive", "invalid"
"""What people say of a test."""

LARGEST, SMALLEST = 1280, 64
"""Pixels: a longer side is reduced first, and where the shorter is then below, nothing is read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen on a photo. Without a window (`found`) nothing was."""

    control: float = 0.0
    """Of the line: how much darker it is than the strip beside it, in standard deviations of what
    the strip itself varies by over the width of a line. Below `THRESHOLD` there is likely none."""
    test: float = 0.0
    found: bool = False
    doubt: float = 1.0
    """0 where all was seen clearly, 1 where nothing can be said."""


NOTHING = Reading()


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


# The order of the queue

THRESHOLD, SPREAD = 5.0, 1.0
"""Standard deviations at which a line is as likely as none, and by which that is uncertain."""

NO_CONTROL, UNSEEN, DOUBTFUL = 0.95, 0.7, 0.6
"""How early a photo comes on which no control line, or no window, was found; and at most for doubt
alone. What contradicts comes before all of them, at 1."""


def order(result_said: str, reading: Reading) -> float:
    """How early a photo should be looked at, 0 to 1, the highest first.

    First what contradicts what was said of it, then what has no control line, then what could not
    be seen, then what is doubtful. Where no result was said, doubt alone counts.
    """
    if not reading.found:
        return UNSEEN
    control, test = _chance(reading.control), _chance(reading.test)
    contradicts, no_control = {
        NEGATIVE: (control * test, 1 - control),
        POSITIVE: (control * (1 - test), 1 - control),
        INVALID: (control, 0.0),
    }.get(result_said, (0.0, 0.0))
    later = (1 - contradicts) * (1 - NO_CONTROL * no_control) * (1 - DOUBTFUL * reading.doubt)
    return 1 - later


def _chance(strength: float) -> float:
    """That there is a line of that strength, and not none."""
    far = (strength - THRESHOLD) / SPREAD
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, far))))


# Looking at a photo


@dataclass(frozen=True, slots=True)
class Window:
    """Where a window is: its middle, its length along `turn` and its width across."""

    x: float
    y: float
    turn: float  # of the end away from the control line: 0 is straight down, then to the right
    length: float
    width: float
    quality: float = 0.0  # of its edges, against the edges around and inside it


@dataclass(frozen=True, slots=True)
class Lines:
    """What is on a strip. Control and test are in standard deviations, see `Reading`."""

    control: float
    test: float
    grain: float  # the deviation itself, as a contrast
    glare: float  # share of the strip that is white for being too bright
    alone: float  # 0 to 1: the control line ends where the strip does, as nothing printed would


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
    for place in _seek(_whiteness(image.resize(size, Image.Resampling.BOX))):
        window = _fit(grey, _scaled(place, scale))
        if window is None:
            continue
        other_way = replace(window, turn=window.turn + math.pi)
        sure = _well(grey, window) - _well(grey, other_way)
        if sure < 0:
            window = other_way
        yield Seen(window, _lines(pixels, window), min(1.0, abs(sure) / SURE_WELL))


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


# Finding windows

SEARCHED = 224
"""Long side of the small copy that is searched."""

TURNS = 9
"""Directions that are tried in a quarter of a turn, for windows that stand and that lie."""

LENGTHS = (12, 17, 24, 34, 48)
"""Of windows on the small copy: of a cassette that takes a fifth of the photo, to one that fills
it. Up to `FINELY` every column is tried, for longer ones every other; always every other row."""
FINELY = 17

ASPECT = 3.6
"""Length of a window over its width."""

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


def _seek(small: Image.Image) -> list[Window]:
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


# Looking closely


def _places(start: float, end: float, count: int) -> Floats:
    return np.linspace(start, end, count, dtype=np.float32)


SHORTEST, LONGEST = 2.6, 5.0
"""Length over width of what may be a window."""

OFF_SIDE, OFF_FORM, OFF_MIDDLE = 0.18, 0.2, 0.1
"""Deviations of where a window is from where it was found: of a side in widths, of the logarithm of
its form, of its middle in lengths."""

SIDES_COUNT = 0.12
"""How much a side counts that goes on for a 60th of a length, beside the edges at the ends."""

AROUND_ACROSS, AROUND_ALONG = _places(-1, 1, 81), _places(-1, 1, 121)
BETWEEN_ENDS, BETWEEN_SIDES = _places(-0.4, 0.4, 24), _places(-0.8, 0.8, 33)


def _fit(grey: Bytes, window: Window) -> Window | None:
    """The window turned, moved and stretched to where its edges are sharpest; None if it then has
    another form."""
    for turns in ((-8, -4, 0, 4, 8), (-2, -1, 0, 1, 2)):
        turned = [replace(window, turn=window.turn + math.radians(turn)) for turn in turns]
        sides = [_sides(grey, one) for one in turned]
        best = max(range(len(turns)), key=lambda nth: sides[nth][2])
        left, right, _ = sides[best]
        if right <= left:  # flat: no edge is anywhere
            return None
        window = _moved(turned[best], across=(left + right) / 2, width=right - left)
        top, bottom = _ends(grey, window)
        window = _moved(window, along=(top + bottom) / 2, length=bottom - top)
        if window.width < 2 or not SHORTEST < window.length / window.width < LONGEST:
            return None
    return window


def _sides(grey: Bytes, window: Window) -> tuple[float, float, float]:
    """Where light changes most about half a width to either side, and how much it does on both."""
    profile = _straight(grey, window, BETWEEN_ENDS, AROUND_ACROSS).mean(0)
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
    patch = _straight(grey, window, AROUND_ALONG, BETWEEN_SIDES)
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


def _moved(
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


def _straight(of: Bytes, window: Window, along: Floats, across: Floats) -> Floats:
    """The picture at places relative to a window, in its lengths and widths from its middle; one
    row for each place along. Outside it goes on as at its edge."""
    down, right = along[:, None] * window.length, across[None, :] * window.width
    sine, cosine = math.sin(window.turn), math.cos(window.turn)
    x = np.clip(window.x + down * sine + right * cosine, 0, of.shape[1] - 1).astype(np.intp)
    y = np.clip(window.y + down * cosine - right * sine, 0, of.shape[0] - 1).astype(np.intp)
    return of[y, x] * np.float32(1 / 255)


BELOW, BROAD = _places(1.05, 1.8, 46), _places(-0.5, 0.5, 41)
"""Where a well is sought, in lengths of the window: from its middle down, and to both sides."""


def _well(grey: Bytes, window: Window) -> float:
    """How much darker a well below the window is than the plastic beside it, as a contrast.

    What is beside it must look like the plastic beside the window, and the same on both sides.
    """
    patch = _straight(grey, window, BELOW, BROAD * np.float32(window.length / window.width))
    middle = patch[:, np.abs(BROAD) < 0.09].mean(1)
    left, right = patch[:, BROAD < -0.34].mean(1), patch[:, BROAD > 0.34].mean(1)
    plastic = _straight(grey, window, _places(-0.4, 0.4, 12), _places(-1.1, 1.1, 2))
    bright = float(plastic.mean(0).max()) + 0.01
    between = _straight(grey, window, _places(0.65, 1.0, 12), _places(-0.4, 0.4, 7))
    unlike = np.abs((left + right) / 2 - bright) + np.abs(left - right)
    unlike += abs(float(between.mean()) - bright) / 3
    evidence = (np.minimum(left, right) - middle - unlike) / bright
    as_long_as_one = np.convolve(evidence, np.ones(12) / 12, "valid")
    return float(np.clip(as_long_as_one.max(), 0, 0.5))


# Reading lines

STRIP, STRIP_ACROSS = _places(0.07, 0.93, 160), _places(-0.25, 0.25, 16)
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


def _lines(pixels: Bytes, window: Window) -> Lines:
    """Measured in green, which the red of most lines takes, and blue ones enough of."""
    strip = _straight(pixels, window, STRIP - 0.5, STRIP_ACROSS)
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
        _evened(_darkness(_straight(pixels, window, STRIP - 0.5, across)), calm)[peaks[0]]
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
        1 - abs(2 * _chance(lines.control) - 1),
        1 - abs(2 * _chance(lines.test) - 1),
        1 - math.exp(-lines.grain * THRESHOLD / FAINT),
        min(1.0, 2 * lines.glare),
        SEVERAL * several,
        UNSURE_END * (1 - best.upright),
        max(0.0, 1 - best.worth / (2 * LEAST_WORTH)),
    )
    return 1 - math.prod(1 - doubt for doubt in doubts)
