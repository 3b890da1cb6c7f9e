"""Who lives where, who tests where, and what everybody will do once called.

Block E: 25 towers of 18 floors with 4 flats each, 5,000 residents and some. What chance decides of
a resident is drawn here, before anybody is called, so that every way of calling gets the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from server.clock import MINUTE, SECOND

TOWERS = 25
LEVELS = 18
FLATS = 4
HOUSEHOLDS = (1, 2, 3, 4, 5)
HOW_MANY = (0.14, 0.29, 0.30, 0.18, 0.09)
"""People in a flat and how often: 2.79 on average, 201 in a tower, 5,022 in the block."""

REACTION, REACTION_SPREAD = 3.0, 0.5
"""Median minutes from the call to the door of the flat, and the deviation of its logarithm."""

LATE_FROM, LATE_TO = 10.0, 40.0
"""Minutes by which a late household leaves later than the others: asleep, or feeding a child."""

NEVER = 0.03
"""Share of people who never come: away, ill, tested elsewhere."""

WALK_DOWN_TO = 3
"""Highest level from which people may walk down instead of waiting for the lift."""

WALKS_DOWN = 0.7
"""Share of households up to that level that do; from level 1 everybody walks."""

STAIRS = 20 * SECOND
"""Milliseconds for a flight of stairs."""


@dataclass(frozen=True, slots=True)
class Site:
    """A test site: its medics and the towers that come to it."""

    medics: int
    towers: tuple[int, ...]
    limit: int  # people who may wait there


@dataclass(frozen=True, slots=True)
class Setting:
    """A block and its sites, under a name."""

    name: str
    sites: tuple[Site, ...]
    walk: tuple[int, int]  # milliseconds from the nearest and from the farthest tower


LIMITS = {1: 30, 2: 40, 9: 150}
"""People who may wait at a site of so many medics: 15, 10 and 8 minutes of work."""


def _sites(*shape: tuple[int, int]) -> tuple[Site, ...]:
    """Sites of so many medics and towers, the towers given out in order."""
    sites, first = [], 0
    for medics, towers in shape:
        sites.append(Site(medics, tuple(range(first, first + towers)), LIMITS[medics]))
        first += towers
    assert first == TOWERS
    return tuple(sites)


SIX_SITES = Setting(
    "six sites",
    _sites((2, 6), (2, 5), (2, 5), (1, 3), (1, 3), (1, 3)),
    (1 * MINUTE, 3 * MINUTE),
)
"""Nine medics at six sites, each with towers in proportion."""

ONE_SITE = Setting("one site", _sites((9, 25)), (1 * MINUTE, 6 * MINUTE))
"""The first days: all nine medics and everybody in one place."""


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody, and what they will do once called."""

    nth: int
    tower: int
    level: int
    comes: bool
    reaction: int  # milliseconds from the call to the lift door or the first stair
    walks_down: bool
    walk: int  # milliseconds from the foot of the tower to the site
    service: float  # their swab, as a multiple of their medic's usual time


def residents(setting: Setting, late: float, seed: int) -> list[Resident]:
    """Everybody in the block. The same seed gives the same people, whoever of them is late."""
    chance = random.Random(f"residents {seed}")
    found: list[Resident] = []
    nearest, farthest = setting.walk
    for tower in range(TOWERS):
        distance = chance.uniform(nearest, farthest)
        for level in range(1, LEVELS + 1):
            for _ in range(FLATS):
                size = chance.choices(HOUSEHOLDS, HOW_MANY)[0]
                reaction = chance.lognormvariate(0, REACTION_SPREAD) * REACTION * MINUTE
                delay = chance.uniform(LATE_FROM, LATE_TO) * MINUTE
                reaction += delay if chance.random() < late else 0
                by_stairs = chance.random() < WALKS_DOWN and level <= WALK_DOWN_TO
                pace = chance.uniform(0.8, 1.2)
                for _ in range(size):
                    found.append(
                        Resident(
                            nth=len(found),
                            tower=tower,
                            level=level,
                            comes=chance.random() >= NEVER,
                            reaction=int(reaction),
                            walks_down=by_stairs or level == 1,
                            walk=int(distance * pace),
                            service=chance.gammavariate(SHAPE, 1 / SHAPE),
                        )
                    )
    return found


SHAPE = 4.0
"""Of the gamma distribution of one swab's time: its deviation is half its mean."""
