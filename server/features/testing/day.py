"""A testing day as it stands: what each site has seen, and what is left to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from server.db.base import AnyRow
from server.features.notices import rules as notice_rules
from server.features.notices.tables import reach
from server.features.rounds.reads.visits import Expected, Visit, expected, visits
from server.features.rounds.tables import rounds
from server.features.testing import pacing, rules
from server.features.testing.pacing import Called, Floor, Limits, Queue, Seen
from server.features.testing.tables import floor_calls, sites, test_rounds, test_stairwells

FINAL = (rules.CAME, "excused")
"""Answers after which nobody of a household is missing."""

FloorKey = tuple[int, int]  # stairwell, level


@dataclass(frozen=True, slots=True)
class SiteDay:
    """One site: what it has seen, its queue and its limits."""

    site: AnyRow
    stairwells: tuple[int, ...]
    seen: Seen
    queue: Queue
    limits: Limits


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that is known of a testing day."""

    round: AnyRow
    test: AnyRow
    sites: tuple[SiteDay, ...]
    stairwells: dict[int, AnyRow]
    floors: dict[FloorKey, Expected]
    calls: dict[FloorKey, AnyRow]
    arrived: dict[FloorKey, list[tuple[int, int]]] = field(default_factory=dict)
    """When how many people of a floor came to the site."""
    coming: dict[FloorKey, int] = field(default_factory=dict)
    """Households that answered “coming”, by floor."""

    def site_of(self, stairwell_id: int) -> SiteDay | None:
        """The site that a stairwell comes to."""
        return next((one for one in self.sites if stairwell_id in one.stairwells), None)


def load(connection: Connection, community_id: int, round_id: str) -> Day | None:
    """A testing day; None where there is none of that id."""
    found = _one(connection, rounds, rounds.c.id, community_id, round_id)
    test = _one(connection, test_rounds, test_rounds.c.round_id, community_id, round_id)
    if found is None or test is None:
        return None
    places = {
        row.stairwell_id: row
        for row in _rows(connection, test_stairwells, community_id, round_id, "position")
    }
    floors = {
        (one.stairwell, one.level): one
        for one in expected(connection, community_id, round_id, FINAL)
    }
    calls = {
        (row.stairwell_id, row.level): row
        for row in _rows(connection, floor_calls, community_id, round_id, "at")
    }
    came = visits(connection, community_id, round_id)
    coming = _coming(connection, community_id, {row.notice_id for row in calls.values()})
    day = Day(found, test, (), places, floors, calls, _arrivals(came), coming)
    made = [
        _site(day, site, came)
        for site in _rows(connection, sites, community_id, round_id, "position")
    ]
    return Day(found, test, tuple(made), places, floors, calls, day.arrived, coming)


def _one(
    connection: Connection, table: object, column: object, community_id: int, wanted: str
) -> AnyRow | None:
    return connection.execute(
        select(table).where(table.c.community_id == community_id, column == wanted)  # type: ignore[attr-defined,call-overload]
    ).first()


def _rows(
    connection: Connection, table: object, community_id: int, round_id: str, order: str
) -> list[AnyRow]:
    c = table.c  # type: ignore[attr-defined]
    query = select(table).where(c.community_id == community_id, c.round_id == round_id)  # type: ignore[call-overload]
    return list(connection.execute(query.order_by(c[order])))


def _coming(
    connection: Connection, community_id: int, notices: Iterable[str | None]
) -> dict[FloorKey, int]:
    """Households that said they come, by floor."""
    rows = connection.execute(
        select(reach.c.stairwell_id, reach.c.level, func.count())
        .where(
            reach.c.community_id == community_id,
            reach.c.notice_id.in_([one for one in notices if one]),
            reach.c.answer == notice_rules.COMING,
        )
        .group_by(reach.c.stairwell_id, reach.c.level)
    )
    return {(stairwell, level): count for stairwell, level, count in rows}


def _arrivals(came: Iterable[Visit]) -> dict[FloorKey, list[tuple[int, int]]]:
    """Each household's first mark at the site is when it came, by floor."""
    seen: set[int] = set()
    found: dict[FloorKey, list[tuple[int, int]]] = {}
    for visit in came:
        if visit.household in seen or visit.answer not in (rules.HERE, rules.CAME, rules.PART):
            continue
        seen.add(visit.household)
        people = visit.people or visit.due
        found.setdefault((visit.stairwell, visit.level), []).append((visit.at, people))
    return found


def _site(day: Day, site: AnyRow, came: Iterable[Visit]) -> SiteDay:
    mine = tuple(one for one, row in day.stairwells.items() if row.site_id == site.id)
    calls, walked = _calls(day, mine)
    done: dict[int, Visit] = {}
    for visit in came:
        if visit.stairwell in mine and visit.answer in (rules.CAME, rules.PART):
            done.setdefault(visit.household, visit)
    swabbed = tuple(sorted(one.at for one in done.values() for _ in range(one.people)))
    floors = [
        Floor(one.stairwell, (one.level,), one.people)
        for one in sorted(
            (one for one in day.floors.values() if one.stairwell in mine and one.open),
            key=lambda one: (day.stairwells[one.stairwell].position, -one.level),
        )
    ]
    skipped = frozenset(key for key, row in day.calls.items() if row.state == rules.SKIPPED)
    held = frozenset(one for one in mine if day.stairwells[one].held)
    return SiteDay(
        site,
        mine,
        Seen(tuple(calls), swabbed, tuple(walked), max(1, site.medics)),
        Queue(pacing.take_turns(floors), skipped, held),
        Limits(waiting=day.test.most),
    )


def _calls(day: Day, mine: Iterable[int]) -> tuple[list[Called], list[int]]:
    """The calls of these stairwells with who came after each, and those nobody had called."""
    together: dict[tuple[int, int], list[int]] = {}
    here = set(mine)
    for (stairwell, level), row in day.calls.items():
        if stairwell in here and row.state == rules.CALLED:
            together.setdefault((row.at, stairwell), []).append(level)
    calls, after = [], set()
    for (at, stairwell), levels in sorted(together.items()):
        came: list[int] = []
        people = 0
        for level in levels:
            after.add((stairwell, level))
            arrived = day.arrived.get((stairwell, level), [])
            early = sum(count for when, count in arrived if when < at)
            came += [when for when, count in arrived if when >= at for _ in range(count)]
            floor = day.floors.get((stairwell, level))
            people += max(0, (floor.people if floor else 0) - early)
        coming = sum(day.coming.get((stairwell, level), 0) for level in levels)
        calls.append(
            Called(at, stairwell, tuple(levels), people, min(people, coming), tuple(sorted(came)))
        )
    walked = [
        when
        for key, arrived in day.arrived.items()
        if key[0] in here
        for when, count in arrived
        for _ in range(count)
        if key not in after or when < day.calls[key].at
    ]
    return calls, sorted(walked)
