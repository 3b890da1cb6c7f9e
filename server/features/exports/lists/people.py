"""Lists of those who live here, who is here, who is shut in here, and who works here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from server.features.care import rules as care
from server.features.care.tables import cared
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.exports.listing import MOMENT, NUMBER, Asked, Column, Listing, Row
from server.features.people import reads as people
from server.features.people.history import NO, YES
from server.features.people.keeping import TENURES
from server.features.people.rules import May
from server.features.people.staff import LABELS
from server.features.people.tables import accounts, residents
from server.features.stranded.tables import stranded
from server.i18n import mark, say, translate

PLACE = Column(mark("Stairwell"), width=24)
DOOR = Column(mark("Flat"))
NAME = Column(mark("Name"), width=16)
TELEPHONE = Column(mark("Telephone"), width=16)


def _register(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    table, door = residents.c, households.c
    rows = connection.execute(
        select(door.stairwell_id, door.label, table.name, table.born, table.phone, table.registered,
               table.present, table.tenure)
        .join(households, (door.community_id == table.community_id)
              & (door.id == table.household_id))
        .where(table.community_id == asked.community_id, table.left_at.is_(None),
               door.stairwell_id.in_(stairwells))
        .order_by(door.stairwell_id, door.level, door.position, table.born, table.id)
    )  # fmt: skip
    yes, no = translate(asked.language, YES), translate(asked.language, NO)
    by_stairwell: dict[int, list[Row]] = {}
    for stairwell, label, name, born, phone, registered, present, tenure in rows:
        by_stairwell.setdefault(stairwell, []).append(
            (place_of(asked, stairwell), label, name, born, phone, yes if registered else no,
             yes if present else no,
             translate(asked.language, TENURES[tenure]) if tenure else "")
        )  # fmt: skip
    for one in stairwells:
        yield from by_stairwell.get(one, ())


def _households(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    door = households.c
    rows = connection.execute(
        select(door.id, door.stairwell_id, door.label, door.use, door.vacant)
        .where(door.community_id == asked.community_id, door.stairwell_id.in_(stairwells))
        .order_by(door.level, door.position)
    ).all()
    known: dict[int, list[people.Resident]] = {}
    for one in people.residents_in(connection, asked.community_id, [row.id for row in rows]):
        known.setdefault(one.household_id, []).append(one)
    uses = {"home": HOME, "shop": SHOP}
    for stairwell in stairwells:
        for row in rows:
            if row.stairwell_id == stairwell:
                use = VACANT if row.vacant else uses.get(row.use, row.use)
                there = known.get(row.id, [])
                here = [one.name for one in there if one.present]
                away = [one.name for one in there if not one.present]
                comma = translate(asked.language, mark(", "))
                yield (place_of(asked, stairwell), row.label, translate(asked.language, use),
                       len(here), comma.join(here), len(away), comma.join(away))  # fmt: skip


def _stranded(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    table = stranded.c
    rows = connection.execute(
        select(table.household_id, table.home_id, table.since, residents.c.name)
        .join(residents, (residents.c.community_id == table.community_id)
              & (residents.c.id == table.resident_id))
        .where(table.community_id == asked.community_id, table.left_at.is_(None),
               table.stairwell_id.in_(stairwells))
        .order_by(table.since, table.id)
    ).all()  # fmt: skip
    ids = {row.household_id for row in rows} | {row.home_id for row in rows if row.home_id}
    doors = estates.households_by_id(connection, asked.community_id, ids)
    for row in rows:
        home = say(asked.language, doors[row.home_id].words) if row.home_id in doors else ""
        yield row.name, say(asked.language, doors[row.household_id].words), home, row.since


def _staff(connection: Connection, asked: Asked, _: Sequence[int]) -> Iterable[Row]:
    held = people.staff_roles(connection, asked.community_id, asked.now)
    comma = translate(asked.language, mark(", "))
    rows = connection.execute(
        select(accounts.c.id, accounts.c.name, accounts.c.team)
        .where(accounts.c.community_id == asked.community_id, accounts.c.id.in_(list(held)))
        .order_by(accounts.c.name, accounts.c.id)
    )
    for row in rows:
        roles = dict.fromkeys(LABELS.get(one.role, one.role) for one in held[row.id])
        since = min(one.since for one in held[row.id])
        yield (row.name, row.team, comma.join(translate(asked.language, one) for one in roles),
               since)  # fmt: skip


def _care(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    """Everybody in care; needs that are somebody's health only where they were asked for."""
    table = cared.c
    rows = connection.execute(
        select(table.stairwell_id, table.household_id, table.name, table.needs, table.visits,
               table.meals, table.contact_at, accounts.c.name.label("keeper"))
        .outerjoin(accounts, (accounts.c.community_id == table.community_id)
                   & (accounts.c.id == table.keeper))
        .where(table.community_id == asked.community_id, table.state == care.CONFIRMED,
               table.stairwell_id.in_(stairwells))
        .order_by(table.stairwell_id, table.id)
    ).all()  # fmt: skip
    doors = estates.households_by_id(
        connection, asked.community_id, {row.household_id for row in rows}
    )
    for row in rows:
        told = [one for one in row.needs if asked.health or one not in care.HEALTH_NEEDS]
        needs = "、".join(translate(asked.language, care.NEEDS[one]) for one in told)
        yield (
            place_of(asked, row.stairwell_id), doors[row.household_id].label, row.name, needs,
            row.keeper or "", row.visits, row.meals, row.contact_at,
        )  # fmt: skip


def place_of(asked: Asked, stairwell: int) -> str:
    """A stairwell as a list calls it."""
    return say(asked.language, asked.places[stairwell].words)


HOME, SHOP, VACANT = mark("Home"), mark("Shop"), mark("Vacant")

LISTINGS = (
    Listing(
        "residents",
        mark("Register of residents"),
        May.FIND_PEOPLE,
        lambda _: (
            PLACE, DOOR, NAME, Column(mark("Born"), NUMBER, 8), TELEPHONE,
            Column(mark("Registered here")), Column(mark("Is here")),
            Column(mark("Owner or tenant")),
        ),
        _register,
    ),
    Listing(
        "households",
        mark("Households, and who is here"),
        May.FIND_PEOPLE,
        lambda _: (
            PLACE, DOOR, Column(mark("Used as")), Column(mark("Here"), NUMBER, 8, total=True),
            Column(mark("Who is here"), width=30), Column(mark("Away"), NUMBER, 8, total=True),
            Column(mark("Who is away"), width=30),
        ),
        _households,
    ),
    Listing(
        "stranded",
        mark("People shut in here"),
        May.SEE_STRANDED,
        lambda _: (
            NAME, Column(mark("Is at"), width=30), Column(mark("Lives at"), width=30),
            Column(mark("Since"), MOMENT, 18),
        ),
        _stranded,
    ),
    Listing(
        "care",
        mark("People in special care"),
        May.SEE_CARE,
        lambda _: (
            PLACE, DOOR, NAME, Column(mark("Needs"), width=24), Column(mark("Keeper"), width=16),
            Column(mark("Visit every … days"), NUMBER, 10), Column(mark("Meals a day"), NUMBER, 10),
            Column(mark("Last heard of"), MOMENT, 18),
        ),
        _care,
        health=May.SEE_CARE,
    ),
    Listing(
        "staff",
        mark("Who works here"),
        May.SEE_STAFF,
        lambda _: (
            NAME, Column(mark("Team"), width=8), Column(mark("Roles"), width=30),
            Column(mark("Since"), MOMENT, 18),
        ),
        _staff,
        whole=True,
    ),
)  # fmt: skip
