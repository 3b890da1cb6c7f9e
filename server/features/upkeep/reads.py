"""Which entries are old: of one household, for its first page; of buildings, for stewards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from server import clock
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import communities, households
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.people.tables import resident_changes
from server.features.rounds.reads import parts
from server.features.upkeep import rules
from server.features.upkeep.tables import upkeep
from server.features.upkeep.views import BuildingLine, Old, Question


class Known(NamedTuple):
    """How old what is known of one home is, and when it was last asked."""

    household: int
    stairwell: int
    known_at: int
    asked_at: int | None
    later_at: int | None


def question(connection: Connection, person: Person) -> Question | None:
    """What to ask of somebody's household; None where nothing is old, or it was asked lately."""
    now = clock.now()
    home = person.household_id
    if home is None or home not in person.homes(now):
        return None
    door = estates.household(connection, person.community_id, home)
    if door is None:
        return None
    found = known(connection, person.community_id, [door.stairwell], [home])
    if not found or not rules.is_old(found[0].known_at, now):
        return None
    if not rules.shows(found[0].later_at, now):
        return None
    living = people.residents_of(connection, person.community_id, home)
    names = tuple(one.name for one in living)
    return Question(home, door.words, names, found[0].known_at) if names else None


def old(connection: Connection, person: Person) -> Old:
    """Every building where one keeps the register. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    places = {
        one: place
        for one, place in estates.places(connection, community_id).items()
        if person.may(May.KEEP_REGISTER, now, place)
    }
    if not places:
        raise NotAllowed("upkeep")
    by_building: dict[int, list[Known]] = defaultdict(list)
    for home in known(connection, community_id, places):
        by_building[places[home.stairwell].building].append(home)
    first: dict[int, Place] = {}
    for place in places.values():
        first.setdefault(place.building, place)
    lines = [_line(first[building], homes, now) for building, homes in by_building.items()]
    lines.sort(key=lambda one: (-one.old * 100 // one.homes, -one.old))
    return Old(tuple(lines), parts.newest(connection, community_id))


def known(
    connection: Connection,
    community_id: int,
    stairwells: Collection[int],
    only: Collection[int] = (),
) -> list[Known]:
    """Homes that are lived in, with when what is known of each was last said or changed.

    What was never changed is as old as the community.
    """
    begun = connection.execute(
        select(communities.c.made_at).where(communities.c.id == community_id)
    ).scalar_one()
    table, change = households.c, resident_changes.c
    changed = (
        select(change.household_id, func.max(change.at).label("at"))
        .where(change.community_id == community_id)
        .group_by(change.household_id)
        .subquery()
    )
    query = (
        select(
            table.id, table.stairwell_id, changed.c.at,
            upkeep.c.said_at, upkeep.c.asked_at, upkeep.c.later_at,
        )
        .outerjoin(changed, changed.c.household_id == table.id)
        .outerjoin(
            upkeep,
            (upkeep.c.community_id == table.community_id) & (upkeep.c.household_id == table.id),
        )
        .where(
            table.community_id == community_id,
            table.stairwell_id.in_(list(stairwells)),
            table.use == "home",
            ~table.vacant,
        )
        .order_by(table.stairwell_id, table.level, table.position)
    )  # fmt: skip
    if only:
        query = query.where(table.id.in_(list(only)))
    return [
        Known(
            row.id,
            row.stairwell_id,
            max(one for one in (row.at, row.said_at, begun) if one is not None),
            row.asked_at,
            row.later_at,
        )
        for row in connection.execute(query)
    ]


def _line(place: Place, homes: list[Known], now: int) -> BuildingLine:
    stale = [one for one in homes if rules.is_old(one.known_at, now)]
    return BuildingLine(
        place.building,
        place.address.compound,
        place.building_words,
        len(homes),
        len(stale),
        sum(rules.may_ask(one.asked_at, one.later_at, now) for one in stale),
        min((one.known_at for one in stale), default=None),
    )
