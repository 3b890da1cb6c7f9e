"""What may be asked to be erased, and what an ask has come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.i18n import mark
from server.oplog.events import Event, in_order

WHAT: Mapping[str, str] = {
    "phones": mark("Our telephone numbers"),
    "births": mark("Our years of birth"),
    "all_optional": mark("Our telephone numbers and years of birth"),
}
"""What a household may ask to have erased. Names and doors stay: without them nobody is served."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "phones": ("phone",),
    "births": ("born",),
    "all_optional": ("born", "phone"),
}
"""Fields of the register that go."""

BLANK: Mapping[str, Any] = {"phone": "", "born": None}
"""What stands where nothing is known."""

ASK, ERASE, DECLINE = "erase_ask", "erase", "decline"
"""What can be said of an ask."""

ASKED, ERASED, DECLINED = "asked", "erased", "declined"
STATES: Mapping[str, str] = {
    ASKED: mark("Waits for the committee"),
    ERASED: mark("Erased"),
    DECLINED: mark("Not erased"),
}

LONGEST = 200
"""Characters of a reason."""


@dataclass(slots=True)
class Ask:
    """How an ask stands."""

    what: str = ""
    words: str = ""
    asked_by: str = ""
    asked_at: int = 0
    state: str = ASKED
    why: str = ""
    decided_by: str | None = None
    decided_at: int | None = None


def fold(events: Iterable[Event]) -> Ask:
    """What was said of an ask comes to; the first decision counts."""
    ask = Ask()
    for event in in_order(events):
        if event.what == ASK:
            ask.what, ask.words = event.key, event.said.get("words", "")
            ask.asked_by, ask.asked_at = event.actor, event.at
        elif ask.decided_at is None:
            ask.state = ERASED if event.what == ERASE else DECLINED
            ask.why = event.said.get("why", "")
            ask.decided_by, ask.decided_at = event.actor, event.at
    return ask


def kept(ask: Ask) -> dict[str, Any]:
    """What the row beside the events says of an ask."""
    names = ("what", "asked_by", "asked_at", "state", "decided_by", "decided_at")
    return {name: getattr(ask, name) for name in names}


def emptied(said: Mapping[str, Any] | None, fields: Iterable[str]) -> dict[str, Any] | None:
    """What a change said of somebody, without what was in these fields."""
    if said is None:
        return None
    return {**said, **{name: BLANK[name] for name in fields if name in said}}
