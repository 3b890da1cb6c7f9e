"""What the words on a person in care come to, what is due on a day, and when nobody answered twice.

No session, request or clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from server import clock
from server.i18n import mark
from server.oplog.events import Event, in_order

NEEDS = {
    "old": mark("80 or older"),
    "alone": mark("Lives alone"),
    "disabled": mark("Disabled"),
    "dementia": mark("Dementia"),
    "poor": mark("Low income"),
    "dialysis": mark("Dialysis"),
    "pregnant": mark("Pregnant"),
    "newborn": mark("Newborn"),
    "carer_away": mark("Carer is away"),
}
"""Why somebody is in care."""

HEALTH_NEEDS = frozenset({"disabled", "dementia", "dialysis", "pregnant"})
"""Needs that are somebody's health."""

SOURCES = {
    "door": mark("a volunteer at the door"),
    "gate": mark("a guard"),
    "neighbour": mark("a neighbour"),
    "own": mark("the household itself"),
    "import": mark("the register"),
    "screening": mark("the screening"),
}
"""From whom it is known that somebody needs care."""

MET = frozenset({"door", "own"})
"""Sources that have spoken with them, or are them."""

HOWS = {
    "visit": mark("visited"),
    "phone": mark("rang"),
    "neighbour": mark("a neighbour saw them"),
    "seen": mark("saw them"),
}
"""How somebody was heard of."""

ENDS = {
    "better": mark("Needs it no more"),
    "moved": mark("Moved away"),
    "hospital": mark("In hospital or a home"),
    "wish": mark("Does not want it"),
    "died": mark("Died"),
}
"""Why care ends."""

SUGGESTED, CONFIRMED, DECLINED, ENDED = "suggested", "confirmed", "declined", "ended"
STATES = {
    SUGGESTED: mark("To be confirmed"),
    CONFIRMED: mark("In care"),
    DECLINED: mark("Not needed"),
    ENDED: mark("Ended"),
}

UNANSWERED, NEEDS_SOMETHING = "unanswered", "needs"
ALERTS = {
    UNANSWERED: mark("Nobody answered twice"),
    NEEDS_SOMETHING: mark("Needs something"),
}

VISIT, MEAL = "visit", "meal"
HOURS = {MEAL: time(7, 30), VISIT: time(8, 0)}
"""When the rounds of a day are made, where people live."""

MOST_VISITS, MOST_MEALS = 30, 3
LONGEST_NAME, LONGEST_WORDS = 40, 200
OLD = 80
"""Years."""

ALONE = 65
"""Years from which living alone is a reason to ask: else every third household would be listed."""

SILENCE = 72 * clock.HOUR
"""Nobody in care stays without any contact for so long and unnoticed."""

ESCALATE = 30 * clock.MINUTE
"""How long the keeper has to say what they found before those who lead are told."""

APART = 10 * clock.MINUTE
"""Two taps within so long are one visit."""

SETTLES = 15 * clock.SECOND
"""How long a mark can be taken back at once: until then it closes nothing."""


@dataclass(slots=True)
class State:
    """What a person in care has come to."""

    household: int = 0
    resident: int | None = None
    name: str = ""
    needs: tuple[str, ...] = ()
    words: str = ""
    keeper: str | None = None
    deputy: str | None = None
    visits: int = 0
    visits_from: int | None = None
    meals: int = 0
    meals_from: str = ""
    meals_until: str = ""
    state: str = ""
    contact_at: int | None = None
    alert: Event | None = None  # nobody has said yet what they found
    escalated: bool = False
    closing: Event | None = None  # how it was declined or ended
    confirmed_by: str = ""
    said: list[Event] = field(default_factory=list)

    @property
    def alert_at(self) -> int | None:
        """Since when something is open."""
        return self.alert.at if self.alert else None


def fold(events: Iterable[Event]) -> State:
    """What the events come to, whatever the order in which they arrived."""
    state = State()
    alerts: list[Event] = []
    escalated: set[str] = set()
    for event in in_order(events):
        state.said.append(event)
        if event.what == "suggest":
            _suggest(state, event)
        elif event.what in ("confirm", "change"):
            _plan(state, event)
        elif event.what == "decline" and state.state == SUGGESTED:
            state.state, state.closing = DECLINED, event
        elif event.what == "end" and state.state == CONFIRMED:
            state.state, state.closing = ENDED, event
        elif event.what == "reopen" and state.state in (DECLINED, ENDED):
            state.state = SUGGESTED if state.state == DECLINED else CONFIRMED
            state.closing = None
        elif event.what == "contact":
            state.contact_at = event.at
        elif event.what == "alert":
            alerts.append(event)
        elif event.what == "escalate":
            escalated.add(event.key)
    open_ = [one for one in alerts if answers_nothing(state.contact_at, one.said["mark_at"])]
    if open_ and state.state == CONFIRMED:
        state.alert = open_[0]
        state.escalated = open_[0].op_id in escalated
    return state


def answers_nothing(contact_at: int | None, mark_at: int) -> bool:
    """True where nobody was heard of after what happened at the door."""
    return contact_at is None or contact_at <= mark_at


def _suggest(state: State, event: Event) -> None:
    said = event.said
    state.household = said["household"]
    if event.key in MET:
        state.contact_at = event.at
    if state.state == CONFIRMED:
        return  # it is known already, and stays as it was confirmed
    state.state, state.closing = SUGGESTED, None
    state.resident = state.resident or said["resident"]
    state.name = state.name or said["name"]
    state.words = state.words or said["words"]
    state.needs = tuple(key for key in NEEDS if key in state.needs or key in said["needs"])


def _plan(state: State, event: Event) -> None:
    said = event.said
    if said["visits"] != state.visits or state.visits_from is None:
        state.visits_from = event.at
    if event.what == "confirm":
        state.state, state.closing, state.confirmed_by = CONFIRMED, None, event.actor
    state.resident, state.name = said["resident"], said["name"]
    state.needs, state.words = tuple(said["needs"]), said["words"]
    state.keeper, state.deputy = said["keeper"], said["deputy"]
    state.visits, state.meals = said["visits"], said["meals"]
    state.meals_from, state.meals_until = said["meals_from"], said["meals_until"]


class Plan(Protocol):
    """What is planned for somebody, as the table keeps it."""

    @property
    def visits(self) -> int: ...
    @property
    def visits_from(self) -> int | None: ...
    @property
    def meals(self) -> int: ...
    @property
    def meals_from(self) -> str: ...
    @property
    def meals_until(self) -> str: ...


def due(plan: Plan, kind: str, day: date, zone: ZoneInfo) -> int:
    """How many meals, or whether a visit, somebody is due on a day."""
    if kind == MEAL:
        begun = plan.meals_from <= day.isoformat()
        over = plan.meals_until and plan.meals_until < day.isoformat()
        return plan.meals if begun and not over else 0
    if not plan.visits or plan.visits_from is None:
        return 0
    days = (day - first_day(plan.visits_from, zone)).days
    return int(days >= 0 and days % plan.visits == 0)


def first_day(since: int, zone: ZoneInfo) -> date:
    """The day whose morning round is the first after a moment."""
    local = datetime.fromtimestamp(since / 1000, zone)
    return local.date() + timedelta(days=local.time() >= HOURS[VISIT])


class Visit(NamedTuple):
    """One mark at a door in a round of visits that was not taken back."""

    mark: str
    answer: str
    at: int
    actor: str


NOBODY, HELP = "nobody", "needs_help"


def visits_apart(visits: Sequence[Visit]) -> list[Visit]:
    """Visits in order; what was tapped within a few minutes of one another is one, the last."""
    found: list[Visit] = []
    for one in sorted(visits, key=lambda visit: visit.at):
        if found and one.at - found[-1].at < APART:
            found.pop()
        found.append(one)
    return found


def alarming(visits: Sequence[Visit], contact_at: int | None) -> tuple[str, Visit] | None:
    """What the visits since somebody was last heard of ask for, and the visit that does."""
    since = [one for one in visits_apart(visits) if answers_nothing(contact_at, one.at)]
    if not since:
        return None
    last = since[-1]
    if last.answer == HELP:
        return NEEDS_SOMETHING, last
    if len(since) > 1 and {one.answer for one in since[-2:]} == {NOBODY}:
        return UNANSWERED, last
    return None
