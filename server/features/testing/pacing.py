"""When to call which floor down to a test site. No session, request or clock.

A site wants two things that pull against each other: its medics never idle, and no crowd waits. In
between lies the way down: people called now arrive minutes later, some much later, some never. So
each decision is a forecast. From what the site has seen these functions learn how fast it swabs
(`service_rate`) and how long after a call people come, if they come (`ways_down`); from those
they work out how the queue will run if one more call is made now, with a margin for chance; and
they propose that call only where the queue stays within the limit all along.

The other rule is the lift. A stairwell has one, and two floors must not meet in it: the next floors
of a stairwell wait until most of the last call has come, or has had the time to.

Everything is worked out anew from what was seen, so nothing drifts, and what a process forgot at a
restart changes nothing. Instants are Unix milliseconds, durations are minutes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median

from server.clock import MINUTE

RATE = 1.97
"""People swabbed by a medic in a minute, before a site has shown its own rate.

A published morning: 4,784 people in 4.5 hours by nine medics."""

RATE_PRIOR = 20.0
"""Swabs for which `RATE` counts at first against what was seen."""

RATE_MEMORY = 25.0
"""Minutes of work after which a swab counts 1/e of a fresh one: 50 people for each medic."""

PAUSE = 10.0
"""Minutes without a swab that say nothing about the rate: lunch, or a change of suits.

Longer than a tube of ten takes one medic, where swabs are entered by the tube."""

STILL = 4.0
"""Minutes without a swab, while somebody waits, after which the site counts as standing still."""

LONGEST_WAY = 90
"""Minutes after a call in which people may still come; whoever has not by then never will."""

LEARN_FROM = 120
"""Minutes back from now whose calls say how people come: a morning is not an evening."""

WAY_PRIOR = 10.0
"""People for whom the assumed way down counts against what was seen."""

HORIZON = 20
"""Minutes that a forecast looks past a call: most have come by then, the rest is a guess."""

CERTAINTY = 3.4
"""Standard deviations kept free under the limit: a queue is looked at hundreds of times a day.

Chosen by simulation (docs/calling.md): with 3 a site passed its limit on one day in six on which
many came late, and finished no sooner by more than two minutes in a hundred."""

CLUMP = 3.3
"""People come down as households, which makes chance larger: mean of their size squared ÷ mean."""

UNEVEN = 0.5
"""Variance of one swab's time over its mean squared."""

UNLEARNT = 0.35
"""Standard error of how many come by a minute, as a share, while nobody has been seen to come.

It halves with every fourfold of `WAY_LEARNT` people."""

WAY_LEARNT = 20.0
"""People who came, after whom the way down begins to be known."""

MOST = 2 / 3
"""Share of those expected from a call after which its stairwell's lift is free again."""

SHORTEST_HOLD, LONGEST_HOLD = 4.0, 12.0
"""Minutes for which a call keeps its stairwell's lift, if few of its people come."""

SAID = 30
"""Minutes for which somebody who answered “coming” is believed."""

LOOK_AHEAD = 15
"""Minutes ahead in which the next call is looked for; it is asked again long before."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor in a site's queue, or a few of one stairwell that are called together."""

    stairwell: int
    levels: tuple[int, ...]
    people: int  # who are expected to be swabbed, not who live there


@dataclass(frozen=True, slots=True)
class Called:
    """A call that was made, and who came after it.

    Who is called again is counted in the later call alone: leave in the earlier who came.
    """

    at: int
    stairwell: int
    levels: tuple[int, ...]
    people: int
    coming: int = 0  # of them, who answered “coming”
    came: tuple[int, ...] = ()  # when each reached the site


@dataclass(frozen=True, slots=True)
class Seen:
    """What a site has seen so far today."""

    calls: tuple[Called, ...] = ()
    swabbed: tuple[int, ...] = ()  # when each was
    walked_in: tuple[int, ...] = ()  # when those came whom no call had asked
    medics: int = 1

    def waiting(self) -> int:
        """People at the site who are not swabbed yet, those whose turn it is included."""
        came = len(self.walked_in) + sum(len(call.came) for call in self.calls)
        return max(0, came - len(self.swabbed))


@dataclass(frozen=True, slots=True)
class Queue:
    """A site's floors in the order in which they are to be called, called ones included."""

    floors: tuple[Floor, ...] = ()
    skipped: frozenset[tuple[int, int]] = frozenset()  # stairwell and level
    held: frozenset[int] = frozenset()  # stairwells a lead wants nobody called from for now


@dataclass(frozen=True, slots=True)
class Limits:
    """What a site was set up with."""

    waiting: int = 30  # people at most at the site
    together: int = 12  # people at most in a call of more than one floor: about a lift full


ROOM, CROWD, LIFTS, STILL_SITE, HELD = "room", "crowd", "lifts", "still", "held"
"""Why a call is proposed for when it is: there is room now; too many wait or are on their way; the
lifts of all that could be called are taken; nobody is being swabbed; a lead holds what is left."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom to call next, and when: now, if `at` has come. No floors: only a lead can go on."""

    at: int
    floors: tuple[Floor, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a household is told: “about 12 minutes, 3 floors before you”."""

    minutes: int
    floors_before: int


@dataclass(frozen=True, slots=True)
class WaysDown:
    """How long after a call people come: the share still missing after 0, 1, 2 … minutes."""

    missing: tuple[float, ...]
    seen: int = 0  # people from whom it was learnt

    def after(self, age: float) -> float:
        """The share not yet come at that age, in minutes."""
        if age <= 0:
            return 1.0
        whole = int(min(age, LONGEST_WAY))
        if whole >= LONGEST_WAY:
            return self.missing[-1]
        part = age - whole
        return self.missing[whole] * (1 - part) + self.missing[whole + 1] * part

    @property
    def share(self) -> float:
        """The share that comes at all; never quite 0."""
        return max(0.01, 1 - self.missing[-1])

    def delay(self, part: float = 0.5) -> float:
        """Minutes until that part of those who come at all have come; the median by default."""
        wanted = 1 - part * self.share
        for minute, left in enumerate(self.missing):
            if left <= wanted:
                before = self.missing[minute - 1] if minute else 1.0
                return minute - (wanted - left) / (before - left) if before > left else minute
        return float(LONGEST_WAY)

    def chance(self, age: float, within: float) -> float:
        """That somebody missing at that age comes within so many minutes."""
        left = self.after(age)
        return 0.0 if left <= 0 else max(0.0, 1 - self.after(age + within) / left)


# What is learnt from what was seen


def service_rate(seen: Seen) -> float:
    """People a minute that the site swabs while there is work; never 0.

    Only time in which every medic had somebody counts, so neither lunch nor a slow trickle of
    arrivals makes a site look slow. Later swabs count for more than earlier ones.
    """
    done = sorted(seen.swabbed)
    came = _arrivals(seen)
    people, minutes, worked = 0.0, 0.0, 0.0
    for nth in range(len(done) - 1, 0, -1):
        gap = (done[nth] - done[nth - 1]) / MINUTE
        left = bisect_right(came, done[nth - 1]) - nth
        if gap > PAUSE or left < seen.medics:
            continue
        weight = math.exp(-worked / RATE_MEMORY)
        people += weight
        minutes += weight * gap
        worked += gap
        if worked > 2 * RATE_MEMORY:
            break
    assumed = RATE_PRIOR * math.exp(-worked / RATE_MEMORY)  # as if swabbed before all others
    return (people + assumed) / (minutes + assumed / (max(1, seen.medics) * RATE))


def stands_still(seen: Seen, now: int) -> bool:
    """True where somebody has waited for a while in which nobody was swabbed."""
    if not seen.waiting():
        return False
    first = _arrivals(seen)[len(seen.swabbed)]  # of those who wait, if they go in turn
    return now - max(seen.swabbed, default=first) > STILL * MINUTE < now - first


def _arrivals(seen: Seen) -> list[int]:
    """When people reached the site, called or not."""
    return sorted([*seen.walked_in, *(at for call in seen.calls for at in call.came)])


def ways_down(seen: Seen, now: int) -> WaysDown:
    """How people come after a call, from the last two hours of calls.

    Everybody called is followed from the call until they came, or until now. In each minute the
    share of those still missing who came in it is the hazard (the life table's estimate), so those
    who may yet come are neither counted as lost nor as come.
    """
    came = [0.0] * (LONGEST_WAY + 1)
    until = [0.0] * (LONGEST_WAY + 2)  # people followed for exactly so many whole minutes
    for call in seen.calls:
        age = _age(call, now)
        if age > LEARN_FROM:
            continue
        for at in call.came:
            minute = min(LONGEST_WAY, max(0, (at - call.at) // MINUTE))
            came[minute] += 1
            until[minute + 1] += 1
        until[min(LONGEST_WAY + 1, int(age))] += max(0, call.people - len(call.came))
    missing, followed = [1.0], sum(until)
    for minute in range(LONGEST_WAY):
        followed -= until[minute]
        hazard = (came[minute] + WAY_PRIOR * _assumed_hazard(minute)) / (followed + WAY_PRIOR)
        missing.append(missing[-1] * (1 - min(1.0, hazard)))
    return WaysDown(tuple(missing), int(sum(came)))


def _age(call: Called, now: int) -> float:
    """Minutes since a call. A clock that was set back makes it no younger than it was by much."""
    return abs(now - call.at) / MINUTE


def _assumed_hazard(minute: int) -> float:
    """The share of those missing who come in a minute after the call, before anything was seen.

    Nobody is down in 3 minutes; then half come in 6 and three of four in 12; the rest straggle for
    three quarters of an hour.
    """
    if minute < 3 or minute >= 45:
        return 0.0
    return 0.12 if minute < 15 else 0.04


def farther(seen: Seen, now: int) -> dict[int, float]:
    """Minutes by which each stairwell's people take longer than all, or, if negative, shorter.

    Far towers called before near ones come at the same time. By medians, so that those who are late
    count little; only of calls whose people have had the time to come.
    """
    delays: dict[int, list[float]] = {}
    for call in seen.calls:
        if LONGEST_HOLD < _age(call, now) <= LEARN_FROM:
            took = [min(LONGEST_WAY, max(0.0, (at - call.at) / MINUTE)) for at in call.came]
            delays.setdefault(call.stairwell, []).extend(took)
    usual = median([took for each in delays.values() for took in each] or [0.0])
    return {
        stairwell: (median(each) - usual) * len(each) / (len(each) + WAY_PRIOR)
        for stairwell, each in delays.items()
        if each
    }


def on_their_way(seen: Seen, now: int, ways: WaysDown | None = None) -> float:
    """People called who have not come and are still expected to: no-shows fade out with age."""
    ways = ways or ways_down(seen, now)
    return sum(
        people * (1.0 if sure else ways.chance(age, LONGEST_WAY))
        for (age, sure), people in _missing(seen, now).items()
    )


def _missing(
    seen: Seen, now: int, shifts: Mapping[int, float] | None = None
) -> dict[tuple[int, bool], int]:
    """How many have not come, by whole minutes since their call and whether they said they do.

    Who has a longer way is as far as others are who were called later.
    """
    found: dict[tuple[int, bool], int] = {}
    for call in seen.calls:
        missing = call.people - len(call.came)
        age = max(0, round(_age(call, now) - (shifts or {}).get(call.stairwell, 0.0)))
        if missing <= 0 or age >= LONGEST_WAY:
            continue
        sure = max(0, min(missing, call.coming - len(call.came))) if age < SAID else 0
        for key, people in (((age, False), missing - sure), ((age, True), sure)):
            if people:
                found[key] = found.get(key, 0) + people
    return found


def taken_lifts(seen: Seen, now: int, ways: WaysDown | None = None) -> dict[int, int]:
    """Stairwells whose last call is still coming down, and when each is free at the latest."""
    ways = ways or ways_down(seen, now)
    hold = _hold(ways)
    taken: dict[int, int] = {}
    for call in seen.calls:
        left = hold - _age(call, now)
        most_came = len(call.came) >= MOST * ways.share * call.people
        if left > 0 and not most_came:
            free = now + math.ceil(left * MINUTE)
            taken[call.stairwell] = max(taken.get(call.stairwell, free), free)
    return taken


def _hold(ways: WaysDown) -> float:
    """Minutes for which a call keeps the lift at most: until most have usually come."""
    return min(LONGEST_HOLD, max(SHORTEST_HOLD, ways.delay(MOST)))


# What is decided


def propose(seen: Seen, queue: Queue, now: int, limits: Limits) -> Proposal | None:
    """The next call: whom and when. None where nobody is left to call."""
    left = left_to_call(seen, queue)
    if not left:
        return None
    callable_ = [floor for floor in left if floor.stairwell not in queue.held]
    if not callable_:
        return Proposal(now, (), HELD)
    ways = ways_down(seen, now)
    taken = taken_lifts(seen, now, ways)
    free = [floor for floor in callable_ if floor.stairwell not in taken]
    if not free:
        first = min(callable_, key=lambda floor: taken[floor.stairwell])
        at = max(now, taken[first.stairwell])
        return Proposal(at, _together(first, callable_, limits), LIFTS)
    floors = _together(free[0], free, limits)
    still = stands_still(seen, now)
    shifts = farther(seen, now)
    run = _Forecast.of(seen, now, ways, 0.0 if still else service_rate(seen), shifts)
    people = sum(floor.people for floor in floors)
    wait = run.first_room(people, shifts.get(floors[0].stairwell, 0.0), limits.waiting)
    why = ROOM if wait == 0 else STILL_SITE if still else CROWD
    return Proposal(now + wait * MINUTE, floors, why)


def left_to_call(seen: Seen, queue: Queue) -> list[Floor]:
    """The queue without what was called or is skipped, in its order; held stairwells are in it."""
    called = {(call.stairwell, level) for call in seen.calls for level in call.levels}
    out = called | queue.skipped
    left = []
    for floor in queue.floors:
        levels = tuple(level for level in floor.levels if (floor.stairwell, level) not in out)
        if len(levels) == len(floor.levels):
            left.append(floor)
        elif levels:
            # People are known for the floors together only, so each of them counts the same.
            people = round(floor.people * len(levels) / len(floor.levels))
            left.append(Floor(floor.stairwell, levels, people))
    return left


def _together(first: Floor, floors: Iterable[Floor], limits: Limits) -> tuple[Floor, ...]:
    """The floor, and the next of its stairwell as long as all of them are not too many."""
    chosen, people = [first], first.people
    for floor in floors:
        if floor.stairwell == first.stairwell and floor is not first:
            if people + floor.people > limits.together:
                break
            chosen.append(floor)
            people += floor.people
    return tuple(chosen)


@dataclass(frozen=True, slots=True)
class _Forecast:
    """How a site's queue runs, minute by minute, if nobody else is called."""

    waiting: int
    rate: float
    learnt_from: float  # swabs from which the rate was learnt
    ways: WaysDown
    coming: list[float]  # expected to have come by minute 0, 1, 2 …
    chance: list[float]  # variance of that
    missing: int  # people called who have not come, whether they ever will or not

    @classmethod
    def of(
        cls, seen: Seen, now: int, ways: WaysDown, rate: float, shifts: Mapping[int, float]
    ) -> _Forecast:
        """The forecast from what was seen."""
        minutes = HORIZON + LOOK_AHEAD + 1
        coming, chance = [0.0] * minutes, [0.0] * minutes
        missing = _missing(seen, now, shifts)
        for (age, sure), people in missing.items():
            left = ways.missing[age]
            # Whoever said that they come is counted as if nobody stayed away.
            ever = left - ways.missing[-1] if sure else left
            for minute in range(1, minutes):
                come = left - ways.missing[min(LONGEST_WAY, age + minute)]
                share = come / ever if ever > 0 else 1.0
                coming[minute] += people * share
                chance[minute] += people * share * (1 - share)
        memory = max(1, seen.medics) * RATE * RATE_MEMORY
        learnt_from = RATE_PRIOR + min(len(seen.swabbed), memory)
        return cls(seen.waiting(), rate, learnt_from, ways, coming, chance, sum(missing.values()))

    def first_room(self, people: int, shift: float, limit: int) -> int:
        """Minutes until so many more can be called, whose way is longer by `shift`."""
        if self.waiting + self.coming[-1] < 1:
            return 0  # else a floor larger than the limit would never be called
        minutes = range(LOOK_AHEAD)
        return next(
            (wait for wait in minutes if self._fits(people, shift, limit, wait)), LOOK_AHEAD
        )

    def _fits(self, people: int, shift: float, limit: int, wait: int) -> bool:
        """True where a call after so many minutes keeps the queue within the limit.

        Chance adds up only from when the queue was last empty: what came before is swabbed.
        """
        queue, before, since = float(self.waiting), 0.0, 0
        for minute in range(1, wait + HORIZON + 1):
            share = 1 - self.ways.after(minute - wait - shift)
            come = self.coming[minute] + people * share
            queue += come - before - self.rate
            before = come
            if queue <= 0:
                queue, since = 0.0, minute
            elif (
                minute > wait
                and queue + CERTAINTY * self._spread(people, wait + shift, since, minute) > limit
            ):
                return False
        return True

    def _spread(self, people: int, start: float, since: int, minute: int) -> float:
        """Standard deviation of the queue, in people, gathered between two minutes."""
        share = self.ways.after(since - start) - self.ways.after(minute - start)
        expected = self.coming[minute] - self.coming[since]
        # Exact from now on (`chance`); from a later minute the lower of two upper bounds.
        arriving = min(
            self.chance[minute] + self.coming[since],
            expected * (1 - expected / max(1.0, self.missing)),
        )
        arriving += people * share * (1 - share)
        served = self.rate * (minute - since)
        unlearnt = UNLEARNT / math.sqrt(1 + self.ways.seen / WAY_LEARNT)
        return math.sqrt(
            CLUMP * arriving
            + (unlearnt * (expected + people * share)) ** 2
            + UNEVEN * served
            + UNEVEN / self.learnt_from * served**2  # the rate itself is only learnt
        )


# What people are told


def turn(
    seen: Seen, queue: Queue, now: int, limits: Limits, stairwell: int, level: int
) -> Turn | None:
    """When a floor's turn comes. None where it was called, is skipped or held, or is not here."""
    left = [floor for floor in left_to_call(seen, queue) if floor.stairwell not in queue.held]
    nth = next(
        (
            nth
            for nth, floor in enumerate(left)
            if floor.stairwell == stairwell and level in floor.levels
        ),
        None,
    )
    if nth is None:
        return None
    before = left[:nth]
    ways = ways_down(seen, now)
    pace = service_rate(seen) / ways.share  # people called a minute once the site is full
    room = _until_room(seen, queue, now, limits)
    by_site = room + sum(floor.people for floor in before) / pace
    # Its own stairwell's floors come down one call after the other, however fast the site is.
    mine = [floor for floor in before if floor.stairwell == stairwell]
    free_at = taken_lifts(seen, now, ways).get(stairwell, now)
    by_lift = (free_at - now) / MINUTE + _hold(ways) * len(_calls(mine, limits))
    return Turn(max(0, round(max(by_site, by_lift))), sum(len(floor.levels) for floor in before))


def _until_room(seen: Seen, queue: Queue, now: int, limits: Limits) -> float:
    proposal = propose(seen, queue, now, limits)
    return max(0.0, (proposal.at - now) / MINUTE) if proposal else 0.0


def _calls(floors: Sequence[Floor], limits: Limits) -> list[tuple[Floor, ...]]:
    """Floors of one stairwell as they will be called."""
    calls, left = [], list(floors)
    while left:
        calls.append(_together(left[0], left, limits))
        left = [floor for floor in left if floor not in calls[-1]]
    return calls


def finish(seen: Seen, queue: Queue, now: int) -> int:
    """When the site will have swabbed everybody who comes, held stairwells included."""
    ways = ways_down(seen, now)
    to_call = sum(floor.people for floor in left_to_call(seen, queue))
    coming = on_their_way(seen, now, ways)
    work = (seen.waiting() + coming + to_call * ways.share) / service_rate(seen)
    last = ways.delay() if to_call or coming >= 1 else 0.0  # nobody is swabbed before they come
    return now + int(max(work, last) * MINUTE)


def take_turns(floors: Collection[Floor]) -> tuple[Floor, ...]:
    """A queue in which stairwells take turns, each from its first floor given to its last.

    Tower after tower would leave one lift to feed the whole site at the end.
    """
    stairwells: dict[int, list[Floor]] = {}
    for floor in floors:
        stairwells.setdefault(floor.stairwell, []).append(floor)
    rows = zip_longest(*stairwells.values())
    return tuple(floor for row in rows for floor in row if floor is not None)
