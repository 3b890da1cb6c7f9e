"""What people do on a day and what breaks meanwhile, all of it from a seed.

A schedule names phones, doors and rounds by place ("phone 3, door 7 of stairwell 1"), so that the
same seed asks the same of any database. What it cannot repeat is time: which request the server
takes first when two are on their way, and where a kill catches it. `calm` schedules hold nothing of
that kind and must come to the same in every run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.poison import POISONS
from tests.faults.proxy import ORDERLY, WEATHERS

DAY = 86_400_000
SHORTEST, LONGEST = 60, 120
"""Steps of a schedule."""

KINDS = (("delivery", "household"), ("kits", "person"), ("knock", "floor"), ("visit", "household"))
"""Kinds of round with what they count by; each schedule has two rounds."""

ANSWERS = {
    "delivery": ("delivered", "delivered", "delivered", "at_door", "nobody", "refused", "owed"),
    "kits": ("delivered", "delivered", "at_door", "nobody", "refused", "owed"),
    "knock": ("spoken", "spoken", "letter", "nobody"),
    "visit": ("well", "well", "needs_help", "nobody"),
}

NEEDS = ("food", "food", "baby", "delivery", "locked", "doctor")
"""What is asked for; a doctor is for those who lead, the rest for those near."""

LEAD, DEPUTY = 0, 1
CARRIERS = (2, 3, 4, 5)
SHARED = 5  # two volunteers have this phone between them
RESIDENTS = (6, 7)
PHONES = 8


HELPING = frozenset({"ask", "help", "go_on", "pass_on", "word", "sort"})
"""Steps about requests."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody does, or one that happens."""

    who: str
    what: str
    how: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.who:<8} {self.what:<9} {' '.join(map(str, self.how))}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A day: its rounds, and its steps in order."""

    seed: int
    calm: bool
    rounds: tuple[tuple[str, str], ...]
    repeats: bool
    zips: bool
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} by {per}" for kind, per in self.rounds)
        lines = [f"schedule {self.seed}: {kinds}{', daily' if self.repeats else ''}"]
        lines += [f"{place:>4}  {step}" for place, step in enumerate(self.steps)]
        return "\n".join(lines)


def generate(seed: int, *, calm: bool = False) -> Schedule:
    """The schedule of a seed."""
    return _Writer(seed, calm).write()


class _Writer:
    """Rolls dice."""

    def __init__(self, seed: int, calm: bool) -> None:
        self.seed, self.calm = seed, calm
        self.dice = random.Random(f"stairwell faults {seed} {calm}")
        self.rounds = tuple(self.dice.sample(KINDS, 2))
        self.weathers = ORDERLY if calm else WEATHERS
        self.who = LEAD
        self.windy = self.dice.random() * 0.5
        """How often a phone meets with weather: some days are quiet."""

    def write(self) -> Schedule:
        """Every step, and then the troubles of the server strewn among them."""
        steps = [self._step() for _ in range(self.dice.randint(SHORTEST, LONGEST))]
        for trouble in self._troubles():
            steps.insert(self.dice.randrange(len(steps)), trouble)
        return Schedule(
            self.seed,
            self.calm,
            self.rounds,
            self.dice.random() < 0.2,
            self.dice.random() < 0.7,
            tuple(steps),
        )

    def _step(self) -> Step:
        group = self.dice.choices(
            (self._carrier, self._lead, self._resident), (74, 18, 8)
        )[0]  # fmt: skip
        return group()

    # What people do

    def _carrier(self) -> Step:
        who = self.dice.choice(CARRIERS)
        what = self._weighted(
            mark=26, floor=7, undo=8, correct=6, count=3, form=4, look=6, flush=20, weather=16,
            hand_on=1, restart=3, clock=2, tabs=3, expire=1, poison=3, again=2, switch=3,
            race=2, carry=2, tell=2, call=2, ask=1, help=5, go_on=5, pass_on=1,
            take=3, give=4, receive=4, bring=2,
        )  # fmt: skip
        return self._of(who, what)

    def _lead(self) -> Step:
        who = LEAD if self.dice.random() < 0.7 else DEPUTY
        what = self._weighted(
            status=7, assign=6, evenly=1, settle=5, claim=2, count=3, follow=1, mark=4, undo=2,
            flush=14, look=3, weather=3, restart=1, clock=1, poison=2, again=1, form=2, revoke=0.3,
            decide=4, carry=1, announce=3, ring=2, tell=2, call=3, give=1, receive=1,
            ask=1, help=2, go_on=1, pass_on=1, sort=2,
        )  # fmt: skip
        return self._of(who, what)

    def _resident(self) -> Step:
        who = self.dice.choice(RESIDENTS)
        return self._of(who, self._weighted(
            dispute=5, flush=4, look=1, weather=1, poison=0.5, acknowledge=6, seen=3, ask=6,
            word=4,
        ))  # fmt: skip

    def _of(self, who: int, what: str) -> Step:
        self.who = who
        roll: dict[str, Callable[[], tuple[Any, ...]]] = {
            "mark": lambda: (self._round(), *self._door(), self._answer()),
            "floor": lambda: (self._round(), self._stairwell(), self.dice.randrange(6)),
            "undo": lambda: (self.dice.randrange(4),),
            "correct": lambda: (self.dice.randrange(4), self._answer()),
            "count": lambda: (
                self._round(), self.dice.choice(("in", "out", "out", "back")), self._stairwell(),
                self.dice.randint(1, 40),
            ),
            "form": lambda: (self._round(), *self._door(), self._answer()),
            "look": lambda: (self._round(), self._stairwell()),
            "flush": lambda: (self.calm or self.dice.random() < 0.4,),
            "weather": self._weather,
            "clock": self._jump,
            "poison": lambda: (self.dice.randrange(len(POISONS)), self._round(), *self._door()),
            "status": lambda: (
                self._round(),
                self.dice.choice(("pause", "open", "open", "open", "open", "close")),
            ),
            "assign": lambda: (
                self.dice.choice(("assign", "assign", "unassign")), self._round(),
                self._stairwell(), self.dice.randrange(5),
                self.dice.choice((("", ""), ("", ""), ("1", "3"), ("4", ""))),
            ),
            "evenly": lambda: (self._round(), self.dice.choice(("", "A", "B"))),
            "settle": lambda: (self._round(), *self._door(), self._answer()),
            "claim": lambda: (self._round(), *self._door()),
            "carry": lambda: (self.dice.randrange(PHONES),),
            "hand_on": lambda: (self._round(), self._stairwell(), self.dice.randrange(5)),
            "decide": lambda: (
                self.dice.choice(("redo", "redo", "discard")), self.dice.randrange(20),
            ),
            "follow": lambda: (self._round(),),
            "announce": lambda: (
                self._stairwell(), self.dice.choice(("read", "coming")), self.dice.random() < 0.3,
            ),
            "ring": lambda: (
                self.dice.randrange(4), self.dice.choice(("recall", "recall", "withdraw")),
            ),
            "tell": lambda: (
                self.dice.randrange(4), *self._door(),
                self.dice.choice(("told", "told", "no_answer", "call_back")),
            ),
            "call": lambda: (self._stairwell(), self.dice.randint(1, 7)),
            "take": self._door,
            "give": lambda: (
                self.dice.randrange(3), self.dice.randrange(6), self.dice.random() < 0.4,
            ),
            "receive": lambda: (self.dice.randrange(3), self.dice.choice((-1, -1, 0, 1, 2, 3))),
            "bring": lambda: (
                self.dice.randrange(3), self.dice.choice(("back", "back", "wrong", "put")),
            ),
            "acknowledge": lambda: (
                self.dice.randrange(4), self.dice.choice(("read", "coming", "cannot")),
            ),
            "seen": lambda: (self.dice.randrange(4), self.dice.choice(("shown", "opened"))),
            "dispute": lambda: (self._round(),),
            "ask": lambda: (self.dice.choice(NEEDS), *self._door()),
            "help": lambda: (self.dice.randrange(3),),
            "go_on": lambda: (
                self.dice.choice(("under_way", "handed_over", "done", "done", "could_not")),
            ),
            "pass_on": lambda: (self.dice.randrange(6),),
            "word": lambda: (
                self.dice.choice(("add", "withdraw", "thank", "reopen", "nudge")),
                self.dice.randrange(3), self.dice.randrange(3),
            ),
            "sort": lambda: (
                self.dice.choice(("join", "part", "reopen", "escalate")),
                self.dice.randrange(3), self.dice.randrange(3),
            ),
            "revoke": lambda: (self.dice.randrange(2, 5),),
        }  # fmt: skip
        if self.calm:
            # Who is faster decides a race, a server notices in its own time who may no more, and
            # the clocks of requests run in the real day, beside what people do in the told one.
            what = {"race": "tabs", "expire": "look", "revoke": "look"}.get(what, what)
            what = "look" if what in HELPING else what
        if what == "switch":
            who = SHARED
        return Step(f"phone {who}", what, roll[what]() if what in roll else ())

    def _weather(self) -> tuple[Any, ...]:
        """Up to four requests in a row meet with something."""
        coming: list[Any] = []
        for _ in range(self.dice.randint(1, 4)):
            if self.dice.random() < 0.4 + self.windy:
                coming += [self.dice.choice(self.weathers), self.dice.randrange(1, 200)]
        return tuple(coming)

    def _jump(self) -> tuple[int]:
        """Minutes, or days."""
        if self.dice.random() < 0.4:
            return (self.dice.randint(-90, 90) * 60_000,)
        return (self.dice.choice((-1, 1)) * self.dice.randint(1, 40) * DAY,)

    # What happens to the server

    def _troubles(self) -> list[Step]:
        chances = {"kill": 0.35, "freeze": 0.15, "disk": 0.15, "locked": 0.2, "disconnect": 0.25}
        if self.calm:
            # A kill between two steps catches nothing on its way.
            chances = {"kill": 0.3}
        return [
            Step("server", what, (self.dice.randint(1, 500),))
            for what, chance in chances.items()
            if self.dice.random() < chance
        ]

    # Small dice

    def _weighted(self, **weights: float) -> str:
        return self.dice.choices(list(weights), list(weights.values()))[0]

    def _round(self) -> int:
        return self.dice.choice((0, 0, 0, 1))

    def _stairwell(self) -> int:
        """Mostly the one that was given to them."""
        if self.who in CARRIERS and self.dice.random() < 0.75:
            return (self.who - CARRIERS[0]) // 2
        return self.dice.randrange(3)

    def _door(self) -> tuple[int, int]:
        return self._stairwell(), self.dice.randrange(12)

    def _answer(self) -> tuple[int, int, int]:
        """Which answer, how many, and how long a note."""
        note = self.dice.choice((0, 0, 0, 0, 20, 400, 600))
        return self.dice.randrange(84), self.dice.choice((1, 1, 1, 2, 3, 9)), note
