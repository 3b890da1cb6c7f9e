"""Named queries about places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, Table, bindparam, false, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from server.db.bulk import Query, among
from server.features.estates import rules
from server.features.estates.records import (
    BuildingNode,
    Community,
    CompoundNode,
    Control,
    DoorOnFloor,
    Doors,
    FloorOfStairwell,
    Household,
    Phones,
    Place,
    ServicePhone,
    Stairwell,
    StairwellNode,
)
from server.features.estates.rules import Address
from server.features.estates.tables import (
    buildings,
    communities,
    compounds,
    controls,
    floors,
    households,
    stairwells,
)


def community(connection: Connection, community_id: int) -> Community | None:
    """The community of that id."""
    row = connection.execute(
        select(
            communities.c.id, communities.c.name, communities.c.zone, communities.c.language
        ).where(communities.c.id == community_id)
    ).first()
    return Community(*row) if row else None


def zone(connection: Connection, community_id: int) -> ZoneInfo:
    """The time zone a community lives by."""
    query = select(communities.c.zone).where(communities.c.id == community_id)
    return ZoneInfo(connection.execute(query).scalar_one())


def phones(connection: Connection, community_id: int) -> Phones:
    """The service telephones of a community and its compounds."""
    query = select(communities.c.phone).where(communities.c.id == community_id)
    return Phones(
        connection.execute(query).scalar_one(),
        {
            row.id: ServicePhone(row.name, row.phone)
            for row in _in_order(connection, community_id, compounds)
        },
    )


def tree(connection: Connection, community_id: int) -> tuple[CompoundNode, ...]:
    """Compounds, their buildings, their stairwells, each with its doors counted."""
    doors = count_doors(connection, community_id)
    storeys = _count_floors(connection, community_id)
    by_building: dict[int, list[StairwellNode]] = {}
    for place in places(connection, community_id).values():
        by_building.setdefault(place.building, []).append(
            StairwellNode(
                place.stairwell,
                place.short,
                storeys.get(place.stairwell, 0),
                doors.get(place.stairwell, Doors()),
                place,
            )
        )
    by_compound: dict[int, list[BuildingNode]] = {}
    for row in _in_order(connection, community_id, buildings):
        nodes = tuple(by_building.get(row.id, ()))
        by_compound.setdefault(row.compound_id, []).append(
            BuildingNode(row.id, row.number, nodes, _sum(nodes))
        )
    return tuple(
        CompoundNode(row.id, row.name, row.scheme, nodes, _sum(nodes))
        for row in _in_order(connection, community_id, compounds)
        for nodes in [tuple(by_compound.get(row.id, ()))]
    )


def count_doors(connection: Connection, community_id: int) -> dict[int, Doors]:
    """How many doors each stairwell has."""
    counted: dict[int, Doors] = {}
    table = households.c
    kinds = (table.stairwell_id, table.use, table.vacant)
    for stairwell, use, vacant, number in connection.execute(
        select(*kinds, func.count()).where(table.community_id == community_id).group_by(*kinds)
    ):
        behind = "vacant" if vacant else "shops" if use == "shop" else "homes"
        counted[stairwell] = counted.get(stairwell, Doors()) + Doors(**{behind: number})
    return counted


def _count_floors(connection: Connection, community_id: int) -> dict[int, int]:
    """How many floors each stairwell has."""
    query = select(floors.c.stairwell_id, func.count()).where(floors.c.community_id == community_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(floors.c.stairwell_id))}


def households_by_stairwell(connection: Connection, community_id: int) -> dict[int, list[int]]:
    """The ids of the households of each stairwell."""
    found: dict[int, list[int]] = {}
    table = households.c
    query = select(table.stairwell_id, table.id).where(table.community_id == community_id)
    for stairwell_id, household_id in connection.execute(query):
        found.setdefault(stairwell_id, []).append(household_id)
    return found


def places(
    connection: Connection, community_id: int, stairwell_ids: Iterable[int] | None = None
) -> dict[int, Place]:
    """Stairwells by id, in the order of the estate; all of them unless some are asked for."""
    if stairwell_ids is None:
        return {row.stairwell_id: _place(row) for row in connection.execute(_places(community_id))}
    wanted = {"community": community_id, "ids": list(stairwell_ids)}
    return {row.stairwell_id: _place(row) for row in _PLACES.records(connection, wanted)}


def stairwell(connection: Connection, community_id: int, stairwell_id: int) -> Stairwell | None:
    """One stairwell with its floors and doors."""
    return stairwells_by_id(connection, community_id, [stairwell_id]).get(stairwell_id)


def stairwells_by_id(
    connection: Connection, community_id: int, stairwell_ids: Iterable[int] | None = None
) -> dict[int, Stairwell]:
    """Stairwells with their floors and doors, by id; all of them unless some are asked for."""
    wanted = places(connection, community_id, stairwell_ids)
    doors = _doors_by_floor(connection, community_id, list(wanted))
    storeys: dict[int, list[FloorOfStairwell]] = {}
    for row in _FLOORS.records(connection, {"community": community_id, "stairwells": wanted}):
        landing = tuple(doors.get((row.stairwell_id, row.level), ()))
        storeys.setdefault(row.stairwell_id, []).append(
            FloorOfStairwell(row.level, row.label, row.lobby, landing)
        )
    return {one: Stairwell(place, tuple(storeys.get(one, ()))) for one, place in wanted.items()}


def _doors_by_floor(
    connection: Connection, community_id: int, stairwell_ids: Sequence[int]
) -> dict[tuple[int, int], list[DoorOnFloor]]:
    """The doors of some stairwells in walking order, by stairwell and level."""
    landings: dict[tuple[int, int], list[DoorOnFloor]] = {}
    wanted = {"community": community_id, "stairwells": stairwell_ids}
    for stairwell_id, *door in _DOORS.rows(connection, wanted):
        found = DoorOnFloor(*door)
        landings.setdefault((stairwell_id, found.level), []).append(found)
    return landings


_FLOORS = Query(
    select(floors)
    .where(
        floors.c.community_id == bindparam("community"),
        among(floors.c.stairwell_id, "stairwells"),
    )
    .order_by(floors.c.level.desc())
)
_DOORS = Query(
    select(households.c.stairwell_id, *(households.c[name] for name in DoorOnFloor.__slots__))
    .where(
        households.c.community_id == bindparam("community"),
        among(households.c.stairwell_id, "stairwells"),
    )
    .order_by(households.c.position)
)


def stairwells_within(
    connection: Connection,
    community_id: int,
    compound_ids: Sequence[int] = (),
    building_ids: Sequence[int] = (),
    stairwell_ids: Sequence[int] = (),
) -> list[int]:
    """The ids of all stairwells that any of these places hold, in the order of the estate."""
    table = stairwells.c
    wanted: list[ColumnElement[bool]] = [
        column.in_(ids)
        for column, ids in (
            (table.compound_id, compound_ids),
            (table.building_id, building_ids),
            (table.id, stairwell_ids),
        )
        if ids
    ]
    query = _places(community_id).where(or_(false(), *wanted))
    return [row.stairwell_id for row in connection.execute(query)]


def controls_of(
    connection: Connection, community_id: int, building_ids: Iterable[int] | None = None
) -> dict[int, Control]:
    """Under which control buildings are now; those nobody said anything of are left out."""
    table = controls.c
    newest = (
        select(table.building_id, func.max(table.seq).label("seq"))
        .where(table.community_id == community_id)
        .group_by(table.building_id)
        .subquery()
    )
    query = (
        select(*(table[name] for name in _CONTROL))
        .join(newest, (newest.c.building_id == table.building_id) & (newest.c.seq == table.seq))
        .where(table.community_id == community_id)
    )
    if building_ids is not None:
        query = query.where(table.building_id.in_(list(building_ids)))
    return {row.building_id: Control(*row) for row in connection.execute(query)}


def control_history(
    connection: Connection, community_id: int, building_id: int
) -> tuple[tuple[Control, str], ...]:
    """Every word on a building's control with the account that gave it, the newest first."""
    table = controls.c
    rows = connection.execute(
        select(*(table[name] for name in _CONTROL), table.actor)
        .where(table.community_id == community_id, table.building_id == building_id)
        .order_by(table.seq.desc())
    )
    return tuple((Control(*row[:-1]), row.actor) for row in rows)


_CONTROL = ("building_id", "status", "allows", "since", "changes_when", "changes_at")


def household(connection: Connection, community_id: int, household_id: int) -> Household | None:
    """The household of that id."""
    return households_by_id(connection, community_id, [household_id]).get(household_id)


def households_by_id(
    connection: Connection, community_id: int, household_ids: Iterable[int]
) -> dict[int, Household]:
    """Households by id."""
    query = _households(community_id).where(households.c.id.in_(list(household_ids)))
    return {row.household_id: _household(row) for row in connection.execute(query)}


def household_by_card(
    connection: Connection, community_id: int, card_number: str
) -> Household | None:
    """The household whose card bears this number."""
    query = _households(community_id).where(households.c.card_number == card_number)
    row = connection.execute(query).first()
    return _household(row) if row else None


def find_doors(
    connection: Connection, community_id: int, typed: str, limit: int = 20
) -> list[Household]:
    """The doors that what somebody typed may mean, each compound read in its own scheme."""
    meant = [
        _meant(row.id, rules.parse(typed, row.scheme, row.name), row.number)
        for row in _in_order(connection, community_id, compounds)
    ]
    query = _households(community_id).where(
        or_(false(), *(one for one in meant if one is not None))
    )
    return [_household(row) for row in connection.execute(query.limit(limit))]


def begin_doors(
    connection: Connection, community_id: int, typed: str, limit: int = 20
) -> list[Household]:
    """The doors that what somebody has typed so far may come to mean."""
    meant = [
        _within(row.id, said, row.number, households.c.label.startswith(door, autoescape=True))
        for row in _in_order(connection, community_id, compounds)
        for said, door in rules.parse_beginning(typed, row.scheme, row.name)
    ]
    query = _households(community_id).where(
        or_(false(), *(one for one in meant if one is not None))
    )
    return [_household(row) for row in connection.execute(query.limit(limit))]


def _meant(compound_id: int, said: Address | None, lane: str) -> ColumnElement[bool] | None:
    """The condition on doors of one compound that an address means there."""
    if said is None or not said.door:
        return None
    return _within(compound_id, said, lane, households.c.label == said.door)


def _within(
    compound_id: int, said: Address, lane: str, door: ColumnElement[bool]
) -> ColumnElement[bool] | None:
    """The condition on doors of one compound, in the building that an address names."""
    if said.lane not in ("", lane):
        return None
    condition = (compounds.c.id == compound_id) & door
    if said.building:
        condition &= buildings.c.number == said.building
    if said.stairwell:
        condition &= stairwells.c.number == said.stairwell
    return condition


_CALLED = (
    stairwells.c.id.label("stairwell_id"),
    stairwells.c.building_id,
    stairwells.c.compound_id,
    stairwells.c.short,
    stairwells.c.number.label("stairwell_number"),
    buildings.c.number.label("building_number"),
    compounds.c.name.label("compound_name"),
    compounds.c.scheme,
    compounds.c.number.label("lane"),
)
"""All it takes to call a stairwell by its name."""

_PLACED = stairwells.join(
    buildings,
    (buildings.c.community_id == stairwells.c.community_id)
    & (buildings.c.id == stairwells.c.building_id),
).join(
    compounds,
    (compounds.c.community_id == stairwells.c.community_id)
    & (compounds.c.id == stairwells.c.compound_id),
)

HOUSED = _PLACED.join(
    households,
    (households.c.community_id == stairwells.c.community_id)
    & (households.c.stairwell_id == stairwells.c.id),
).join(
    floors,
    (floors.c.community_id == households.c.community_id)
    & (floors.c.stairwell_id == households.c.stairwell_id)
    & (floors.c.level == households.c.level),
)

_ESTATE_ORDER = (compounds.c.position, buildings.c.position, stairwells.c.position)


_PLACES = Query(
    select(*_CALLED)
    .select_from(_PLACED)
    .where(stairwells.c.community_id == bindparam("community"), among(stairwells.c.id, "ids"))
    .order_by(*_ESTATE_ORDER)
)


def _places(community_id: int) -> Select:
    """Stairwells with the names they are called by, in the order of the estate."""
    return (
        select(*_CALLED)
        .select_from(_PLACED)
        .where(stairwells.c.community_id == community_id)
        .order_by(*_ESTATE_ORDER)
    )


def _households(community_id: int) -> Select:
    """Doors with the names they are called by, in the order of the estate, climbing."""
    table = households.c
    return (
        select(
            *_CALLED,
            table.id.label("household_id"),
            table.level,
            table.label,
            table.use,
            table.vacant,
            table.name,
            table.card_number,
            floors.c.label.label("floor"),
        )
        .select_from(HOUSED)
        .where(stairwells.c.community_id == community_id)
        .order_by(*_ESTATE_ORDER, table.level, table.position)
    )


def _place(row: Row) -> Place:
    """A row of `_places` as a record."""
    return Place(
        row.stairwell_id, row.building_id, row.compound_id, row.short, row.scheme, _address(row)
    )


def _household(row: Row) -> Household:
    """A row of `_households` as a record."""
    return Household(
        row.household_id,
        row.stairwell_id,
        row.building_id,
        row.compound_id,
        row.level,
        row.label,
        row.use,
        row.vacant,
        row.name,
        row.card_number,
        row.scheme,
        _address(row, floor=row.floor, door=row.label),
    )


def _address(row: Row, floor: str = "", door: str = "") -> Address:
    """The address of what a row is about."""
    lane = row.lane if row.scheme == "lane" else ""
    return Address(row.compound_name, lane, row.building_number, row.stairwell_number, floor, door)


def _in_order(connection: Connection, community_id: int, table: Table) -> Sequence[Row]:
    """A table's rows of one community, in the order of the estate."""
    query = select(table).where(table.c.community_id == community_id).order_by(table.c.position)
    return connection.execute(query).all()


def _sum(nodes: Iterable[StairwellNode | BuildingNode]) -> Doors:
    """All doors of some places."""
    return sum((node.doors for node in nodes), Doors())
