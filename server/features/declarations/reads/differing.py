"""What was declared otherwise than the register has it, and who is ill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from server.features.declarations import rules
from server.features.declarations.reads import said
from server.features.declarations.tables import declared_symptoms
from server.features.declarations.views import Difference, Differences, Ill, Illness
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.reads import Resident
from server.features.people.rules import May
from server.features.rounds.reads import parts

ADD, AWAY, HERE, GONE, TENURE, UNNAMED = WHAT = ("add", "away", "here", "gone", "tenure", "unnamed")
"""How a declaration may differ from the register, in the order in which it is looked at."""

MOST_LINES = 100
"""Differences on one page; the others move up as these are taken over."""


def differences(
    connection: Connection, person: Person, _language: str, round_id: str
) -> Differences:
    """What was declared and the register has otherwise. Raises `NotThere`, `NotAllowed`."""
    found, places = said.places(connection, person, round_id, May.KEEP_REGISTER)
    declared = rules.standing(said.declared(connection, person, round_id, places))
    doors = estates.households_by_id(connection, person.community_id, declared)
    living: dict[int, list[Resident]] = defaultdict(list)
    for one in people.residents_in(connection, person.community_id, list(declared)):
        living[one.household_id].append(one)
    stairs = list(places)
    order = {one: (stairs.index(door.stairwell), door.level) for one, door in doors.items()}
    lines = [
        line
        for household, one in declared.items()
        for line in _differing(doors[household], one, living[household])
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
    found, places = said.places(connection, person, round_id, May.SEE_RESULTS)
    table = declared_symptoms.c
    rows = connection.execute(
        select(declared_symptoms)
        .where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.stairwell_id.in_(list(places)),
            table.op_id.not_in(said.taken_back(person, round_id)),
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


def _differing(
    place: Household, declared: said.Declared, living: Iterable[Resident]
) -> Iterator[Difference]:
    """What one household declared that the register has otherwise."""
    row = declared.row

    def line(what: str, name: str, one: Resident | None = None) -> Difference:
        return Difference(
            place.household,
            place.short_words,
            what,
            name,
            one.id if one else None,
            one.born if one else None,
            one.registered if one else False,
            row.tenure,
            row.at,
        )

    known = list(living)
    names = {one.name for one in known}
    yield from (line(ADD, name) for name in row.others if name not in names)
    for one in known:
        where = row.people.get(str(one.id))
        if where is None:
            if one.present and one.name not in row.others:
                yield line(UNNAMED, one.name, one)
        elif where == rules.GONE:
            yield line(GONE, one.name, one)
        elif (where == rules.HERE) != one.present:
            yield line(HERE if where == rules.HERE else AWAY, one.name, one)
        if where in {rules.HERE, rules.AWAY} and row.tenure not in {"", one.tenure}:
            yield line(TENURE, one.name, one)
