"""When an entry of the register is old, and when a household may be asked about it."""

from __future__ import annotations

from server import clock

OLD = 180 * clock.DAY
"""Of an entry that nobody has changed or confirmed since."""

GENTLY = 30 * clock.DAY
"""A household is not asked again within this, nor after it said "not now"."""


def is_old(known_at: int, now: int) -> bool:
    """True of what was last known to be right too long ago."""
    return now - known_at > OLD


def may_ask(asked_at: int | None, later_at: int | None, now: int) -> bool:
    """True where a household was left alone for long enough."""
    last = max((one for one in (asked_at, later_at) if one is not None), default=None)
    return last is None or now - last > GENTLY


def shows(later_at: int | None, now: int) -> bool:
    """True where a household's first page asks: not after it said "not now"."""
    return later_at is None or now - later_at > GENTLY
