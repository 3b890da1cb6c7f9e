"""Ids: UUID v7, time-ordered (RFC 9562, 5.7), which insert three to four times faster than v4.

What follows by itself has an id derived from what it follows from.
"""

from __future__ import annotations

import os
import re
from uuid import NAMESPACE_OID, uuid5

from server import clock

PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_CANONICAL = re.compile(PATTERN)


def uuid7(moment: int | None = None) -> str:
    """A new UUID v7, made at a moment in Unix milliseconds (default: now)."""
    moment = clock.now() if moment is None else moment
    value = (moment & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    return format_uuid(value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def format_uuid(value: int) -> str:
    """A 128-bit number as canonical UUID text."""
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def is_uuid(text: object) -> bool:
    """True for canonical lower-case UUID text of any version."""
    return isinstance(text, str) and _CANONICAL.match(text) is not None


def derived(from_what: str) -> str:
    """The id of what follows by itself: the same from the same text, whoever works it out.

    So a restart or a second worker makes nothing twice.
    """
    return str(uuid5(NAMESPACE_OID, from_what))
