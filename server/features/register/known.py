"""What the database knows that a register is read against: where doors are, and who lives there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.tables import buildings, compounds, households, stairwells
from server.features.people.actors import Person
from server.features.people.rules import May, Where
from server.features.people.tables import residents
from server.features.register.addresses import Compound, Estate
from server.features.register.plan import Home, Known


def estate_of(connection: Connection, person: Person, now: int) -> Estate:
    """The compounds that the person may import into, and every door there."""
    table = compounds.c
    mine = [
        row
        for row in connection.execute(
            select(compounds)
            .where(table.community_id == person.community_id)
            .order_by(table.position)
        )
        if person.may(May.IMPORT, now, Where(compound=row.id))
    ]
    return _estate(connection, person.community_id, mine)


def estate_in(connection: Connection, community_id: int, compound_id: int) -> Estate:
    """One compound, and every door there."""
    table = compounds.c
    query = select(compounds).where(
        table.community_id == community_id, table.id == compound_id
    )  # fmt: skip
    return _estate(connection, community_id, connection.execute(query).all())


def _estate(connection: Connection, community_id: int, within: Sequence[AnyRow]) -> Estate:
    """Some compounds and every door there."""
    rows = connection.execute(
        select(
            stairwells.c.compound_id,
            buildings.c.number.label("building"),
            stairwells.c.number.label("stairwell"),
            households.c.label,
            households.c.id,
        )
        .select_from(estates.HOUSED)
        .where(
            stairwells.c.community_id == community_id,
            stairwells.c.compound_id.in_([row.id for row in within]),
        )
    )
    return Estate(
        tuple(Compound(row.id, row.name, row.scheme, row.number) for row in within),
        {tuple(row[:4]): row.id for row in rows},
    )


def homes_of(connection: Connection, community_id: int, estate: Estate) -> list[Home]:
    """Every door of an estate with who lives behind it."""
    people: dict[int, list[Known]] = {}
    table = residents.c
    for row in connection.execute(
        select(residents)
        .where(table.community_id == community_id, table.left_at.is_(None))
        .order_by(table.id)
    ):
        people.setdefault(row.household_id, []).append(
            Known(row.id, row.name, row.born, row.phone, row.registered, row.present, row.tenure)
        )
    here = set(estate.doors.values())
    doors = select(households.c.id, households.c.vacant, households.c.use).where(
        households.c.community_id == community_id
    )
    return [
        Home(row.id, row.vacant, row.use == "shop", tuple(people.get(row.id, ())))
        for row in connection.execute(doors)
        if row.id in here
    ]
