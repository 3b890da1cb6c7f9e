"""A photo as it came in, a picture without anything but itself out.

This runs in a process of its own (`python -m server.features.photos.develop`), which may use so
much memory and no files: what people send is opened by a dozen decoders written in C. It is asked
on standard input and answers on standard output, one photo after the other: see `darkroom.py`.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import BinaryIO, NamedTuple

import pillow_heif
from PIL import Image, UnidentifiedImageError

from server.features.photos.reading import Reading

LONG_SIDE = 1280
"""Pixels of the longer side of what is kept."""
SMALL_SIDE = 320
"""The same for a contact sheet."""

MOST_PIXELS = 25_000_000
"""Pixels decoded: the 24 megapixels of an iPhone. A JPEG of more is read at a fraction."""

MOST_DECLARED = 200_000_000
"""Pixels that a header may claim, whatever is then read of them."""

MEMORY = 1 << 30
"""Bytes of address space."""

QUALITIES = (80, 68, 55)
WANTED = 200_000
"""Bytes that a picture should not go beyond; the first quality that gets there is taken."""

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")
MOVING = ("PNG", "WEBP", "AVIF", "GIF")
"""Formats in which several frames are an animation; in the others phones add depths and views."""

_TRANSPOSE = Image.Transpose
TURNS = {
    2: _TRANSPOSE.FLIP_LEFT_RIGHT,
    3: _TRANSPOSE.ROTATE_180,
    4: _TRANSPOSE.FLIP_TOP_BOTTOM,
    5: _TRANSPOSE.TRANSPOSE,
    6: _TRANSPOSE.ROTATE_270,
    7: _TRANSPOSE.TRANSVERSE,
    8: _TRANSPOSE.ROTATE_90,
}
"""What makes a picture upright, by the orientation that EXIF gives it."""

HEAD = struct.Struct("!?Q")
"""Before a photo on its way in: whether it is that of a test, to be read; its length."""


class Unfit(Exception):
    """This photo cannot be kept; `why` is a key of `rules.REASONS`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Developed(NamedTuple):
    """What is kept of a photo: JPEGs without any metadata, and what was seen on that of a test."""

    picture: bytes
    small: bytes
    reading: Reading | None = None


def develop(body: bytes, *, is_test: bool = False) -> Developed:
    """Open a photo, turn it upright, shrink it, and write it anew. Raises `Unfit`."""
    try:
        image = _opened(body)
        picture = _upright(image)
        small = picture.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        seen = _read(picture) if is_test else None
        return Developed(_small_enough(picture), _written(small, 70), seen)
    except Unfit:
        raise
    except UnidentifiedImageError:
        raise Unfit("not-an-image") from None
    except (MemoryError, Image.DecompressionBombError):
        raise Unfit("too-many-pixels") from None
    except Exception:  # noqa: BLE001 - decoders raise whatever they please at broken input
        raise Unfit("broken-off") from None


def _opened(body: bytes) -> Image.Image:
    """The photo, not decoded yet, once its header is found to be one we decode."""
    image: Image.Image = Image.open(io.BytesIO(body), formats=FORMATS)
    if image.format in MOVING and getattr(image, "is_animated", False):
        raise Unfit("moves")
    if image.width * image.height > MOST_DECLARED:
        raise Unfit("too-many-pixels")
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG is then decoded at 1/2, 1/4 or 1/8
    if image.width * image.height > MOST_PIXELS:
        raise Unfit("too-many-pixels")
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it was seen, no larger than it is kept, on white where one sees through."""
    turn = _turn(image)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    plain = image.convert("RGB")
    plain.info.clear()  # remarks, profiles, EXIF
    return plain if turn is None else plain.transpose(turn)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the phone was held, as the photo says; what it says besides may be broken."""
    try:
        return TURNS.get(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - as decoders do
        return None


def _read(picture: Image.Image) -> Reading:
    # NumPy is loaded by the first photo of a test, and in no other process.
    from server.features.photos.cassette.look import read

    return read(picture)


def _small_enough(picture: Image.Image) -> bytes:
    for quality in QUALITIES:
        written = _written(picture, quality)
        if len(written) <= WANTED:
            break
    return written


def _written(picture: Image.Image, quality: int) -> bytes:
    """A JPEG that says nothing but its pixels."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


# The process


def serve(asked: BinaryIO, answers: BinaryIO, work: Callable[..., Developed]) -> None:
    """Develop what comes until nothing does any more."""
    while head := asked.read(HEAD.size):
        is_test, length = HEAD.unpack(head)
        try:
            made = work(asked.read(length), is_test=is_test)
            answers.write(_answer(made) + made.picture + made.small)
        except Unfit as unfit:
            answers.write(json.dumps({"why": unfit.why}).encode() + b"\n")
        answers.flush()


def _answer(made: Developed) -> bytes:
    """The line before the pictures: their lengths, and what was seen."""
    seen = asdict(made.reading) if made.reading else None
    lengths = {"picture": len(made.picture), "small": len(made.small)}
    return json.dumps({**lengths, "reading": seen}).encode() + b"\n"


def main() -> None:
    """Give up what is not needed, then serve."""
    os.nice(5)  # marks come first
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    pillow_heif.register_heif_opener(thumbnails=False)
    pillow_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = MOST_DECLARED
    serve(sys.stdin.buffer, sys.stdout.buffer, develop)


if __name__ == "__main__":
    main()
