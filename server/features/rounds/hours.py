"""How far a screening was at each full hour. No session, request or clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

HOUR = 3_600_000
"""Milliseconds."""

MOST_HOURS = 14 * 24
"""A screening takes days; whoever left one open for months needs no page of a thousand rows."""


class Hour(NamedTuple):
    """What had been reached by a full hour."""

    at: int
    """UTC, in milliseconds."""
    doors: int

    def share(self, of: int) -> int:
        """Whole per cent of so many doors, never rounded up: 100 means every one."""
        return self.doors * 100 // of if of else 0


def by_hour(opened: int, reached: Iterable[int], until: int) -> Sequence[Hour]:
    """Doors reached by each hour after the opening, the last being `until`; in milliseconds.

    `reached` is when each door came to the answer that stands. What was said before the opening,
    as a clock that is wrong has it, counts from the first hour.
    """
    moments = sorted(reached)
    ends = list(range(opened + HOUR, until, HOUR))[: MOST_HOURS - 1]
    found, passed = [], 0
    for end in (*ends, max(until, opened)):
        while passed < len(moments) and moments[passed] <= end:
            passed += 1
        found.append(Hour(end, passed))
    return found
