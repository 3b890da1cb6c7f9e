"""What a door system may say of a day, and for how long it is kept. No session or clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

KEPT_DAYS = 30
"""How long a count is kept."""

OLDEST_DAYS = 60
"""What is older than this is taken for a mistake."""

MOST_ROWS = 5_000
MOST_TIMES = 9_999
"""How often the people of one flat go through their door on one day, at most."""

LONGEST_NAME, LONGEST_FLAT = 40, 60


def today_of(now: int, zone: tzinfo) -> date:
    """The day that it is where people live."""
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date()


def since(today: date, days: int) -> date:
    """The first of the last so many days, today among them."""
    return today - timedelta(days=days - 1)


def first_kept(today: date) -> date:
    """The oldest day of which counts are kept, on a day."""
    return since(today, KEPT_DAYS)


def is_possible(day: date, now: date) -> bool:
    """True for a day that has begun and is not too long ago."""
    return now - timedelta(days=OLDEST_DAYS) <= day <= now
