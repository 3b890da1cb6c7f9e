"""What counts of a door system suggest of a flat, to those who keep vacant flats.

It is a reason to look and never changes the register by itself. No session, request or clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from server import clock

LIVED_IN, VACANT = "lived_in", "vacant"
SUGGESTIONS = (LIVED_IN, VACANT)
"""Somebody may live in a flat that is vacant; one that is lived in may be vacant."""

RECENT_DAYS = 7
"""The days that are looked at in a flat that is vacant,"""

FEWEST_DAYS = 2
"""and on how many of them somebody must have gone through its door: once may be a plumber."""

QUIET_DAYS = 14
"""For how long nobody must have gone through the door of a flat that is lived in,"""

ALIVE_DAYS = 3
"""and how lately its system must have counted others in the building: a dead one says nothing."""

PUT_ASIDE = 14 * clock.DAY
"""How long a suggestion stays put aside."""


class Span(Protocol):
    """From when until when a system has counted people in a building, as 2022-04-21."""

    @property
    def first(self) -> str: ...
    @property
    def last(self) -> str: ...


def of_vacant(days: int) -> str:
    """What is suggested of a vacant flat whose door was used on so many of the recent days."""
    return LIVED_IN if days >= FEWEST_DAYS else ""


def of_lived_in(last: str, heard: Iterable[Span], today: date, *, shut: bool) -> str:
    """What is suggested of a flat that is lived in, whose door was last used on a day, or never.

    Where a building is `shut` (sealed), nobody may go out and silence says nothing.
    """
    quiet_since = (today - timedelta(days=QUIET_DAYS - 1)).isoformat()
    alive_since = (today - timedelta(days=ALIVE_DAYS - 1)).isoformat()
    would_know = any(one.first <= quiet_since and one.last >= alive_since for one in heard)
    return VACANT if would_know and last < quiet_since and not shut else ""


def is_put_aside(
    suggested: str, days: int, doubted: str | None, at: int | None, before: int | None, now: int
) -> bool:
    """True where somebody doubted just this, not long ago, and it does not show on more days."""
    if doubted != suggested or at is None:
        return False
    return now < at + PUT_ASIDE and days <= (before or 0)
