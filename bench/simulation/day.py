"""One morning: people come down, ride, walk, queue and are swabbed, while somebody calls.

The medics are calibrated on a published morning: 4,784 people in 4.5 hours by nine medics, which is
1.97 people a minute for each. How that varies is assumed: the team's pace by 5 % from day to day,
each medic's by 8 % in the team, one swab's time by half its mean (standard deviations). The lifts
are not calibrated: one for a tower, 10 people, 2 s for a floor, 8 s for a stop and 1 s for each who
steps in or out.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import simpy

from bench.simulation.block import STAIRS, Resident, Setting, Site, residents
from server.clock import HOUR, MINUTE, SECOND

MEDIC_RATE = 4784 / (4.5 * 60 * 9)
"""People a minute for each medic: 1.97."""

DAY_SPREAD, MEDIC_SPREAD = 0.05, 0.08
"""Deviation of the whole team's pace around it from day to day, and of each medic's in the team."""

LIFT_HOLDS = 10
LIFT_FLOOR, LIFT_STOP, LIFT_STEP = 2 * SECOND, 8 * SECOND, 1 * SECOND
"""Milliseconds for travelling a floor, for a stop's doors, and for each who steps in or out."""

LONGEST = 12 * HOUR

Steps = Generator[simpy.Event, Any, None]


@dataclass(slots=True)
class SiteDay:
    """A site in the course of the day, as somebody who stands there sees it."""

    site: Site
    came: list[int] = field(default_factory=list)
    swabbed: list[int] = field(default_factory=list)
    came_from: dict[tuple[int, int], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )  # by tower and level
    longest_wait: int = 0
    expected: list[tuple[int, int]] = field(default_factory=list)  # at a time, its finish

    def waiting(self) -> int:
        """People there who are not swabbed yet."""
        return len(self.came) - len(self.swabbed)


@dataclass(slots=True)
class Day:
    """A morning as it ran."""

    setting: Setting
    people: list[Resident]
    sites: list[SiteDay]
    called: dict[tuple[int, int], int] = field(default_factory=dict)  # when, by tower and level
    served: list[int] = field(default_factory=list)  # residents by number, in order
    rides: list[tuple[int, int]] = field(default_factory=list)  # people aboard, and their floors
    lift_waits: list[int] = field(default_factory=list)
    busy: int = 0  # milliseconds that medics worked, all together
    told: list[tuple[int, int, tuple[int, int]]] = field(
        default_factory=list
    )  # when a floor was told that its turn comes in so many minutes, by tower and level

    @property
    def finish(self) -> int:
        """When the last was swabbed, in milliseconds from the first call."""
        return max(site.swabbed[-1] for site in self.sites)

    @property
    def longest_queue(self) -> int:
        """The most people who waited at any site at any time."""
        return max(max(count for _, count in queue(site)) for site in self.sites)


def queue(site: SiteDay) -> list[tuple[int, int]]:
    """How many waited at a site, after each moment at which that changed."""
    changes = sorted([(at, -1) for at in site.swabbed] + [(at, 1) for at in site.came])
    found, count = [], 0
    for at, change in changes:
        count += change
        found.append((at, count))
    return found


def medics(count: int, seed: int) -> list[float]:
    """How many people a minute each medic of a day's team swabs."""
    chance = random.Random(f"medics {seed}")
    team = MEDIC_RATE * chance.gauss(1, DAY_SPREAD)
    paces = [chance.gauss(1, MEDIC_SPREAD) for _ in range(count)]
    return [team * pace * count / sum(paces) for pace in paces]


Caller = Callable[["Morning", SiteDay], Steps]
"""A way of calling: the process that calls for a site."""


class Morning:
    """The simulation while it runs; a `Caller` reads `now`, `floors` and its site, and calls."""

    def __init__(self, setting: Setting, late: float, seed: int, pauses: tuple[int, int] | None):
        self.env = simpy.Environment()
        self.people = residents(setting, late, seed)
        self.floors: dict[tuple[int, int], list[Resident]] = defaultdict(list)
        for person in self.people:
            self.floors[person.tower, person.level].append(person)
        self.day = Day(setting, self.people, [SiteDay(site) for site in setting.sites])
        self.pauses = pauses
        self._queues = [simpy.Store(self.env) for _ in self.day.sites]
        self._site_of = {
            tower: nth for nth, site in enumerate(setting.sites) for tower in site.towers
        }
        self._lifts = {tower: Lift(self.env, self.day) for tower in self._site_of}
        paces = iter(medics(sum(site.medics for site in setting.sites), seed))
        for site, queued in zip(self.day.sites, self._queues, strict=True):
            for _ in range(site.site.medics):
                self.env.process(self._medic(site, queued, MINUTE / next(paces)))

    @property
    def now(self) -> int:
        """Milliseconds since the sites opened."""
        return int(self.env.now)

    def call(self, floors: Iterable[tuple[int, int]]) -> None:
        """Ask floors, by tower and level, to come down."""
        for floor in floors:
            assert floor not in self.day.called
            self.day.called[floor] = self.now
            for person in self.floors[floor]:
                if person.comes:
                    self.env.process(self._come(person))

    def _come(self, person: Resident) -> Steps:
        yield self.env.timeout(person.reaction)
        if person.walks_down:
            yield self.env.timeout(STAIRS * (person.level - 1))
        else:
            yield self._lifts[person.tower].ride(person.level)
        yield self.env.timeout(person.walk)
        nth = self._site_of[person.tower]
        site = self.day.sites[nth]
        site.came.append(self.now)
        site.came_from[person.tower, person.level].append(self.now)
        self._queues[nth].put((self.now, person))

    def _medic(self, site: SiteDay, queued: simpy.Store, usual: float) -> Steps:
        while True:
            came, person = yield queued.get()
            if self.pauses and self.pauses[0] <= self.now < self.pauses[1]:
                yield self.env.timeout(self.pauses[1] - self.now)
            took = int(usual * person.service)
            yield self.env.timeout(took)
            self.day.busy += took
            site.longest_wait = max(site.longest_wait, self.now - came)
            site.swabbed.append(self.now)
            self.day.served.append(person.nth)


class Lift:
    """A tower's lift: goes up to the highest floor where somebody waits, and stops coming down."""

    def __init__(self, env: simpy.Environment, day: Day):
        self._env = env
        self._day = day
        self._waiting: dict[int, list[tuple[int, simpy.Event]]] = {}  # by level: since when, who
        self._wake = env.event()
        env.process(self._run())

    def ride(self, level: int) -> simpy.Event:
        """Wait for the lift; the event comes to pass at the foot of the tower."""
        down = self._env.event()
        self._waiting.setdefault(level, []).append((int(self._env.now), down))
        if not self._wake.triggered:
            self._wake.succeed()
        return down

    def _run(self) -> Steps:
        while True:
            if not self._waiting:
                self._wake = self._env.event()
                yield self._wake
            level = max(self._waiting)
            yield self._env.timeout(LIFT_FLOOR * (level - 1))
            aboard: list[simpy.Event] = []
            levels = 0
            while True:
                entering = self._waiting.get(level, [])[: LIFT_HOLDS - len(aboard)]
                if entering:
                    levels += 1
                    self._leave(level, len(entering))
                    aboard += [down for _, down in entering]
                    now = int(self._env.now)
                    self._day.lift_waits += [now - since for since, _ in entering]
                    yield self._env.timeout(LIFT_STOP + LIFT_STEP * len(entering))
                below = [one for one in self._waiting if one < level]
                following = max(below) if below and len(aboard) < LIFT_HOLDS else 1
                yield self._env.timeout(LIFT_FLOOR * (level - following))
                level = following
                if level == 1:
                    break
            yield self._env.timeout(LIFT_STOP + LIFT_STEP * len(aboard))
            if aboard:
                self._day.rides.append((len(aboard), levels))
            for down in aboard:
                down.succeed()

    def _leave(self, level: int, count: int) -> None:
        left = self._waiting[level][count:]
        if left:
            self._waiting[level] = left
        else:
            del self._waiting[level]


def run(
    setting: Setting,
    way: Caller,
    late: float,
    seed: int,
    pauses: tuple[int, int] | None = None,
) -> Day:
    """A whole morning under one way of calling. Between `pauses` nobody is swabbed."""
    morning = Morning(setting, late, seed, pauses)
    for site in morning.day.sites:
        morning.env.process(way(morning, site))
    morning.env.run(until=LONGEST)
    return morning.day
