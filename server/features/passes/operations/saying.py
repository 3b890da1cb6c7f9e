"""What the operations of passes have in common: fields, and what every new pass must say."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import msgspec
from msgspec import Meta

from server import clock
from server.features.estates import reads as estates
from server.features.passes import rules
from server.features.passes.file import Pass
from server.i18n import mark
from server.oplog.envelope import Uuid
from server.oplog.kinds import Asked, Moment, Op, Refused

Key = Annotated[str, Meta(max_length=12)]
Name = Annotated[str, Meta(max_length=40)]
Line = Annotated[str, Meta(max_length=120)]
Words = Annotated[str, Meta(max_length=200)]
When = Annotated[str, Meta(max_length=40)]


class OfPass(Op):
    """What is said of a pass."""

    pass_: Uuid = msgspec.field(name="pass")

    def apply(self, at: Moment, asked: Asked) -> None:
        """See the class."""
        self.say(Pass.find(at, asked, self.pass_), asked)

    def say(self, found: Pass, asked: Asked) -> None:
        """Enter it. Raises `Refused`."""
        raise NotImplementedError


def must_be_known(known: Collection[str], *said: str) -> None:
    """Raises `Refused` where something is said that no form of ours offers."""
    if any(one not in known for one in said):
        raise Refused(CHOOSE)


def hours_of(
    at: Moment, asked: Asked, since: str, until: str, default: int, *, longest: int
) -> tuple[int, int]:
    """From when until when, as typed in the community's zone. Raises `Refused`.

    `default` is how long it holds where nothing is said, `longest` the most, both in milliseconds.
    """
    zone = estates.zone(at.connection, at.community_id)
    now = asked.corrected_at
    try:
        first = clock.typed(since, zone) if since.strip() else now
        last = clock.typed(until, zone) if until.strip() else first + default
    except ValueError:
        raise Refused(NO_TIME) from None
    first = max(first, now - clock.HOUR)
    if last <= max(first, now):
        raise Refused(IS_OVER)
    if last - first > longest:
        raise Refused(TOO_LONG, hours=longest // clock.HOUR)
    if first > now + rules.AHEAD:
        raise Refused(TOO_FAR, days=rules.AHEAD // clock.DAY)
    return first, last


CHOOSE = mark("Choose one of what the form offers.")
NO_TIME = mark("Write times as 2022-04-21 08:00.")
IS_OVER = mark("That time is over: say until when it should hold.")
TOO_LONG = mark("That is too long: it may hold for %(hours)s hours at most.")
TOO_FAR = mark("That is too far ahead: ask for it within %(days)s days.")
