"""What the answer of a push service means, and when it is asked again. Pure functions.

A subscription ends only where its service says that it is gone. A wrong key of ours answers 403 to
everybody, and must not cost everybody their subscription.
"""

from __future__ import annotations

import random
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum

from server import clock


class Verdict(Enum):
    """What came of one posting."""

    SENT = "sent"
    GONE = "gone"  # the subscription is no more
    REFUSED = "refused"  # this message will not be taken, however often it is sent
    BARRED = "barred"  # nothing of ours is taken now; somebody must look
    LATER = "later"  # try again


FIRST_RETRY = {Verdict.LATER: 2 * clock.SECOND, Verdict.BARRED: clock.MINUTE}
LAST_RETRY = {Verdict.LATER: 5 * clock.MINUTE, Verdict.BARRED: 15 * clock.MINUTE}
"""How long to wait, doubled with each attempt, at first and in the end."""

MOST_ATTEMPTS = 40
"""Where a notice does not say when it stops to matter."""

LONGEST_WAIT = clock.DAY


def judge(status: int) -> Verdict:
    """By the status of the answer (RFC 8030; 410 is what services say for gone)."""
    if 200 <= status < 300:
        return Verdict.SENT
    if status in {404, 410}:
        return Verdict.GONE
    if status in {408, 425, 429} or status >= 500:
        return Verdict.LATER
    # A redirect comes of something between us and the service, and is not followed.
    if status in {401, 403, 407} or status < 400:
        return Verdict.BARRED
    return Verdict.REFUSED


def wait(verdict: Verdict, attempts: int, jitter: float, retry_after: int = 0) -> int:
    """Milliseconds until the next attempt after so many; `jitter` between 0 and 1."""
    least = FIRST_RETRY[verdict] << min(attempts, 20)
    doubled = min(least, LAST_RETRY[verdict])
    return min(max(int(doubled * (0.75 + jitter / 2)), retry_after), LONGEST_WAIT)


def jitter() -> float:
    """Between 0 and 1, so that what failed together is not tried again together."""
    return random.random()  # noqa: S311 - nobody gains by guessing it


def retry_after(text: str | None, now: int) -> int:
    """Milliseconds that a header `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3)."""
    if not text:
        return 0
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * clock.SECOND, LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, min(clock.from_datetime(moment) - now, LONGEST_WAIT))
