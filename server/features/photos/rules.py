"""What may arrive, what is kept and for how long. No session, request or clock."""

from __future__ import annotations

import re
from typing import NamedTuple

from server import clock
from server.i18n import mark

WAITING = "waiting"
"""Told; nothing of the photo has arrived."""
ARRIVING = "arriving"
"""Some of it is here; all of it while it is looked at."""
KEPT = "kept"
REFUSED = "refused"
"""It cannot be kept; `why` says so, and the fact stands without it."""
GONE = "gone"
"""Deleted when its time was over, or given up; the row stays."""

STILL_TO_COME = (WAITING, ARRIVING)

FURTHEST = (REFUSED, WAITING, ARRIVING, KEPT)
"""Of several facts that name one photo the last in this order says how far it has got: one may
have been refused for a photo that came damaged, and another asked for it anew."""

MOST_BYTES = 12 << 20
"""Of a photo as it leaves a phone: what a camera makes, where the phone could not shrink it."""

MOST_PIECE = 256 << 10
"""Bytes of one piece: seconds on a bad signal, so that no fact waits long behind it."""

KEEP = 30 * clock.DAY
"""A photo proves what was done at a door; after a month nobody asks for it any more."""

GIVE_UP = 60 * clock.DAY
"""An outbox can be weeks old; what has not moved for two months comes no more."""

MOST_TRIES = 3
"""Times that a photo may arrive whole and be another than it was said to be."""

_SHA = re.compile(r"[0-9a-f]{64}")


def is_name(text: str) -> bool:
    """True for a SHA-256 in lower-case hexadecimal digits."""
    return _SHA.fullmatch(text) is not None


class Upload(NamedTuple):
    """How far a photo has got."""

    state: str
    received: int = 0
    size: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        """True where every byte is here and it has not been looked at yet."""
        return self.state == ARRIVING and self.received == self.size


class Misplaced(Exception):
    """The piece does not begin where the last one ended, or not of the photo that was begun."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.upload = upload


class Oversized(Exception):
    """The piece is longer than one may be, or than what is left to come."""


def must_follow(upload: Upload, offset: int, size: int, piece: int) -> None:
    """Raises `Misplaced` or `Oversized` for a piece that may not be taken next; sizes in bytes."""
    if offset != upload.received or upload.size not in {None, size}:
        raise Misplaced(upload)
    if piece > MOST_PIECE or offset + piece > size:
        raise Oversized


def over_at(upload_state: str, moved_at: int, keep_until: int | None) -> int | None:
    """When a photo's time is over, as it now stands; None where nothing is left of it to delete."""
    if upload_state == KEPT:
        return keep_until
    return moved_at + GIVE_UP if upload_state in STILL_TO_COME else None


NOT_AN_IMAGE = "not-an-image"
BROKEN_OFF = "broken-off"
MOVES = "moves"
TOO_MANY_PIXELS = "too-many-pixels"
TOO_LARGE = "too-large"
TOO_LONG = "too-long"
DAMAGED = "damaged"

REASONS = {
    NOT_AN_IMAGE: mark("This file is not a photo. Take or choose another."),
    BROKEN_OFF: mark("The photo is broken off and cannot be opened. Take another."),
    MOVES: mark("This picture moves. Only still photos are taken."),
    TOO_MANY_PIXELS: mark("The photo has too many pixels to be opened. Take a smaller one."),
    TOO_LARGE: mark("The photo has more than 12 MB. Take a smaller one."),
    TOO_LONG: mark("The photo took too long to open. Take another."),
    DAMAGED: mark("The photo arrived damaged three times. Take another."),
}
"""Why a photo is refused, in words for whoever took it."""
