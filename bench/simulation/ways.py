"""Four ways of calling people down, each a process that stands at one site."""

from __future__ import annotations

import math

from bench.simulation.block import LEVELS
from bench.simulation.day import MEDIC_RATE, Caller, Morning, SiteDay, Steps
from server.clock import MINUTE, SECOND
from server.features.testing import pacing
from server.features.testing.pacing import Called, Floor, Limits, Queue, Seen

LOOKS = 30 * SECOND
"""How often a caller looks again."""

TELLS, ASKING = 30 * MINUTE, 12
"""How often the site is asked when it will finish, and every which floor when its turn comes."""

FEW = 10
"""People waiting for each medic below which the next building is called."""


def everybody(morning: Morning, here: SiteDay) -> Steps:
    """All towers at once, as soon as the site opens."""
    morning.call((tower, level) for tower in here.site.towers for level in range(1, LEVELS + 1))
    yield morning.env.timeout(0)


def by_building(morning: Morning, here: SiteDay) -> Steps:
    """The next tower when half of one has come and few are left waiting; one for two medics."""
    coming: list[int] = []
    for tower in here.site.towers:
        morning.call((tower, level) for level in range(1, LEVELS + 1))
        coming.append(tower)
        while True:
            coming = [tower for tower in coming if not _half_came(morning, here, tower)]
            few = here.waiting() < FEW * here.site.medics
            if few and len(coming) < math.ceil(here.site.medics / 2):
                break
            yield morning.env.timeout(LOOKS)


def _half_came(morning: Morning, here: SiteDay, tower: int) -> bool:
    levels = [(tower, level) for level in range(1, LEVELS + 1)]
    came = sum(len(here.came_from[floor]) for floor in levels)
    return came >= sum(len(morning.floors[floor]) for floor in levels) / 2


def at_intervals(morning: Morning, here: SiteDay) -> Steps:
    """A floor at a time, by a timetable that is exact for medics of the usual pace.

    The floors come in the order that the pacing uses, so that only the timing differs.
    """
    for floor in queue_of(morning, here).floors:
        morning.call((floor.stairwell, level) for level in floor.levels)
        yield morning.env.timeout(floor.people / (MEDIC_RATE * here.site.medics) * MINUTE)


def paced(morning: Morning, here: SiteDay) -> Steps:
    """What `pacing.propose` says, done at once; it is told nothing but what the site sees."""
    queue, limits = queue_of(morning, here), Limits(waiting=here.site.limit)
    calls: list[Called] = []
    tell = TELLS
    while True:
        seen = seen_by(here, calls)
        if morning.now >= tell:
            tell += TELLS
            _tell(morning, here, seen, queue, limits)
        proposal = pacing.propose(seen, queue, morning.now, limits)
        if proposal is None:
            return
        if proposal.at > morning.now:
            yield morning.env.timeout(LOOKS)
            continue
        for floor in proposal.floors:
            morning.call((floor.stairwell, level) for level in floor.levels)
        levels = tuple(level for floor in proposal.floors for level in floor.levels)
        people = sum(floor.people for floor in proposal.floors)
        calls.append(Called(morning.now, proposal.floors[0].stairwell, levels, people))


def _tell(morning: Morning, here: SiteDay, seen: Seen, queue: Queue, limits: Limits) -> None:
    """Note what some households would be told about their turn, and the site about its finish."""
    here.expected.append((morning.now, pacing.finish(seen, queue, morning.now)))
    for floor in pacing.left_to_call(seen, queue)[::ASKING]:
        place = (floor.stairwell, floor.levels[0])
        turn = pacing.turn(seen, queue, morning.now, limits, *place)
        assert turn
        morning.day.told.append((morning.now, turn.minutes, place))


def queue_of(morning: Morning, here: SiteDay) -> Queue:
    """The site's floors, its towers taking turns."""
    return Queue(
        pacing.take_turns(
            [
                Floor(tower, (level,), len(morning.floors[tower, level]))
                for tower in here.site.towers
                for level in range(1, LEVELS + 1)
            ]
        )
    )


def seen_by(here: SiteDay, calls: list[Called]) -> Seen:
    """What the site has seen, as the server would have stored it."""
    return Seen(
        tuple(
            Called(
                call.at,
                call.stairwell,
                call.levels,
                call.people,
                came=tuple(
                    at for level in call.levels for at in here.came_from[call.stairwell, level]
                ),
            )
            for call in calls
        ),
        tuple(here.swabbed),
        medics=here.site.medics,
    )


WAYS: dict[str, Caller] = {
    "everybody at once": everybody,
    "by building": by_building,
    "floors at intervals": at_intervals,
    "paced": paced,
}
"""The ways by name, in the order in which they were tried in the field."""
