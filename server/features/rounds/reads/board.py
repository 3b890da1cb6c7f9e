"""A stairwell's board."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from server import clock
from server.db.base import AnyRow
from server.db.bulk import Query
from server.features.estates import reads as estates
from server.features.estates.records import FloorOfStairwell, Place
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.reports import reads as reports
from server.features.rounds import scope
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors, round_stairwells
from server.features.rounds.views import Board, Door, Floor
from server.i18n import say


def board(
    connection: Connection, person: Person, language: str, round_id: str, stairwell_id: int
) -> Board:
    """One stairwell of one round, for somebody who leads it, carries it or may look at it.

    Raises `NotFound` and `NotYours`.
    """
    community_id = person.community_id
    here = {"community": community_id, "round": round_id, "stairwell": stairwell_id}
    found = parts.find(connection, community_id, round_id)
    sums = _SUMS.records(connection, here)
    stairwell = estates.stairwell(connection, community_id, stairwell_id)
    if not sums or stairwell is None:
        raise parts.NotFound(stairwell_id)
    assigned = parts.assigned(connection, community_id, round_id, stairwell_id).get(
        stairwell_id, []
    )
    may_lead = person.may(May.LEAD, clock.now(), stairwell.place)
    mine = [row for row in assigned if row.account_id == person.id]
    if not (may_lead or mine or may_look(person, stairwell.place)):
        raise parts.NotYours(stairwell_id)
    may_mark = bool(mine) or may_lead
    present = _present(connection, community_id, stairwell_id)
    doors = {row.household_id: row for row in _DOORS.records(connection, here)}
    behind = (
        reports.behind(connection, community_id, round_id, list(doors))
        if found.kind.reported and may_mark
        else ()
    )
    if found.per == "floor":
        floors = tuple(
            _landing(stairwell_id, floor, doors, mine, may_lead) for floor in stairwell.floors
        )
    else:
        floors = tuple(
            Floor(
                floor.level,
                floor.label,
                floor.lobby,
                tuple(
                    _door(
                        door.id, door.label, door.use, door.vacant, present.get(door.id, 0),
                        doors.get(door.id), may_lead or parts.covers(mine, floor.level),
                    )
                    for door in floor.doors
                ),
            )
            for floor in stairwell.floors
        )  # fmt: skip
    return Board(
        round=found,
        stairwell=stairwell_id,
        place=say(language, stairwell.place.words),
        short_place=say(language, stairwell.place.short_words),
        floors=floors,
        tally=parts.tally(sums[0]),
        people=tuple(dict.fromkeys(row.name for row in assigned)),
        may_mark=may_mark,
        may_lead=may_lead,
        seq=parts.newest(connection, community_id),
        cards=tuple((door.card_number, door.id) for door in stairwell.doors if door.id in doors)
        if found.kind.called and may_mark
        else (),
        behind=behind,
    )


def may_look(person: Person, place: Place) -> bool:
    """True for those who may see a round's board without carrying it: the building's officer."""
    return person.may(May.SEE_PEOPLE, clock.now(), place)


def _present(connection: Connection, community_id: int, stairwell_id: int) -> dict[int, int]:
    return scope.present_in(connection, community_id, [stairwell_id])


_SUMS = Query(
    select(round_stairwells).where(
        round_stairwells.c.community_id == bindparam("community"),
        round_stairwells.c.round_id == bindparam("round"),
        round_stairwells.c.stairwell_id == bindparam("stairwell"),
    )
)
_DOORS = Query(
    select(
        round_doors.c.household_id,
        round_doors.c.due,
        round_doors.c.answer,
        round_doors.c.given,
        round_doors.c.owed,
        round_doors.c.disputed,
        round_doors.c.noted,
        round_doors.c.mark_id,
    ).where(
        round_doors.c.community_id == bindparam("community"),
        round_doors.c.round_id == bindparam("round"),
        round_doors.c.stairwell_id == bindparam("stairwell"),
    )
)


def _door(
    number: int, label: str, use: str, vacant: bool, people: int, row: AnyRow | None, mine: bool
) -> Door:
    if row is None:  # the flat was added to the register after the round was made
        return Door(number, label, use, vacant, people, 0, mine=mine)
    return Door(
        number,
        label,
        use,
        vacant,
        people,
        row.due,
        row.answer or "",
        row.given,
        row.owed,
        row.disputed,
        row.noted,
        row.mark_id or "",
        mine,
    )


def _landing(
    stairwell_id: int,
    floor: FloorOfStairwell,
    doors: dict[int, AnyRow],
    mine: list[AnyRow],
    may_lead: bool,
) -> Floor:
    """A floor of a round by floor: its one door stands for the landing."""
    number = scope.landing(stairwell_id, floor.level)
    door = _door(
        number, floor.label, "home", False, 0, doors.get(number),
        may_lead or parts.covers(mine, floor.level),
    )  # fmt: skip
    return Floor(floor.level, floor.label, floor.lobby, (door,))
