"""Photos of antigen tests, made up: cassettes as people take them, and whatever spoils that.

Everything about a photo is drawn from its seed first (`scene`), then painted (`paint`), so that
what is really on the cassette is known. Lengths on a cassette are millimetres, in a photo pixels;
colours and contrasts are shares of white, 0 to 1.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Pixels = NDArray[np.floating[Any]]
Colour = tuple[float, float, float]

LONG_SIDE = 1280
"""Pixels, as photos are when they reach the server."""

LINE = 1.0
"""Millimetres, the width of a line."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A make of cassette. Its length runs downwards: control line above, sample well below."""

    length: float
    width: float
    corner: float
    window: tuple[float, float, float]  # where its middle is from the top, its length, its width
    window_corner: float
    lines: tuple[float, float]  # control and test, from the window's upper end, as shares of it
    well: tuple[float, float, float]  # where its middle is from the top, half length, half width
    letters: float  # how far from the middle line the letters stand, to the right


SHAPES = {
    "slim": Shape(70, 20, 3, (29, 17, 4.4), 0.6, (0.32, 0.66), (53, 3.4, 2.4), 5.2),
    "wide": Shape(72, 29, 5, (27, 19, 6.0), 1.2, (0.36, 0.68), (54, 4.2, 4.2), -6.6),
    "round": Shape(66, 22, 9, (25, 16, 4.8), 2.2, (0.30, 0.64), (48, 4.6, 2.8), 5.4),
}

DYES: dict[str, Colour] = {
    "red": (0.22, 1.0, 0.72),
    "purple": (0.42, 1.0, 0.50),
    "blue": (1.0, 0.72, 0.26),
}
"""What a line takes from red, green and blue, beside the one it takes most from."""

BACKGROUNDS = ("table", "glove", "cloth", "print")


@dataclass(frozen=True, slots=True)
class Cassette:
    """One in a photo, and what is on it."""

    shape: str = "slim"
    dye: str = "red"
    control: float = 0.6  # contrast of the line: how much darker than the strip beside it
    test: float = 0.0
    empty: bool = False  # no strip in the window
    middle: tuple[float, float] = (0.5, 0.5)  # in the photo, as shares of its sides
    length: float = 0.6  # as a share of the photo's long side
    turn: float = 0.0  # degrees clockwise from control line up
    lean: tuple[float, float] = (0.0, 0.0)  # how much smaller the far end is, along and across
    strip: Colour = (0.90, 0.89, 0.88)
    body: Colour = (0.95, 0.95, 0.94)


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo, before it is painted."""

    seed: int
    cassettes: tuple[Cassette, ...] = (Cassette(),)
    background: str = "table"
    upright: bool = False  # higher than wide
    light: float = 0.95  # of white, where it is brightest
    uneven: float = 0.1  # how much of the light is missing on the dark side
    tint: Colour = (1.0, 1.0, 1.0)
    glare: float = 0.0  # share of white added over the first window
    blur: float = 0.8  # pixels, the deviation
    shake: float = 0.0  # pixels of motion
    grain: float = 0.008  # deviation of a pixel
    quality: int = 82  # JPEG
    marks: frozenset[str] = field(default_factory=frozenset)  # conditions drawn for it

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        short = LONG_SIDE * 3 // 4
        return (short, LONG_SIDE) if self.upright else (LONG_SIDE, short)

    @property
    def truth(self) -> str:
        """What a careful person would say of the first cassette; "nothing" where none is seen."""
        if not self.cassettes or self.cassettes[0].empty:
            return "nothing"
        if not self.cassettes[0].control:
            return "invalid"
        return "positive" if self.cassettes[0].test else "negative"


# What is drawn from a seed


def scene(seed: int, truth: str = "negative", *conditions: str) -> Scene:
    """An ordinary photo of a cassette with that on it, made worse by each of the conditions."""
    chance = random.Random(f"{seed} {truth} {conditions}")
    cassette = Cassette(
        shape=chance.choice(list(SHAPES)),
        dye=chance.choices(list(DYES), (6, 3, 1))[0],
        control=0.0 if truth == "invalid" else chance.uniform(0.35, 0.8),
        test=chance.uniform(0.2, 0.8) if truth == "positive" else 0.0,
        empty=truth == "nothing",
        middle=(chance.uniform(0.42, 0.58), chance.uniform(0.42, 0.58)),
        length=chance.uniform(0.45, 0.72),
        turn=chance.choice((0, 0, 0, 90, 270)) + chance.uniform(-12, 12),
        lean=(chance.uniform(-0.06, 0.06), chance.uniform(-0.06, 0.06)),
        strip=_near(chance, (0.90, 0.88, 0.88), 0.05),
        body=_near(chance, (0.95, 0.95, 0.94), 0.03),
    )
    found = Scene(
        seed,
        (cassette,),
        background=chance.choice(BACKGROUNDS),
        upright=chance.random() < 0.6,
        light=chance.uniform(0.82, 1.0),
        uneven=chance.uniform(0.0, 0.2),
        tint=_near(chance, (1.0, 0.98, 0.95), 0.03),
        blur=chance.uniform(0.5, 1.3),
        grain=chance.uniform(0.004, 0.012),
        quality=chance.randint(72, 88),
        marks=frozenset(conditions),
    )
    for condition in conditions:
        found = CONDITIONS[condition](chance, found)
    return found


def _near(chance: random.Random, colour: Colour, spread: float) -> Colour:
    """A colour like that: lighter or darker by as much as `spread`, and a third of it tinted."""
    shift = chance.uniform(-spread, spread)
    red, green, blue = (
        min(1.0, part + shift + chance.uniform(-spread, spread) / 3) for part in colour
    )
    return red, green, blue


Condition = Callable[[random.Random, Scene], Scene]


def _first(found: Scene, **changes: Any) -> Scene:
    first, *others = found.cassettes
    return replace(found, cassettes=(replace(first, **changes), *others))


def _tilted(chance: random.Random, found: Scene) -> Scene:
    turn = found.cassettes[0].turn
    return _first(found, turn=turn + chance.choice((-1, 1)) * chance.uniform(15, 33))


def _leaning(chance: random.Random, found: Scene) -> Scene:
    lean = chance.uniform(0.12, 0.3) * chance.choice((-1, 1)), chance.uniform(-0.2, 0.2)
    return _first(found, lean=lean)


def _several(chance: random.Random, found: Scene) -> Scene:
    """Two or three side by side, all the same way round; the others have lines of their own."""
    count = chance.choice((2, 2, 3))
    own = replace(found.cassettes[0], length=min(0.55, found.cassettes[0].length))
    angle = math.radians(own.turn)
    shape = SHAPES[own.shape]
    step = own.length * (shape.width / shape.length) * chance.uniform(1.15, 1.5)
    width, height = found.size
    beside = []
    for nth in range(count):
        away = (nth - (count - 1) / 2) * step * LONG_SIDE
        middle = 0.5 + away * math.cos(angle) / width, 0.5 + away * math.sin(angle) / height
        beside.append(replace(own, middle=middle))
    chance.shuffle(beside)
    others = [
        replace(
            one,
            control=chance.uniform(0.35, 0.8),
            test=chance.choice((0.0, 0.0, chance.uniform(0.1, 0.7))),
            empty=False,
        )
        for one in beside[1:]
    ]
    return replace(found, cassettes=(beside[0], *others))


CONDITIONS: dict[str, Condition] = {
    "tilted": _tilted,
    "leaning": _leaning,
    "upside down": lambda chance, found: _first(found, turn=found.cassettes[0].turn + 180),
    "far away": lambda chance, found: _first(found, length=chance.uniform(0.2, 0.34)),
    "blurred": lambda chance, found: replace(
        found, blur=chance.uniform(2.0, 4.5), shake=chance.choice((0, 0, chance.uniform(4, 10)))
    ),
    "glare": lambda chance, found: replace(found, glare=chance.uniform(0.25, 0.8)),
    "uneven light": lambda chance, found: replace(found, uneven=chance.uniform(0.4, 0.7)),
    "dim": lambda chance, found: replace(
        found, light=chance.uniform(0.25, 0.45), grain=chance.uniform(0.015, 0.03)
    ),
    "colour cast": lambda chance, found: replace(
        found, tint=chance.choice(((1.0, 0.8, 0.55), (0.75, 0.92, 1.0), (0.85, 1.0, 0.8)))
    ),
    "coarse JPEG": lambda chance, found: replace(found, quality=chance.randint(25, 45)),
    "faint test line": lambda chance, found: _first(found, test=chance.uniform(0.03, 0.12)),
    "faint control line": lambda chance, found: _first(found, control=chance.uniform(0.05, 0.15)),
    "several cassettes": _several,
    "on a table": lambda chance, found: replace(found, background="table"),
    "in a glove": lambda chance, found: replace(found, background="glove"),
    "on cloth": lambda chance, found: replace(found, background="cloth"),
    "on print": lambda chance, found: replace(found, background="print"),
    "no cassette": lambda chance, found: replace(found, cassettes=()),
}
"""What spoils a photo, by name."""

SPOILS: dict[str, float] = {
    "tilted": 0.25,
    "leaning": 0.15,
    "upside down": 0.12,
    "far away": 0.08,
    "blurred": 0.10,
    "glare": 0.10,
    "uneven light": 0.15,
    "dim": 0.08,
    "colour cast": 0.15,
    "coarse JPEG": 0.10,
    "several cassettes": 0.02,
}
"""How often each happens to a photo of the queue, each on its own."""


def ordinary(seed: int, truth: str = "negative", *conditions: str) -> Scene:
    """A photo as one of a queue: given conditions, and others as chance has them."""
    chance = random.Random(f"ordinary {seed}")
    happened = [name for name, often in SPOILS.items() if chance.random() < often]
    return scene(seed, truth, *dict.fromkeys((*happened, *conditions)))


# How it is painted


def paint(found: Scene) -> Image.Image:
    """The photo, as it comes back from JPEG."""
    chance = random.Random(f"paint {found.seed}")
    width, height = found.size
    picture = _BACKGROUNDS[found.background](chance, width, height)
    if found.background == "glove" and found.cassettes:
        _hold(chance, picture, found.cassettes[0], palm=True)
    for cassette in found.cassettes:
        _lay(chance, picture, cassette)
    if found.background == "glove" and found.cassettes:
        _hold(chance, picture, found.cassettes[0], palm=False)
    pixels: Pixels = np.asarray(picture, np.float32) / 255
    pixels *= _light(chance, found)[..., None] * _rgb(found.tint)
    if found.glare and found.cassettes:
        pixels += _glare(chance, found)[..., None]
    picture = _image(pixels).filter(ImageFilter.GaussianBlur(found.blur))
    pixels = np.asarray(picture, np.float32) / 255
    if found.shake:
        pixels = _shaken(chance, pixels, found.shake)
    pixels += _grain(chance, height, width)[..., None] * np.float32(found.grain)
    out = io.BytesIO()
    _image(pixels).save(out, "JPEG", quality=found.quality)
    taken = Image.open(out)
    taken.load()
    return taken


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def _rgb(colour: Colour) -> Pixels:
    return np.array(colour, np.float32)


def _bytes(colour: Colour, times: float = 1.0) -> tuple[int, int, int]:
    red, green, blue = (int(min(1.0, max(0.0, part * times)) * 255) for part in colour)
    return red, green, blue


@cache
def _noise() -> Pixels:
    """Deviations of one, the same for every photo and cut out of it at another place each time."""
    return np.random.default_rng(1).standard_normal((2048, 2048)).astype(np.float32)


def _grain(chance: random.Random, height: int, width: int) -> Pixels:
    top, left = chance.randrange(2048 - height), chance.randrange(2048 - width)
    return _noise()[top : top + height, left : left + width]


def _clouds(chance: random.Random, width: int, height: int, across: int, down: int) -> Pixels:
    """Smooth noise, -1 to 1, with so many hills in each direction."""
    few = np.random.default_rng(chance.randrange(2**32)).uniform(-1, 1, (down, across))
    small = Image.fromarray(few.astype(np.float32))
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def _table(chance: random.Random, width: int, height: int) -> Image.Image:
    """Wood, or a plain top: white, grey, brown."""
    colour = chance.choice(
        ((0.62, 0.45, 0.30), (0.45, 0.30, 0.20), (0.88, 0.87, 0.84), (0.55, 0.56, 0.58))
    )
    grain = _clouds(chance, width, height, 3, 90) * 0.6 + _clouds(chance, width, height, 9, 220)
    shade = 1 + grain * chance.choice((0.02, 0.07))
    return _image(_rgb(colour) * shade[..., None])


def _cloth(chance: random.Random, width: int, height: int) -> Image.Image:
    """A weave, plain or with checks; red ones too, which look like lines to a careless eye."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = chance.uniform(5, 9)
    weave = 1 + 0.07 * np.sin(2 * math.pi * x / pitch) * np.sin(2 * math.pi * y / pitch)
    base = chance.choice(((0.86, 0.84, 0.80), (0.35, 0.45, 0.62), (0.72, 0.30, 0.30)))
    second = chance.choice(((0.75, 0.25, 0.28), (0.95, 0.93, 0.90), (0.25, 0.35, 0.5), base))
    check = chance.uniform(50, 130)
    along = ((x % check) < check * 0.35).astype(np.float32)
    down = ((y % check) < check * 0.35).astype(np.float32)
    mixed = ((along + down) / 2)[..., None]
    return _image((_rgb(base) * (1 - mixed) + _rgb(second) * mixed) * weave[..., None])


def _print(chance: random.Random, width: int, height: int) -> Image.Image:
    """A leaflet: lines of text, boxes, a barcode, a drawing of a cassette as in the manual."""
    paper = Image.new("RGB", (width, height), _bytes((0.93, 0.93, 0.91)))
    draw = ImageDraw.Draw(paper)
    y = chance.randint(0, 20)
    while y < height:
        size = chance.choice((14, 18, 18, 26))
        words = " ".join(
            "".join(chance.choices("abcdeghilmnoprstu", k=chance.randint(2, 9))) for _ in range(24)
        )
        draw.text((chance.randint(0, 30), y), words, (50, 50, 55), font=_font(size))
        y += size + chance.choice((6, 8, 30))
    for _ in range(4):
        left, top = chance.randrange(width), chance.randrange(height)
        across, down = chance.choice(((160, 40), (60, 190), (220, 120)))
        fill = chance.choice(("white", None, (224, 236, 244)))
        draw.rectangle((left, top, left + across, top + down), fill, (70, 70, 70), 3)
    left, top = chance.randrange(width - 200), chance.randrange(height - 80)
    draw.rectangle((left - 8, top - 8, left + 190, top + 74), "white")
    for x in range(left, left + 180, 3):
        if chance.random() < 0.5:
            draw.rectangle((x, top, x + 2, top + 66), "black")
    return paper


_BACKGROUNDS: dict[str, Callable[[random.Random, int, int], Image.Image]] = {
    "table": _table,
    "glove": _table,
    "cloth": _cloth,
    "print": _print,
}


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _hold(chance: random.Random, onto: Image.Image, cassette: Cassette, palm: bool) -> None:
    """Fingers: four and a palm behind the cassette, or the thumb on its lower end."""
    colour = random.Random(chance.random()).choice(
        ((0.30, 0.45, 0.72), (0.90, 0.90, 0.91), (0.82, 0.62, 0.52))
    )
    across = cassette.length * LONG_SIDE
    thick = across * 0.17
    drawn = Image.new("L", onto.size)
    draw = ImageDraw.Draw(drawn)
    if palm:
        for nth in range(4):
            along = 0.35 + nth * 0.17
            _finger(draw, cassette, onto.size, (-0.62, along), (0.30, along - 0.05), thick)
        _finger(draw, cassette, onto.size, (-0.75, 0.45), (-0.55, 1.2), thick * 2.6)
    else:
        _finger(draw, cassette, onto.size, (-0.7, 1.15), (-0.02, 0.97), thick)
    mask = drawn.filter(ImageFilter.GaussianBlur(1.5))
    inside = np.asarray(_softened(drawn, thick / 5), np.float32) / 255
    shade = 0.55 + 0.45 * np.clip(inside * 2 - 1, 0, 1)
    onto.paste(_image(_rgb(colour) * shade[..., None]), (0, 0), mask)


def _softened(mask: Image.Image, radius: float) -> Image.Image:
    """Blurred widely, and therefore at a quarter of the size."""
    small = mask.reduce(4).filter(ImageFilter.GaussianBlur(radius / 4))
    return small.resize(mask.size, Image.Resampling.BILINEAR)


def _finger(
    draw: ImageDraw.ImageDraw,
    cassette: Cassette,
    size: tuple[int, int],
    start: tuple[float, float],
    end: tuple[float, float],
    thick: float,
) -> None:
    """A thick line with round ends; points are shares of the cassette's length, from its top."""
    length = SHAPES[cassette.shape].length
    points = [
        _placed(cassette, size, across * length, along * length) for across, along in (start, end)
    ]
    draw.line(points, 255, int(thick))
    for x, y in points:
        half = thick / 2
        draw.ellipse((x - half, y - half, x + half, y + half), 255)


def _placed(
    cassette: Cassette, size: tuple[int, int], across: float, along: float
) -> tuple[float, float]:
    """Where something on a cassette is in the photo: millimetres right of its middle line and
    down from its top, to pixels."""
    shape = SHAPES[cassette.shape]
    scale = cassette.length * LONG_SIDE / shape.length
    x, y = across, along - shape.length / 2
    lean_along, lean_across = cassette.lean
    far = 1 + (lean_along * y + lean_across * x) / shape.length
    x, y = x * scale / far, y * scale / far
    angle = math.radians(cassette.turn)
    return (
        size[0] * cassette.middle[0] + x * math.cos(angle) - y * math.sin(angle),
        size[1] * cassette.middle[1] + x * math.sin(angle) + y * math.cos(angle),
    )


def window_of(found: Scene, nth: int = 0) -> list[tuple[float, float]]:
    """The corners of a cassette's window in the photo: control end left and right, then the other
    end's right and left."""
    cassette = found.cassettes[nth]
    middle, length, width = SHAPES[cassette.shape].window
    return [
        _placed(cassette, found.size, width / 2 * across, middle + length / 2 * along)
        for across, along in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]


def _lay(chance: random.Random, onto: Image.Image, cassette: Cassette) -> None:
    """Put a cassette into the picture, with its shadow."""
    shape = SHAPES[cassette.shape]
    scale = max(4.0, cassette.length * LONG_SIDE / shape.length)
    flat = _cassette(chance, cassette, scale)
    corners = [
        _placed(cassette, onto.size, shape.width * across, shape.length * along)
        for across, along in ((-0.5, 0), (0.5, 0), (0.5, 1), (-0.5, 1))
    ]
    laid = flat.transform(
        onto.size,
        Image.Transform.PERSPECTIVE,
        _perspective(corners, flat.size),
        Image.Resampling.BICUBIC,
    )
    shadow = _softened(laid.getchannel("A"), scale * 0.9)
    dark = Image.new("L", onto.size)
    dark.paste(shadow.point([value * 45 // 100 for value in range(256)]), (int(scale), int(scale)))
    onto.paste((20, 20, 24), (0, 0, *onto.size), dark)
    onto.paste(laid.convert("RGB"), (0, 0), laid.getchannel("A"))


def _perspective(corners: list[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """The eight numbers that take a pixel of the photo to one of the flat drawing."""
    flat = [(0, 0), (size[0], 0), size, (0, size[1])]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return list(np.linalg.solve(np.array(rows), np.array(values)))


def _cassette(chance: random.Random, cassette: Cassette, scale: float) -> Image.Image:
    """A cassette seen from straight above, so many pixels to a millimetre, drawn twice as large."""
    shape, fine = SHAPES[cassette.shape], scale * 2
    size = int(shape.width * fine), int(shape.length * fine)
    picture = Image.new("RGBA", size)
    draw = ImageDraw.Draw(picture)
    edge, corner = fine * 0.7, shape.corner * fine
    box = (0, 0, size[0] - 1, size[1] - 1)
    draw.rounded_rectangle(box, corner, _bytes(cassette.body, 0.80))
    draw.rounded_rectangle(
        (edge, edge, size[0] - edge, size[1] - edge), corner - edge, _bytes(cassette.body)
    )
    _well(draw, cassette, fine)
    _letters(chance, draw, cassette, fine)
    _window(chance, picture, cassette, fine)
    return picture.resize((size[0] // 2, size[1] // 2), Image.Resampling.BOX)


def _well(draw: ImageDraw.ImageDraw, cassette: Cassette, fine: float) -> None:
    shape = SHAPES[cassette.shape]
    along, half_length, half_width = shape.well
    for grown, shade in ((1.0, 0.74), (0.5, 0.87), (0.0, 0.70)):
        box = (
            (shape.width / 2 - half_width - grown) * fine,
            (along - half_length - grown) * fine,
            (shape.width / 2 + half_width + grown) * fine,
            (along + half_length + grown) * fine,
        )
        draw.ellipse(box, _bytes(cassette.body, shade))


def _letters(
    chance: random.Random, draw: ImageDraw.ImageDraw, cassette: Cassette, fine: float
) -> None:
    shape = SHAPES[cassette.shape]
    middle, length, _ = shape.window
    x = (shape.width / 2 + shape.letters) * fine
    ink = _bytes(cassette.body, 0.45)
    for letter, share in zip("CT", shape.lines, strict=True):
        y = (middle - length / 2 + length * share) * fine
        draw.text((x, y), letter, ink, font=_font(int(fine * 2.8)), anchor="mm")
    draw.text((x, shape.well[0] * fine), "S", ink, font=_font(int(fine * 2.8)), anchor="mm")
    name = chance.choice(("COVID-19 Ag", "SARS-CoV-2", "Ag Test", ""))
    draw.text(
        (shape.width / 2 * fine, 8 * fine), name, ink, font=_font(int(fine * 2.4)), anchor="mm"
    )


def _window(chance: random.Random, picture: Image.Image, cassette: Cassette, fine: float) -> None:
    """The hole with its slopes, each lit by where it faces, and the strip below."""
    shape = SHAPES[cassette.shape]
    middle, length, width = shape.window
    left, top = shape.width / 2 - width / 2, middle - length / 2
    shades = chance.sample((0.72, 0.80, 0.90, 1.03), 4)
    slope = chance.uniform(0.5, 1.1)
    box = (left, top, left + width, top + length)
    outer = [value * fine for value in _grown(box, slope)]
    hole = Image.new("L", picture.size)
    ImageDraw.Draw(hole).rounded_rectangle(outer, (shape.window_corner + slope) * fine, 255)
    slopes = Image.new("RGB", picture.size)
    sides = ImageDraw.Draw(slopes)
    x0, y0, x1, y1 = outer
    tip = (x1 - x0) / 2
    points = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    inner = ((x0 + tip, y0 + tip), (x0 + tip, y0 + tip), (x0 + tip, y1 - tip), (x0 + tip, y1 - tip))
    for nth, shade in enumerate(shades):
        after = (nth + 1) % 4
        sides.polygon(
            (points[nth], points[after], inner[after], inner[nth]), _bytes(cassette.body, shade)
        )
    picture.paste(slopes, (0, 0), hole)
    within = Image.new("L", picture.size)
    exact = [value * fine for value in box]
    ImageDraw.Draw(within).rounded_rectangle(exact, shape.window_corner * fine, 255)
    strip = _strip(chance, cassette, int(width * fine) + 2, int(length * fine) + 2)
    laid = Image.new("RGB", picture.size)
    laid.paste(strip, (int(left * fine), int(top * fine)))
    picture.paste(laid, (0, 0), within)


def _grown(box: tuple[float, float, float, float], by: float) -> tuple[float, ...]:
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by


def _strip(chance: random.Random, cassette: Cassette, width: int, height: int) -> Image.Image:
    """What is seen in the window: the strip with its lines, or the grey bottom of an empty one."""
    shape = SHAPES[cassette.shape]
    if cassette.empty:
        return Image.new("RGB", (width, height), _bytes(cassette.body, 0.62))
    length = shape.window[1]
    y = (np.arange(height, dtype=np.float32) / height * length)[:, None]
    stain = chance.uniform(0, 0.04) * _clouds(chance, width, height, 2, 4)
    flow = chance.uniform(-0.04, 0.04) * (y / length - 0.5)  # what the sample left behind
    pixels = np.ones((height, width, 3), np.float32) * _rgb(cassette.strip)
    pixels *= (1 + stain + flow)[..., None]
    pixels *= (1 - 0.18 * _shadow(chance, width, height))[..., None]
    for share, contrast in zip(shape.lines, (cassette.control, cassette.test), strict=True):
        away = np.abs(y - share * length) - LINE / 2
        dense = contrast * (0.5 - 0.5 * np.tanh(away / 0.18)) * np.ones((1, width), np.float32)
        dense *= 1 + 0.12 * _clouds(chance, width, height, 4, 2)
        pixels *= 1 - dense[..., None] * _rgb(DYES[cassette.dye])
    return _image(pixels)


def _shadow(chance: random.Random, width: int, height: int) -> Pixels:
    """Of the window's rim, on two of its sides: 1 at the rim."""
    reach = width * chance.uniform(0.08, 0.2)
    from_left = np.arange(width, dtype=np.float32)[None, :]
    from_top = np.arange(height, dtype=np.float32)[:, None]
    if chance.random() < 0.5:
        from_left = from_left[:, ::-1]
    if chance.random() < 0.5:
        from_top = from_top[::-1]
    return np.maximum(np.exp(-from_left / reach), np.exp(-from_top / reach))


def _light(chance: random.Random, found: Scene) -> Pixels:
    """Brightest on one side; the missing part is `uneven` on the other."""
    width, height = found.size
    angle = chance.uniform(0, 2 * math.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = (x / width - 0.5) * math.cos(angle) + (y / height - 0.5) * math.sin(angle)
    if chance.random() < 0.3:  # the edge of somebody's shadow
        along = np.tanh(along * 12) / 2
    light: Pixels = found.light * (1 - found.uneven * (along * 0.9 + 0.5))
    return light


def _glare(chance: random.Random, found: Scene) -> Pixels:
    """A bright spot or stripe somewhere over the first window."""
    width, height = found.size
    corners = np.array(window_of(found))
    middle = corners.mean(axis=0)
    long = float(np.hypot(*(corners[3] - corners[0])))
    across, along = chance.uniform(-0.3, 0.3) * long, chance.uniform(-0.5, 0.5) * long
    angle = math.radians(found.cassettes[0].turn)
    x0 = middle[0] + across * math.cos(angle) - along * math.sin(angle)
    y0 = middle[1] + across * math.sin(angle) + along * math.cos(angle)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turned = chance.uniform(0, math.pi)
    u = (x - x0) * math.cos(turned) + (y - y0) * math.sin(turned)
    v = -(x - x0) * math.sin(turned) + (y - y0) * math.cos(turned)
    wide, thin = long * chance.uniform(0.4, 1.0), long * chance.uniform(0.15, 0.4)
    spot: Pixels = found.glare * np.exp(-((u / wide) ** 2) - (v / thin) ** 2)
    return spot


def _shaken(chance: random.Random, pixels: Pixels, far: float) -> Pixels:
    """The mean of the picture along a short path."""
    angle = chance.uniform(0, 2 * math.pi)
    steps = max(2, int(far))
    total = np.zeros_like(pixels)
    for nth in range(steps):
        away = (nth / (steps - 1) - 0.5) * far
        moved = round(away * math.sin(angle)), round(away * math.cos(angle))
        total += np.roll(pixels, moved, (0, 1))
    return total / np.float32(steps)
