"""Moments: Unix milliseconds inside, RFC 3339 on the wire."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> int:
    """This moment in Unix milliseconds."""
    return time.time_ns() // 1_000_000


LAST = 253_370_764_800_000
"""The first moment of 9999: later ones cannot be said in every zone."""


def from_datetime(moment: datetime) -> int:
    """Unix milliseconds of an aware datetime, kept from 1970 to 9999 whatever a clock says."""
    return max(0, min(int(moment.timestamp() * 1000), LAST))


def rfc3339(moment: int) -> str:
    """A moment as RFC 3339 text in UTC, to the millisecond."""
    stamp = datetime.fromtimestamp(moment // 1000, UTC).replace(microsecond=moment % 1000 * 1000)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def typed(text: str, zone: tzinfo) -> int:
    """A moment as somebody typed it: RFC 3339, or date and time in a zone. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))
