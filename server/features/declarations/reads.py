"""Pages about declarations: a household's own, a screening's picture, what differs, who is ill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select

from server import clock
from server.db.base import AnyRow
from server.features.declarations import rules
from server.features.declarations.rules import Steps
from server.features.declarations.tables import declarations, declared_symptoms
from server.features.declarations.views import (
    BuildingSteps,
    Curve,
    Difference,
    Differences,
    FieldPoint,
    Form,
    Ill,
    Illness,
    Member,
    Picture,
    Premises,
    Shares,
)
from server.features.estates import reads as estates
from server.features.estates.records import Household, Place
from server.features.estates.tables import households
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.reads import Resident
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.rounds import rules as rounds
from server.features.rounds.hours import by_hour
from server.features.rounds.kinds import ASKED, DECLARED, VACANT
from server.features.rounds.reads import parts
from server.features.rounds.tables import assignments, marks, round_doors, round_states
from server.features.rounds.tables import rounds as rounds_table
from server.features.rounds.views import RoundHead

IN_THE_FIELD = ((0, 20, 37), (1, 9, 51))
"""Day after the opening, hour of it, and per cent declared by then, where it was watched."""

ADD, AWAY, HERE, GONE, TENURE, UNNAMED = WHAT = ("add", "away", "here", "gone", "tenure", "unnamed")
"""How a declaration may differ from the register, in the order in which it is looked at."""

HOME = "home"
"""What a door is used for where somebody lives there."""

MOST_LINES = 100
"""Differences on one page; the others move up as these are taken over."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration with its content, as the rules look at it."""

    row: AnyRow

    @property
    def household(self) -> int:
        """Whose it is."""
        return int(self.row.household_id)

    @property
    def seq(self) -> int:
        """Its number."""
        return int(self.row.seq)

    @property
    def at(self) -> int:
        """When it was made."""
        return int(self.row.at)


def own(connection: Connection, person: Person, _language: str, round_id: str) -> Form:
    """The page of the first door one speaks for. Raises `NotThere` for who has none."""
    now = clock.now()
    homes = sorted(person.homes(now), key=lambda one: (one != person.household_id, one))
    found = _round(connection, person, round_id)
    for home in homes:
        if _door(connection, person, round_id, home) is not None:
            return _form(connection, person, found, home)
    raise NotThere(round_id)


def door(
    connection: Connection, person: Person, _language: str, round_id: str, household_id: int
) -> Form:
    """The page of one door, for those of it and who may mark there.

    Raises `NotThere`, `NotAllowed`.
    """
    found, now = _round(connection, person, round_id), clock.now()
    row = _door(connection, person, round_id, household_id)
    place = estates.household(connection, person.community_id, household_id)
    if row is None or place is None:
        raise NotThere(household_id)
    if not (
        household_id in person.homes(now)
        or person.may(May.LEAD, now, place)
        or _carries(connection, person, round_id, row)
    ):
        raise NotAllowed(household_id)
    return _form(connection, person, found, household_id)


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """The pages on which one's households declare while a screening is open, with versions."""
    homes = list(person.homes(clock.now()))
    if not homes:
        return []
    table = round_doors.c
    rows = connection.execute(
        select(rounds_table.c.id, rounds_table.c.version, table.mark_id)
        .join(
            round_doors,
            (table.community_id == rounds_table.c.community_id)
            & (table.round_id == rounds_table.c.id),
        )
        .where(
            table.community_id == person.community_id,
            table.household_id.in_(homes),
            table.due > 0,
            rounds_table.c.status == rounds.OPEN,
            rounds_table.c.kind == rules.SCREENING,
        )
        .order_by(rounds_table.c.id, table.household_id)
    )
    versions: dict[str, str] = {}
    for row in rows:
        versions[row.id] = f"{versions.get(row.id, row.version)}-{row.mark_id or 0}"
    return [(f"/declarations/{one}", version) for one, version in versions.items()]


def picture(connection: Connection, person: Person, _language: str, round_id: str) -> Picture:
    """How far a screening is, where one leads. Raises `NotFound`, `NotYours`, `NotThere`."""
    found = _round(connection, person, round_id)
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
    found = _round(connection, person, round_id)
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


def differences(
    connection: Connection, person: Person, _language: str, round_id: str
) -> Differences:
    """What was declared and the register has otherwise. Raises `NotThere`, `NotAllowed`."""
    found, places = _places(connection, person, round_id, May.KEEP_REGISTER)
    said = rules.standing(_declared(connection, person, round_id, places))
    doors = estates.households_by_id(connection, person.community_id, said)
    living: dict[int, list[Resident]] = defaultdict(list)
    for one in people.residents_in(connection, person.community_id, list(said)):
        living[one.household_id].append(one)
    stairs = list(places)
    order = {one: (stairs.index(door.stairwell), door.level) for one, door in doors.items()}
    lines = [
        line
        for household, declared in said.items()
        for line in _differing(doors[household], declared, living[household])
    ]
    lines.sort(key=lambda one: (WHAT.index(one.what), order[one.door], one.door))
    return Differences(
        found,
        tuple(lines[:MOST_LINES]),
        max(0, len(lines) - MOST_LINES),
        parts.newest(connection, person.community_id),
    )


def ill(connection: Connection, person: Person, _language: str, round_id: str) -> Ill:
    """Which households said that somebody is ill, the newest first; also those that declared anew.

    Raises `NotThere`, `NotAllowed`.
    """
    found, places = _places(connection, person, round_id, May.SEE_RESULTS)
    table = declared_symptoms.c
    rows = connection.execute(
        select(declared_symptoms)
        .where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(places)),
            table.op_id.not_in(_taken_back(person, round_id)),
        )
        .order_by(table.at.desc(), table.op_id)
    ).all()
    doors = estates.households_by_id(
        connection, person.community_id, {row.household_id for row in rows}
    )
    return Ill(
        found,
        tuple(
            Illness(
                row.household_id,
                doors[row.household_id].short_words,
                tuple(row.names),
                row.words,
                row.at,
            )
            for row in rows
        ),
        parts.newest(connection, person.community_id),
    )


def _round(connection: Connection, person: Person, round_id: str) -> RoundHead:
    """The screening. Raises `NotFound`, and `NotThere` for another kind of round."""
    found = parts.find(connection, person.community_id, round_id)
    if found.kind.key != rules.SCREENING:
        raise NotThere(round_id)
    return found


def _places(
    connection: Connection, person: Person, round_id: str, right: May
) -> tuple[RoundHead, dict[int, Place]]:
    """The screening and those of its stairwells where the person has a right."""
    found, now = _round(connection, person, round_id), clock.now()
    here = parts.tallies(connection, person.community_id, round_id)
    places = {
        one: place
        for one, place in estates.places(connection, person.community_id, here).items()
        if person.may(right, now, place)
    }
    if not places:
        raise NotAllowed(round_id)
    return found, places


def _door(
    connection: Connection, person: Person, round_id: str, household_id: int
) -> AnyRow | None:
    table = round_doors.c
    return connection.execute(
        select(round_doors).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.household_id == household_id,
            table.due > 0,
        )
    ).first()


def _carries(connection: Connection, person: Person, round_id: str, row: AnyRow) -> bool:
    """True where the door is one of those given to this person."""
    table = assignments.c
    given = connection.execute(
        select(table.low, table.high).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id == row.stairwell_id,
            table.account_id == person.id,
            table.until.is_(None),
        )
    )
    return any(
        (low is None or low <= row.level) and (high is None or row.level <= high)
        for low, high in given
    )


def _form(connection: Connection, person: Person, found: RoundHead, household_id: int) -> Form:
    community_id, now = person.community_id, clock.now()
    homes = person.homes(now)
    here = estates.households_by_id(connection, community_id, {household_id, *homes})
    place = here.pop(household_id)
    stands = rules.standing(_declared(connection, person, found.id, [place.stairwell])).get(
        household_id
    )
    row = stands.row if stands is not None else None
    members = [
        Member(
            one.id,
            one.name,
            (row.people.get(str(one.id)) if row is not None else None)
            or (rules.HERE if one.present else rules.AWAY),
        )
        for one in people.residents_of(connection, community_id, household_id)
    ]
    names = parts.names(connection, community_id, [row.actor] if row is not None else [])
    return Form(
        round=found,
        door=household_id,
        place=place.short_words,
        own=household_id in homes,
        people=tuple(members),
        others=tuple(row.others) if row is not None else (),
        tenure=row.tenure if row is not None else "",
        since=row.since if row is not None else "",
        away=row.away if row is not None else "",
        declared_at=row.at if row is not None else None,
        declared_by=names.get(row.actor, "") if row is not None else "",
        elsewhere=tuple((one, home.short_words) for one, home in here.items() if one in homes),
        seq=parts.newest(connection, community_id),
    )


def _taken_back(person: Person, round_id: str) -> Select[tuple[str]]:
    """The marks of a round that were taken back, by their operation."""
    return select(marks.c.op_id).where(
        marks.c.community_id == person.community_id,
        marks.c.round_id == round_id,
        marks.c.undone_seq.is_not(None),
    )


def _declared(
    connection: Connection, person: Person, round_id: str, stairwells: Collection[int]
) -> Iterator[Declared]:
    """Every declaration of some stairwells that nobody took back."""
    table = declarations.c
    rows = connection.execute(
        select(declarations).where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(stairwells)),
            table.op_id.not_in(_taken_back(person, round_id)),
        )
    )
    for row in rows:
        yield Declared(row)


def _steps(
    connection: Connection, person: Person, round_id: str, places: Iterable[Place]
) -> list[BuildingSteps]:
    """The three steps in each building, in the order of the estate."""
    here = {place.stairwell: place for place in places}
    table = round_doors.c
    counts: dict[int, Steps] = defaultdict(Steps)
    for stairwell, answer, due, doors in connection.execute(
        select(table.stairwell_id, table.answer, table.due, func.count())
        .join(
            households,
            (households.c.community_id == table.community_id)
            & (households.c.id == table.household_id),
        )
        .where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(here)),
            households.c.use == HOME,
        )
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
        select(func.count(), func.count(table.answer))
        .join(
            households,
            (households.c.community_id == table.community_id)
            & (households.c.id == table.household_id),
        )
        .where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(places)),
            households.c.use != HOME,
            table.due > 0,
        )
    ).one()
    return Premises(shops, been)


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
    moments = rules.first_moments(_declared(connection, person, found.id, places))
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


def _differing(
    place: Household, declared: Declared, living: Iterable[Resident]
) -> Iterator[Difference]:
    """What one household declared that the register has otherwise."""
    said = declared.row

    def line(what: str, name: str, one: Resident | None = None) -> Difference:
        return Difference(
            place.household,
            place.short_words,
            what,
            name,
            one.id if one else None,
            one.born if one else None,
            one.registered if one else False,
            said.tenure,
            said.at,
        )

    known = list(living)
    names = {one.name for one in known}
    yield from (line(ADD, name) for name in said.others if name not in names)
    for one in known:
        where = said.people.get(str(one.id))
        if where is None:
            if one.present and one.name not in said.others:
                yield line(UNNAMED, one.name, one)
        elif where == rules.GONE:
            yield line(GONE, one.name, one)
        elif (where == rules.HERE) != one.present:
            yield line(HERE if where == rules.HERE else AWAY, one.name, one)
        if where in {rules.HERE, rules.AWAY} and said.tenure not in {"", one.tenure}:
            yield line(TENURE, one.name, one)
