"""How often a bot may post. Pure functions.

WeCom takes 20 messages a minute from each bot; DingTalk too, and then nothing for ten minutes. We
stay well below, and join what waits into one message before it comes to that.
"""

from __future__ import annotations

from collections.abc import Sequence

from server import clock

MOST = 15
"""Messages of one bot within a minute."""

NEAR = 10
"""From so many on, sent or waiting, what waits becomes one message."""


def within_a_minute(posted: Sequence[int] | None, now: int) -> list[int]:
    """Moments of the last minute; those in the future, by a clock put back, count as now."""
    return [min(one, now) for one in posted or () if now - one < clock.MINUTE][-MOST:]


def free_at(posted: Sequence[int], now: int) -> int:
    """When the next may go: now, or when the oldest of a full minute has passed out of it."""
    return now if len(posted) < MOST else posted[-MOST] + clock.MINUTE


def crowded(posted: Sequence[int], waiting: int) -> bool:
    """True where what waits goes out together."""
    return waiting > 1 and len(posted) + waiting > NEAR
