"""The steps of an emergency: what has to be done at once, and who does it since when.

No session, request or clock. The steps are the same whatever has happened, so that whoever reads
them learns nothing of anybody's health. They are folded out of the events of the request, in the
order in which those were made: of two phones that take one step offline, the earlier has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from server import clock
from server.features.people.rules import (
    GATE,
    OFFICER,
    PROPERTY,
    VOLUNTEER,
    May,
    Role,
    Somewhere,
    covers,
    may,
)
from server.features.requests.rules import EVERYBODY, LEAD
from server.i18n import mark
from server.oplog.events import Event, in_order

KIND = "emergency"
"""The kind of request that has steps."""

LONGEST = 15 * clock.MINUTE
"""From the call to the vehicle: what people remember."""

PATIENCE = 3 * clock.MINUTE
"""How long a step waits for somebody before the next are called."""

CALLS = (LEAD, EVERYBODY)
"""Who is called for a step that nobody takes, one after the other."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that has to be done."""

    key: str
    label: str  # marked words, as all that follows
    done: str
    glyph: str
    hint: str = ""


VEHICLE = "vehicle"
"""The step that stops the clock. Nobody takes it: whoever sees the vehicle says so."""

STEPS = {
    step.key: step
    for step in (
        Step(
            "ambulance",
            mark("Call the ambulance"),
            mark("The ambulance is called"),
            "☎",
            mark("Say the building, the stairwell, and through which gate."),
        ),
        Step(
            "aid",
            mark("Go to the door with first aid"),
            mark("First aid is at the door"),
            "✚",
            mark("Whoever knows first aid; with the defibrillator, if there is one here."),
        ),
        Step(
            "slip",
            mark("Run to the committee"),
            mark("The committee has agreed, the slip is here"),
            "✎",
            mark("For the approval and the slip."),
        ),
        Step(
            "gate",
            mark("Open the gate"),
            mark("The gate is open"),
            "⇥",
            mark("Let the vehicle in, and show it the way."),
        ),
        Step("lift", mark("Hold the lift"), mark("The lift is held"), "⇅"),
        Step("meet", mark("Meet the vehicle"), mark("The vehicle is met"), "⚑",
             mark("Lead it to the entrance, and the crew to the door.")),
        Step(
            "child",
            mark("Stay with the family"),
            mark("Somebody is with the family"),
            "☺",
            mark("A child or an old person is not left alone."),
        ),
        Step(
            "bag",
            mark("Get the bag ready"),
            mark("The bag is ready"),
            "▣",
            mark("Identity card, medical card, papers for the hospital, telephone and charger."),
        ),
        Step(VEHICLE, mark("The vehicle is here"), mark("The vehicle is here"), "✓"),
    )
}  # fmt: skip
"""In the order in which they are read; all of them begin at once."""

TAKEN = tuple(key for key in STEPS if key != VEHICLE)
"""Steps that somebody takes, and for which others are called."""

AT_THE_DOOR = ("aid", "lift", "meet", "child", "bag")
"""Whoever has one of these has to know the floor."""

NEAR = (OFFICER, PROPERTY, VOLUNTEER)
"""Whoever has one of these duties there is told at once, besides the gate and whoever leads."""


@dataclass(slots=True)
class Standing:
    """How one step stands."""

    since: int  # when it was taken, done or given back; or when the emergency began
    who: str = ""  # whoever does it, or has done it
    done: bool = False
    calls: int = 0  # how often others were called for it since then

    @property
    def free(self) -> bool:
        """True while nobody does it."""
        return not (self.who or self.done)


@dataclass(slots=True)
class State:
    """What the steps of an emergency have come to."""

    began: int = 0
    told: dict[str, None] = field(default_factory=dict)  # accounts, of the staff
    steps: dict[str, Standing] = field(default_factory=dict)

    @property
    def arrived(self) -> int | None:
        """When the vehicle was there; None before that."""
        vehicle = self.steps[VEHICLE]
        return vehicle.since if vehicle.done else None

    @property
    def open(self) -> int:
        """How many steps nobody does."""
        return sum(self.steps[key].free for key in TAKEN)

    def of(self, account: str) -> list[str]:
        """The steps that somebody does."""
        return [key for key, one in self.steps.items() if one.who == account and not one.done]


def fold(events: Iterable[Event]) -> State:
    """What the events of a request come to, as far as its steps go."""
    state = State()
    for event in in_order(events):
        turn = _TURNS.get(event.what)
        if turn is not None:
            turn(state, event)
    return state


def _begun(state: State, event: Event) -> None:
    state.began = event.at
    state.steps = {key: Standing(event.at) for key in STEPS}
    _told(state, event)


def _told(state: State, event: Event) -> None:
    state.told |= dict.fromkeys((*event.said.get("asked", ()), *event.said.get("near", ())))


def _does(state: State, event: Event) -> None:
    if state.steps[event.key].free:
        state.steps[event.key] = Standing(event.at, event.actor)


def _did(state: State, event: Event) -> None:
    if not state.steps[event.key].done:
        state.steps[event.key] = Standing(event.at, event.actor, done=True)


def _dropped(state: State, event: Event) -> None:
    step = state.steps[event.key]
    if step.who == event.actor or (step.who and event.said.get("lead")):
        state.steps[event.key] = Standing(event.at)


def _called(state: State, event: Event) -> None:
    for key in event.said.get("steps", ()):
        if state.steps[key].free:
            state.steps[key].calls += 1
    _told(state, event)


_TURNS = {
    "ask": _begun,
    "reopen": _begun,
    "escalate": _told,
    "do": _does,
    "did": _did,
    "drop": _dropped,
    "call": _called,
}

SAYING = {"do": "emergency.do", "did": "emergency.done", "drop": "emergency.drop",
          "call": "emergency.call"}  # fmt: skip
"""Events of a request that say something of its steps, and the operations that make them."""


def due_at(state: State, key: str) -> int | None:
    """When the next are called for a step; None where nobody is."""
    step = state.steps[key]
    if not step.free or step.calls >= len(CALLS) or state.arrived is not None:
        return None
    return step.since + (step.calls + 1) * PATIENCE


def next_due(state: State) -> int | None:
    """When the next are called for any step; None where nobody is."""
    dues = (due_at(state, key) for key in TAKEN)
    return min((due for due in dues if due is not None), default=None)


def waiting(state: State, at: int) -> list[str]:
    """The steps for which the next are to be called by now."""
    dues = ((key, due_at(state, key)) for key in TAKEN)
    return [key for key, due in dues if due is not None and due <= at]


# Who


def helps(roles: Iterable[Role], place: Somewhere, at: int) -> bool:
    """True for those on duty there who may take a step: they answer, guard a gate, or repair."""
    held = list(roles)
    return may(held, May.ANSWER, place, at) or _has(held, (GATE, PROPERTY), place, at)


def reads_the_floor(roles: Iterable[Role], place: Somewhere, at: int) -> bool:
    """True for those who may have to go up; a gate guard needs the building and the stairwell."""
    held = list(roles)
    return may(held, May.ANSWER, place, at) or _has(held, (PROPERTY,), place, at)


def is_near(roles: Iterable[Role], place: Somewhere, at: int) -> bool:
    """True for those on duty there who are told at once."""
    return _has(roles, NEAR, place, at)


def _has(roles: Iterable[Role], names: Iterable[str], place: Somewhere, at: int) -> bool:
    return any(one.role in names and one.holds(at) and covers(one, place) for one in roles)
