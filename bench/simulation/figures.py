"""What a simulated morning comes to, over several seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

from bench.simulation.block import ONE_SITE, SIX_SITES, Setting
from bench.simulation.day import Day, queue, run
from bench.simulation.ways import WAYS
from server.clock import HOUR, MINUTE

SETTINGS = {setting.name: setting for setting in (SIX_SITES, ONE_SITE)}
LATE = (0.0, 0.3)
SEEDS = (301, 302, 303, 304, 305, 306, 307)
"""None of them was looked at while the rules were being chosen."""

PAUSED = SEEDS[:3]
PAUSE = (2 * HOUR, 2 * HOUR + 20 * MINUTE)
"""Mornings run once more with a pause, and when nobody is swabbed then."""


@dataclass(frozen=True, slots=True)
class Case:
    """One simulated morning."""

    setting: str
    late: float
    way: str
    seed: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. Times are minutes."""

    finish: float
    nearly: float  # when 99 of 100 were swabbed
    longest_queue: int  # people at the fullest site
    of_limit: float  # the longest queue of each site ÷ its limit, the most
    over: float  # during which a site was over its limit, the most
    longest_wait: float  # at a site
    lift_wait: float  # the longest
    aboard: float  # people in a ride, on average
    shared: float  # rides with people from more than one floor, as a share
    rate: float  # people a minute for each medic while at work
    finish_errors: tuple[float, ...]  # of what sites expected after two hours, as a share
    turn_errors: tuple[float, ...]  # minutes by which a floor was called later than it was told
    line: tuple[int, ...]  # people waiting at the first site, minute by minute


def outcome(day: Day) -> Outcome:
    """A morning in figures."""
    lines = [(site, queue(site)) for site in day.sites]
    return Outcome(
        finish=day.finish / MINUTE,
        nearly=_nearly(day) / MINUTE,
        longest_queue=day.longest_queue,
        of_limit=max(max(count for _, count in line) / site.site.limit for site, line in lines),
        over=max(_over(line, site.site.limit) for site, line in lines) / MINUTE,
        longest_wait=max(site.longest_wait for site in day.sites) / MINUTE,
        lift_wait=max(day.lift_waits) / MINUTE,
        aboard=sum(people for people, _ in day.rides) / len(day.rides),
        shared=sum(levels > 1 for _, levels in day.rides) / len(day.rides),
        rate=len(day.served) / (day.busy / MINUTE),
        finish_errors=tuple(
            abs(finish - site.swabbed[-1]) / site.swabbed[-1]
            for site in day.sites
            for at, finish in site.expected
            if 2 * HOUR <= at < 2 * HOUR + 30 * MINUTE
        ),
        turn_errors=tuple(
            (day.called[place] - at) / MINUTE - minutes for at, minutes, place in day.told
        ),
        line=_by_minute(lines[0][1]),
    )


def _nearly(day: Day) -> int:
    swabbed = sorted(at for site in day.sites for at in site.swabbed)
    return swabbed[len(swabbed) * 99 // 100 - 1]


def _over(line: Sequence[tuple[int, int]], limit: int) -> int:
    return sum(until - at for (at, count), (until, _) in pairwise(line) if count > limit)


def _by_minute(line: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The most people in each minute."""
    most = [0] * (line[-1][0] // MINUTE + 2)
    for (at, count), (until, _) in pairwise([*line, (line[-1][0] + 1, 0)]):
        for minute in range(at // MINUTE, until // MINUTE + 1):
            most[minute] = max(most[minute], count)
    return tuple(most)


def simulate(case: Case) -> Outcome:
    """Run one morning."""
    setting: Setting = SETTINGS[case.setting]
    pauses = PAUSE if case.paused else None
    return outcome(run(setting, WAYS[case.way], case.late, case.seed, pauses))


def everything() -> dict[Case, Outcome]:
    """Every way in every setting; the pacing once more with a pause."""
    cases = [
        Case(setting, late, way, seed)
        for setting in SETTINGS
        for late in LATE
        for way in WAYS
        for seed in SEEDS
    ]
    cases += [Case(setting, 0.0, "paced", seed, True) for setting in SETTINGS for seed in PAUSED]
    with ProcessPoolExecutor() as processes:
        return dict(zip(cases, processes.map(simulate, cases), strict=True))


def of(found: dict[Case, Outcome], setting: str, late: float, way: str) -> list[Outcome]:
    """A way's outcomes, by seed."""
    return [found[Case(setting, late, way, seed)] for seed in SEEDS]


def beside_fastest(
    found: dict[Case, Outcome],
    setting: str,
    late: float,
    way: str,
    when: Callable[[Outcome], float] = lambda one: one.finish,
) -> list[float]:
    """By seed, when a way is through ÷ when the fastest way without pacing is, on the same day."""
    others = [of(found, setting, late, other) for other in WAYS if other != "paced"]
    fastest = [min(when(one) for one in day) for day in zip(*others, strict=True)]
    mine = of(found, setting, late, way)
    return [when(one) / best for one, best in zip(mine, fastest, strict=True)]


def slowest(found: dict[Case, Outcome]) -> int:
    """The seed of the day with the slowest medics."""
    return min(SEEDS, key=lambda seed: found[Case(ONE_SITE.name, 0.0, "paced", seed)].rate)
