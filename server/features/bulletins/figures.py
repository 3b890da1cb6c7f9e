"""What the records say of one day, in counts that point at nobody; frozen when it is published.

Everything here is by building or by several buildings together (see suppression.py). Nothing of a
person, a flat or a stairwell is read, so nothing of them can be published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from server import clock
from server.features.bulletins.suppression import Block, Part, blocks
from server.features.cases import reads as cases
from server.features.cases.views import BuildingProgress
from server.features.estates import reads as estates
from server.features.estates import rules as estate_rules
from server.features.estates.records import CompoundNode, Place
from server.features.rounds.reads import outlook
from server.i18n import Words, mark

DAYS = 14
"""Days that the chart of new cases goes back."""

MOST_BARS = 12
"""Bars that a chart has room for; its table has everything."""

Recorded = dict[str, Any]
"""Words as they are recorded; see `i18n.say`."""


class Row(msgspec.Struct, frozen=True):
    """The cases of a building, or of several that are given together."""

    place: Recorded
    new: int
    tested_at: int | None
    awaiting: int
    coming: int
    picked_up: int
    arrived: int
    returned: int
    last_case_at: int | None

    @property
    def waiting(self) -> int:
        """People who have still to be fetched."""
        return self.awaiting + self.coming


class Share(msgspec.Struct, frozen=True):
    """How many of a building have reported their test."""

    place: Recorded
    due: int
    reported: int

    @property
    def percent(self) -> int:
        """In whole per cent, never rounded up to 100."""
        return 100 * self.reported // self.due if self.due else 0


class Bar(NamedTuple):
    """A bar of a chart: a solid part and a hatched one, of a width that stands for `whole`."""

    place: Recorded
    solid: int
    hatched: int
    whole: int
    said: str


class DayCount(msgspec.Struct, frozen=True):
    """New cases of one day."""

    day: str
    new: int


class Plan(msgspec.Struct, frozen=True):
    """What is planned for the day after."""

    title: str
    kind: str  # marked words


class Figures(msgspec.Struct, frozen=True):
    """Everything that a bulletin counts."""

    day: str
    at: int  # when it was counted
    rows: tuple[Row, ...] = ()
    days: tuple[DayCount, ...] = ()
    shares: tuple[Share, ...] = ()
    plans: tuple[Plan, ...] = ()
    last_case_at: int | None = None
    clear: int | None = None  # whole days since the last case; None where there never was one

    @property
    def new(self) -> int:
        """New cases of the day."""
        return sum(row.new for row in self.rows)

    @property
    def told(self) -> tuple[Row, ...]:
        """Rows that say anything."""
        return tuple(row for row in self.rows if row.new or row.waiting or _away(row))

    @property
    def waiting_bars(self) -> tuple[Bar, ...]:
        """Who waits where to be fetched: a car is on its way, or not yet."""
        most = max((row.waiting for row in self.rows), default=0)
        return tuple(
            Bar(row.place, row.coming, row.awaiting, most, str(row.waiting))
            for row in self.rows
            if row.waiting
        )

    @property
    def share_bars(self) -> tuple[Bar, ...]:
        """Who has reported where, the places with most still to do first."""
        lowest = sorted(self.shares, key=lambda share: share.percent)[:MOST_BARS]
        return tuple(
            Bar(one.place, one.reported, one.due - one.reported, one.due, f"{one.percent}%")
            for one in lowest
        )

    def total(self, name: str) -> int:
        """The sum of one count over all rows."""
        return sum(getattr(row, name) for row in self.rows)


def _away(row: Row) -> int:
    return row.picked_up + row.arrived + row.returned


def read(kept: Mapping[str, Any]) -> Figures:
    """Figures as they were frozen."""
    return msgspec.convert(kept, Figures)


def collect(connection: Connection, community_id: int, day: str, now: int) -> Figures:
    """Count what the records say of a day, as of now or of its end."""
    zone = estates.zone(connection, community_id)
    since, until = bounds(day, zone)
    tree = estates.tree(connection, community_id)
    places = _one_a_building(estates.places(connection, community_id).values())
    found = blocks(_parts(tree))
    counted = {
        one.building: one
        for one in cases.progress(connection, community_id, since, min(until, now))
    }
    rows = tuple(_row(block, tree, places, counted) for block in found)
    last = max((row.last_case_at for row in rows if row.last_case_at), default=None)
    return Figures(
        day=day,
        at=min(now, until),
        rows=rows,
        days=tuple(_days(connection, community_id, day, zone, now)) if found else (),
        shares=tuple(_shares(connection, community_id, tree, places)),
        plans=tuple(
            Plan(one.title, one.kind.label)
            for one in outlook.planned(connection, community_id, until, until + clock.DAY)
        ),
        last_case_at=last,
        clear=_days_between(last, min(now, until - 1), zone) if last else None,
    )


def bounds(day: str, zone: ZoneInfo) -> tuple[int, int]:
    """When a day begins and ends. Raises `ValueError` for what is no day."""
    first = date.fromisoformat(day)
    begins, ends = (
        clock.from_datetime(datetime(one.year, one.month, one.day, tzinfo=zone))
        for one in (first, first + timedelta(days=1))
    )
    return begins, ends


def day_of(moment: int, zone: ZoneInfo) -> str:
    """The day that a moment lies in."""
    return datetime.fromtimestamp(moment / 1000, zone).date().isoformat()


def _days_between(earlier: int, later: int, zone: ZoneInfo) -> int:
    first, last = (date.fromisoformat(day_of(one, zone)) for one in (earlier, later))
    return max(0, (last - first).days)


def _days(
    connection: Connection, community_id: int, day: str, zone: ZoneInfo, now: int
) -> Iterable[DayCount]:
    """New cases of the days up to this one, the oldest first; of the whole community only."""
    last = date.fromisoformat(day)
    for back in reversed(range(DAYS)):
        one = (last - timedelta(days=back)).isoformat()
        since, until = bounds(one, zone)
        found = cases.progress(connection, community_id, since, min(until, now))
        yield DayCount(one, sum(building.new for building in found))


def _parts(tree: Iterable[CompoundNode]) -> list[Part]:
    """Buildings in the order of the estate, with the households that are lived in."""
    return [
        Part(building.id, compound.id, building.doors.homes)
        for compound in tree
        for building in compound.buildings
    ]


def _row(
    block: Block,
    tree: Iterable[CompoundNode],
    places: Mapping[int, Place],
    counted: Mapping[int, BuildingProgress],
) -> Row:
    """The sums of a block."""
    of = [counted[part.building] for part in block.parts if part.building in counted]

    def latest(name: str) -> int | None:
        return max((moment for one in of if (moment := getattr(one, name))), default=None)

    sums = ("new", "awaiting", "coming", "picked_up", "arrived", "returned")
    return Row(
        place=_called(block, tree, places),
        tested_at=latest("tested_at"),
        last_case_at=latest("last_case_at"),
        **{name: sum(getattr(one, name) for one in of) for name in sums},
    )


def _shares(
    connection: Connection,
    community_id: int,
    tree: tuple[CompoundNode, ...],
    places: Mapping[int, Place],
) -> Iterable[Share]:
    """Reported shares, over the doors that were asked."""
    asked = outlook.reported(connection, community_id)
    parts = [
        Part(one.building, one.compound, asked[one.building].doors)
        for one in _parts(tree)
        if one.building in asked
    ]
    for block in blocks(parts):
        of = [asked[part.building] for part in block.parts]
        due = sum(one.due for one in of)
        if due:
            yield Share(_called(block, tree, places), due, sum(one.given for one in of))


def _called(block: Block, tree: Iterable[CompoundNode], places: Mapping[int, Place]) -> Recorded:
    """What a block is called: its building, its compound, or the others of it."""
    if len(block.parts) == 1:
        place = places[block.parts[0].building]
        return recorded(estate_rules.in_compound(place.scheme, place.address))
    compound = next((one for one in tree if one.id == block.compound), None)
    if compound is None:
        return recorded(Words(OTHERS))
    if len(compound.buildings) == len(block.parts):
        return recorded(Words(WHOLE, {"compound": compound.name}))
    return recorded(Words(OTHERS_OF, {"compound": compound.name}))


def recorded(words: Words) -> Recorded:
    """Words as JSON, also those that stand within others."""
    params = {
        name: recorded(value) if isinstance(value, Words) else value
        for name, value in words.params.items()
    }
    return {"text": words.text, "params": params}


def _one_a_building(places: Iterable[Place]) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for place in places:
        found.setdefault(place.building, place)
    return found


OTHERS = mark("Other buildings")
OTHERS_OF = mark("%(compound)s, other buildings")
WHOLE = mark("%(compound)s, all buildings")
