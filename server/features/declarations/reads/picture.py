"""How far a screening is: its three steps by building, and its curve by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, func, select

from server import clock
from server.features.declarations import rules
from server.features.declarations.reads import said
from server.features.declarations.rules import Steps
from server.features.declarations.views import (
    BuildingSteps,
    Curve,
    FieldPoint,
    Picture,
    Premises,
    Shares,
)
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.estates.tables import households
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import May
from server.features.rounds import rules as rounds
from server.features.rounds.hours import by_hour
from server.features.rounds.kinds import ASKED, DECLARED, VACANT
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors, round_states
from server.features.rounds.views import RoundHead

IN_THE_FIELD = ((0, 20, 37), (1, 9, 51))
"""Day after the opening, hour of it, and per cent declared by then, where it was watched."""

HOME = "home"
"""What a door is used for where somebody lives there."""


def picture(connection: Connection, person: Person, _language: str, round_id: str) -> Picture:
    """How far a screening is, where one leads. Raises `NotFound`, `NotYours`, `NotThere`."""
    found = said.screening(connection, person, round_id)
    _, places, _ = parts.places_led(connection, person, round_id)
    now = clock.now()
    steps = _steps(connection, person, round_id, places.values())
    whole = sum((one.steps for one in steps), Steps())
    return Picture(
        found,
        whole,
        tuple(steps),
        _curve(connection, person, found, places, whole.homes),
        _premises(connection, person, round_id, places),
        any(person.may(May.KEEP_REGISTER, now, place) for place in places.values()),
        any(person.may(May.SEE_RESULTS, now, place) for place in places.values()),
        parts.newest(connection, person.community_id),
    )


def shares(connection: Connection, person: Person, _language: str, round_id: str) -> Shares:
    """Declared shares by building, for everybody of the community. Raises `NotThere`."""
    found = said.screening(connection, person, round_id)
    if found.private:
        raise NotThere(round_id)
    here = parts.tallies(connection, person.community_id, round_id)
    places = estates.places(connection, person.community_id, here)
    steps = _steps(connection, person, round_id, places.values())
    return Shares(
        found,
        tuple(rules.shares((one.place, one.steps) for one in steps)),
        parts.newest(connection, person.community_id),
    )


def _steps(
    connection: Connection, person: Person, round_id: str, places: Iterable[Place]
) -> list[BuildingSteps]:
    """The three steps in each building, in the order of the estate."""
    here = {place.stairwell: place for place in places}
    table = round_doors.c
    counts: dict[int, Steps] = defaultdict(Steps)
    for stairwell, answer, due, doors in connection.execute(
        _doors(person, round_id, here, table.stairwell_id, table.answer, table.due, func.count())
        .where(households.c.use == HOME)
        .group_by(table.stairwell_id, table.answer, table.due)
    ):
        vacant = doors if not due or answer == VACANT.key else 0
        counts[here[stairwell].building] += Steps(
            doors,
            vacant,
            doors if answer == DECLARED.key and not vacant else 0,
            doors if answer == ASKED.key and not vacant else 0,
        )
    first = {place.building: place for place in reversed(here.values())}
    order = dict.fromkeys(place.building for place in here.values())
    return [BuildingSteps(first[one].building_words, counts[one]) for one in order]


def _premises(
    connection: Connection, person: Person, round_id: str, places: Collection[int]
) -> Premises:
    """How many shops there are, and how many of them somebody has been to."""
    table = round_doors.c
    shops, been = connection.execute(
        _doors(person, round_id, places, func.count(), func.count(table.answer)).where(
            households.c.use != HOME, table.due > 0
        )
    ).one()
    return Premises(shops, been)


def _doors(
    person: Person, round_id: str, stairwells: Iterable[int], *columns: ColumnElement[Any]
) -> Select[Any]:
    """Of the doors of some stairwells in a screening, with what each is used for."""
    table = round_doors.c
    return (
        select(*columns)
        .join(
            households,
            (households.c.community_id == table.community_id)
            & (households.c.id == table.household_id),
        )
        .where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(stairwells)),
        )
    )


def _curve(
    connection: Connection,
    person: Person,
    found: RoundHead,
    places: Collection[int],
    homes: int,
) -> Curve | None:
    """Declared share at each hour since the opening; None before it."""
    table = round_states.c
    states = connection.execute(
        select(table.at, table.status)
        .where(table.community_id == person.community_id, table.round_id == found.id)
        .order_by(table.at)
    ).all()
    opened = next((row.at for row in states if row.status == rounds.OPEN), None)
    if opened is None:
        return None
    closed = [row.at for row in states if row.status == rounds.CLOSED]
    until = closed[-1] if found.status == rounds.CLOSED and closed else clock.now()
    moments = rules.first_moments(said.declared(connection, person, found.id, places))
    hours = tuple(by_hour(opened, moments, until))
    points = _field_points(opened, estates.zone(connection, person.community_id))
    return Curve(hours, homes, points, opened, max(until, *(one.at for one in points)))


def _field_points(opened: int, zone: ZoneInfo) -> tuple[FieldPoint, ...]:
    """The field's shares at the same hours of this screening's first evening and morning after."""
    began = datetime.fromtimestamp(opened / 1000, zone)
    shift = 1 if began.hour >= IN_THE_FIELD[0][1] else 0
    return tuple(
        FieldPoint(
            clock.from_datetime(
                datetime.combine(began.date() + timedelta(days=day + shift), time(hour), zone)
            ),
            share,
        )
        for day, hour, share in IN_THE_FIELD
    )
