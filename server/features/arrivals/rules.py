"""What newcomers and leavers may say, and what a claim comes to. No session, request or clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from server import clock
from server.features.people.keeping import TENURES, plain_name
from server.i18n import mark
from server.oplog.events import Event, in_order
from server.oplog.kinds import Refused

IN, OUT = "in", "out"
WAYS: Mapping[str, str] = {IN: mark("Moved in"), OUT: mark("Leaves")}

CLAIM, CONFIRM, DECLINE, REMIND = "claim", "confirm", "decline", "remind"
"""What can be said of a claim."""

WAITING, CONFIRMED, DECLINED = "waiting", "confirmed", "declined"
STATES: Mapping[str, str] = {
    WAITING: mark("Waits for the property company"),
    CONFIRMED: mark("Confirmed"),
    DECLINED: mark("Not confirmed"),
}

MOST_PEOPLE = 12
"""In one claim; a dormitory's landlord goes to the committee's desk."""

LONGEST_WORDS = 120
PATIENCE = 3 * clock.DAY
"""How long a claim waits before the committee is told."""

KEPT = 7 * clock.DAY
"""How long what was said is kept after the decision."""


class Content(msgspec.Struct, frozen=True):
    """What somebody said of themselves."""

    names: list[str]
    phone: str = ""
    tenure: str = ""
    day: str = ""  # since when, or from when they are gone: 2022-04-21
    words: str = ""


@dataclass(slots=True)
class State:
    """How a claim stands."""

    state: str = WAITING
    why: str = ""
    decided_at: int | None = None
    decided_by: str | None = None
    reminded: bool = False


def fold(events: Iterable[Event]) -> State:
    """What was said of a claim comes to; the first decision counts."""
    state = State()
    for event in in_order(events):
        if event.what == REMIND:
            state.reminded = True
        elif event.what in {CONFIRM, DECLINE} and state.decided_at is None:
            state.state = CONFIRMED if event.what == CONFIRM else DECLINED
            state.why = event.said.get("why", "")
            state.decided_at, state.decided_by = event.at, event.actor
    return state


def kept(state: State) -> dict[str, Any]:
    """What the row beside the events says of a claim."""
    return {name: getattr(state, name) for name in ("state", "decided_at", "decided_by")}


def plain_names(typed: Sequence[str]) -> list[str]:
    """Names as they are compared: narrow, spaced once, each once. Raises `Refused`."""
    names = list(dict.fromkeys(name for one in typed if (name := plain_name(one))))
    if len(names) > MOST_PEOPLE:
        raise Refused(TOO_MANY, most=MOST_PEOPLE)
    if any(sum(sign.isdigit() for sign in one) >= ID_CARD for one in names):
        raise Refused(NO_NUMBERS)
    return names


def must_be_so(way: str, names: Sequence[str], tenure: str, day: str) -> None:
    """Raises `Refused` for what cannot be meant."""
    if way not in WAYS:
        raise Refused(NO_WAY)
    if not names:
        raise Refused(NO_NAMES)
    if tenure not in {"", *TENURES}:
        raise Refused(NO_TENURE)
    if day and not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", day):
        raise Refused(NO_DAY)


ID_CARD = 6
"""Digits in a name beyond which it is no name: numbers of identity cards are not taken."""

TOO_MANY = mark("More than %(most)s people: go to the committee's desk for that.")
NO_NUMBERS = mark("Write names only. Numbers of identity cards are not wanted here.")
NO_WAY = mark("Say whether you moved in or leave.")
NO_NAMES = mark("Write at least one name.")
NO_TENURE = mark("Choose owner, tenant or neither.")
NO_DAY = mark("Choose a day.")
