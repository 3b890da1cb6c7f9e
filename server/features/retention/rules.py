"""The clocks: what is kept, how long unless somebody says otherwise, and within which bounds.

GDPR 5(1)(e) and PIPL 47 ask that records are kept no longer than what they are for. No session,
request or clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from server import clock
from server.i18n import mark


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of record and how many days it is kept once its time has begun to run."""

    key: str
    label: str  # marked words
    since: str  # from when its days count, marked words
    days: int  # unless somebody says otherwise
    least: int
    most: int

    @property
    def settable(self) -> bool:
        """True where a community may say how long."""
        return self.least < self.most


_AFTER_THE_DAY = mark("after the day itself")
_AFTER_ITS_END = mark("after it was over")
_ONCE_CLOSED = mark("after the day itself, once its round is closed")

_CLOCKS = (
    Clock("results", mark("Test results, reports and symptoms"), _ONCE_CLOSED, 60, 14, 365),
    Clock("cases", mark("Cases and close contacts"), _AFTER_ITS_END, 90, 30, 365),
    Clock("requests", mark("Requests, medicine, trips, things"), _AFTER_ITS_END, 90, 30, 365),
    Clock("care", mark("Special care"), _AFTER_ITS_END, 90, 30, 365),
    Clock("mediation", mark("Mediations"), _AFTER_ITS_END, 90, 30, 365),
    Clock("passes", mark("Passes, and who went through the gates"), _AFTER_ITS_END, 60, 14, 365),
    Clock("doors", mark("What was marked and declared at doors"), _AFTER_ITS_END, 180, 30, 730),
    Clock("passages", mark("How often people went through their door"), _AFTER_THE_DAY, 30, 30, 30),
    Clock("notices", mark("Announcements, and who was reached"), _AFTER_THE_DAY, 180, 30, 730),
    # The Cybersecurity Law, 21(3), asks for six months of logs.
    Clock("looks", mark("Who looked, and who took lists away"), _AFTER_THE_DAY, 180, 180, 1095),
    Clock("register", mark("Those who have moved away"), mark("after they left"), 180, 30, 730),
    Clock("history", mark("What was sent, word for word"), _AFTER_THE_DAY, 365, 90, 1095),
    Clock("photos", mark("Photos"), mark("after they arrived"), 30, 30, 30),
    Clock("files", mark("Files of registers"), mark("after they were taken over"), 7, 7, 7),
)

CLOCKS: Mapping[str, Clock] = {one.key: one for one in _CLOCKS}
"""By key, in the order in which pages show them and in which their time is looked at.

Those who moved away come after everything that refers to them, the history after everything that
knows which part of it to empty. The last two are looked after by whoever keeps the files.
"""

HOUR = 3
"""When clocks are looked at where people live: while nobody works."""


def before(days: int, now: int) -> int:
    """What is older than this moment has been kept for so many days."""
    return now - days * clock.DAY


def next_look(now: int, zone: tzinfo) -> int:
    """The next time at which clocks are looked at, in milliseconds since 1970."""
    here = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    look = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if look <= here:
        look += timedelta(days=1)
    return clock.from_datetime(look)


def month(moment: int, zone: tzinfo) -> str:
    """The month of a moment where people live: 2022-04."""
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone).strftime("%Y-%m")
