"""The suggestions that somebody may read: what was counted, judged, without what was put aside."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.access import reads as access
from server.features.access.reads import Passages
from server.features.access.rules import since, today_of
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.estates.rules import SEALED
from server.features.estates.tables import households, stairwells
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.vacancies import suggesting
from server.features.vacancies.tables import vacancies
from server.features.vacancies.views import Suggestion, Suggestions

MOST = 20
"""Suggestions on one page: when these have been looked at, the next come."""

NEVER = Passages(0, 0, 0, "")


class Found(NamedTuple):
    """A suggestion before it has words."""

    household: int
    what: str  # one of suggesting.SUGGESTIONS
    counted: Passages


def of(
    connection: Connection, person: Person, stairwell_ids: Collection[int], now: int
) -> Suggestions:
    """What is suggested of flats in some stairwells: first where somebody may live."""
    community_id = person.community_id
    today = today_of(now, estates.zone(connection, community_id))
    known = _known(connection, community_id, stairwell_ids)
    found = [
        one
        for one in _suggested(connection, community_id, stairwell_ids, today)
        if not _put_aside(one, known.get(one.household), now)
    ]
    found.sort(key=lambda one: (suggesting.SUGGESTIONS.index(one.what), one.household))
    shown = found[:MOST]
    ids = [one.household for one in shown]
    doors = estates.households_by_id(connection, community_id, ids)
    living = people.presence(connection, community_id, ids)
    lines = tuple(
        _line(
            one,
            doors[one.household],
            known.get(one.household),
            living[one.household].present if one.household in living else 0,
            may_open=person.may(May.SEE_PEOPLE, now, doors[one.household]),
        )
        for one in shown
    )
    return Suggestions(lines, len(found) - len(shown))


def _suggested(
    connection: Connection, community_id: int, stairwell_ids: Collection[int], today: date
) -> Iterator[Found]:
    """What the counts say, whatever anybody thinks of it."""
    heard = access.heard(connection, community_id)
    if not heard:
        return
    controls = estates.controls_of(connection, community_id, heard)
    shut = {building for building, one in controls.items() if one.status == SEALED}

    def counted(days: int) -> dict[int, Passages]:
        return access.passages(connection, community_id, stairwell_ids, since(today, days))

    recent, lately = counted(suggesting.RECENT_DAYS), counted(suggesting.QUIET_DAYS)
    for door, building, vacant in _homes(connection, community_id, stairwell_ids, heard):
        if vacant:
            what = suggesting.of_vacant(recent.get(door, NEVER).days)
        else:
            last = lately.get(door, NEVER).last
            what = suggesting.of_lived_in(last, heard[building], today, shut=building in shut)
        if what:
            yield Found(door, what, recent.get(door, NEVER))


def _homes(
    connection: Connection,
    community_id: int,
    stairwell_ids: Collection[int],
    building_ids: Collection[int],
) -> list[tuple[int, int, bool]]:
    """Flats by number, with their building and whether the register has them as vacant."""
    rows = connection.execute(
        select(households.c.id, stairwells.c.building_id, households.c.vacant)
        .select_from(estates.HOUSED)
        .where(
            stairwells.c.community_id == community_id,
            stairwells.c.id.in_(stairwell_ids),
            stairwells.c.building_id.in_(building_ids),
            households.c.use == "home",
        )
    )
    return [(door, building, bool(vacant)) for door, building, vacant in rows]


def _known(
    connection: Connection, community_id: int, stairwell_ids: Collection[int]
) -> dict[int, AnyRow]:
    """What was ever said of these flats."""
    table = vacancies.c
    rows = connection.execute(
        select(vacancies).where(
            table.community_id == community_id, table.stairwell_id.in_(stairwell_ids)
        )
    )
    return {row.household_id: row for row in rows}


def _put_aside(one: Found, known: AnyRow | None, now: int) -> bool:
    return known is not None and suggesting.is_put_aside(
        one.what, one.counted.days, known.doubted, known.doubted_at, known.doubted_days, now
    )


def _line(
    one: Found, door: Household, known: AnyRow | None, living: int, *, may_open: bool
) -> Suggestion:
    return Suggestion(
        one.household,
        door.short_words,
        one.what,
        one.counted.ins,
        one.counted.outs,
        one.counted.days,
        kept=known is not None and bool(known.vacant),
        living=living,
        may_open=may_open,
    )
