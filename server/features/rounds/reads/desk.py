"""The steward's desk: making, assigning, counting, closing a round, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Place
from server.features.people.actors import Person
from server.features.people.reads import volunteers
from server.features.people.scopes import scopes
from server.features.rounds import rules
from server.features.rounds import statement as statements
from server.features.rounds.kinds import AGAIN, KINDS
from server.features.rounds.reads import matters, parts
from server.features.rounds.reads.goods import differences, goods, statement
from server.features.rounds.tables import marks, round_counts, round_doors, rounds
from server.features.rounds.views import RoundHead, Tally
from server.features.rounds.views_more import (
    Assignee,
    AssignPage,
    AssignRow,
    ClosePage,
    CountLine,
    CountPage,
    DoorLine,
    HandOnPage,
    Helper,
    NeedsPage,
    NewRound,
)
from server.i18n import say


def making(connection: Connection, person: Person, language: str, copy_of: str | None) -> NewRound:
    """What the form of a new round offers. Raises `NotFound` for a copy of no round."""
    copied, chosen = None, {}
    if copy_of:
        row = connection.execute(
            select(rounds).where(
                rounds.c.community_id == person.community_id, rounds.c.id == copy_of
            )
        ).first()
        if row is None:
            raise parts.NotFound(copy_of)
        copied, chosen = parts.head(row), row.scope
    mine = parts.led(person, estates.places(connection, person.community_id))
    return NewRound(
        kinds=tuple(KINDS.values()),
        compounds=scopes(connection, person.community_id, language, mine),
        copies=copied,
        chosen_compounds=frozenset(chosen.get("compounds", ())),
        chosen_buildings=frozenset(chosen.get("buildings", ())),
        chosen_stairwells=frozenset(chosen.get("stairwells", ())),
    )


def assigning(connection: Connection, person: Person, language: str, round_id: str) -> AssignPage:
    """Who goes where in a round; stairwells that nobody has come first."""
    found, places, sums = parts.places_led(connection, person, round_id)
    rows = _assign_rows(connection, person.community_id, language, round_id, places, sums)
    theirs: dict[str, int] = {}
    for row in rows:
        for one in row.assignees:
            theirs[one.account] = theirs.get(one.account, 0) + 1
    helpers = tuple(
        Helper(row.id, row.name, row.team, theirs.get(row.id, 0))
        for row in volunteers(connection, person.community_id, clock.now())
    )
    rows.sort(key=lambda row: bool(row.assignees))
    return AssignPage(found, tuple(rows), helpers, parts.newest(connection, person.community_id))


def _assign_rows(
    connection: Connection,
    community_id: int,
    language: str,
    round_id: str,
    places: Mapping[int, Place],
    sums: Mapping[int, Tally],
) -> list[AssignRow]:
    who = parts.assigned(connection, community_id, round_id)
    labels = parts.floor_labels(connection, community_id)
    return [
        AssignRow(
            one,
            say(language, place.short_words),
            place.address.compound,
            sums[one],
            tuple(labels.get(one, {}).values()),
            tuple(
                Assignee(
                    row.account_id,
                    row.name,
                    parts.floors_said(language, labels.get(one, {}), row.low, row.high),
                )
                for row in who.get(one, ())
            ),
        )
        for one, place in places.items()
    ]


def handing_on(
    connection: Connection, person: Person, language: str, round_id: str, stairwell_id: int
) -> HandOnPage:
    """Handing floors to somebody else, for who carries the stairwell. Raises `NotYours`."""
    community_id = person.community_id
    found = parts.find(connection, community_id, round_id)
    here = parts.assigned(connection, community_id, round_id, stairwell_id).get(stairwell_id, [])
    if person.id not in {row.account_id for row in here}:
        raise parts.NotYours(stairwell_id)
    place = estates.places(connection, community_id, [stairwell_id])[stairwell_id]
    labels = parts.floor_labels(connection, community_id, [stairwell_id])
    helpers = [
        Helper(one.id, one.name, one.team, 0)
        for one in volunteers(connection, community_id, clock.now())
        if one.id != person.id
    ]
    # The other team first: half a stairwell goes to whoever takes over.
    helpers.sort(key=lambda one: (one.team == person.team, one.team, one.name))
    return HandOnPage(
        found,
        stairwell_id,
        say(language, place.words),
        tuple(labels.get(stairwell_id, {}).values()),
        tuple(helpers),
        parts.newest(connection, community_id),
    )


def counting(connection: Connection, person: Person, language: str, round_id: str) -> CountPage:
    """Counting a round's goods, for its lead or for somebody who carries a stairwell of it."""
    found = parts.find(connection, person.community_id, round_id)
    sums = parts.tallies(connection, person.community_id, round_id)
    places = estates.places(connection, person.community_id, sums)
    assigned = parts.assigned(connection, person.community_id, round_id)
    mine = {
        one: place
        for one, place in places.items()
        if any(row.account_id == person.id for row in assigned.get(one, ()))
    }
    mine = parts.led(person, places) or mine
    if not mine:
        raise parts.NotYours(round_id)
    table = round_counts.c
    rows = connection.execute(
        select(round_counts)
        .where(table.community_id == person.community_id, table.round_id == round_id)
        .order_by(table.at.desc())
        .limit(100)
    ).all()
    who = parts.names(connection, person.community_id, {row.actor for row in rows})
    return CountPage(
        round=found,
        goods=goods(connection, person.community_id, round_id),
        lines=tuple(
            CountLine(
                row.direction,
                row._mapping["items"],
                say(language, places[row.stairwell_id].words) if row.stairwell_id in places else "",
                who.get(row.actor, ""),
                row.at,
            )
            for row in rows
        ),
        places=tuple((one, say(language, place.words)) for one, place in mine.items()),
        seq=parts.newest(connection, person.community_id),
    )


def closing(connection: Connection, person: Person, language: str, round_id: str) -> ClosePage:
    """Phones with unsent marks first, then the numbers and what differs, or the statement."""
    found, _, sums = parts.places_led(connection, person, round_id)
    added = statements.add_up(connection, person.community_id, round_id)
    return ClosePage(
        round=found,
        phones=tuple(
            phone for phone in matters.phones(connection, person.community_id, language, round_id)
        ),
        tally=parts.total(sums.values()),
        goods=goods(connection, person.community_id, round_id),
        differences=differences(added),
        statement=statement(connection, language, person.community_id, round_id)
        if found.status == rules.CLOSED
        else None,
        seq=parts.newest(connection, person.community_id),
    )


def needs(connection: Connection, person: Person, language: str, round_id: str) -> NeedsPage:
    """Everything of a round that waits for a person."""
    found, places, sums = parts.places_led(connection, person, round_id)
    community_id = person.community_id
    door = round_doors.c
    again = [answer.key for answer in found.kind.answers if answer.stands == AGAIN]

    def lines(condition: Any) -> tuple[DoorLine, ...]:
        rows = matters.open_doors(connection, community_id, round_id, condition)
        return _door_lines(connection, community_id, language, found, rows)

    rows = _assign_rows(connection, community_id, language, round_id, places, sums)
    return NeedsPage(
        round=found,
        disputed=lines(door.disputed),
        refused=tuple(matters.refused(connection, community_id, language, found)),
        owed=lines(door.owed > 0),
        again=lines(door.answer.in_(again)),
        phones=tuple(matters.phones(connection, community_id, language, round_id)),
        unassigned=tuple(row for row in rows if not row.assignees),
        seq=parts.newest(connection, community_id),
    )


def _door_lines(
    connection: Connection,
    community_id: int,
    language: str,
    found: RoundHead,
    rows: list[AnyRow],
) -> tuple[DoorLine, ...]:
    homes = estates.households_by_id(
        connection, community_id, [row.household_id for row in rows if row.household_id > 0]
    )
    landings = estates.places(connection, community_id, {row.stairwell_id for row in rows})
    said = _said(connection, community_id, found, [row.household_id for row in rows])
    made = []
    for row in rows:
        home = homes.get(row.household_id)
        made.append(
            DoorLine(
                door=row.household_id,
                label=home.label if home else str(row.level),
                place=say(language, landings[row.stairwell_id].words),
                answers=said.get(row.household_id, ()),
                owed=row.owed,
                at=row.at or 0,
                href=f"/rounds/{found.id}/doors/{row.household_id}",
            )
        )
    return tuple(made)


def _said(
    connection: Connection, community_id: int, found: RoundHead, doors: list[int]
) -> dict[int, tuple[str, ...]]:
    """The different answers that were given at each door, by key."""
    table = marks.c
    words: dict[int, dict[str, None]] = {}
    for household_id, answer in connection.execute(
        select(table.household_id, table.answer)
        .where(
            table.community_id == community_id,
            table.round_id == found.id,
            table.household_id.in_(doors),
            table.undone_seq.is_(None),
        )
        .order_by(table.at)
    ):
        words.setdefault(household_id, {})[answer] = None
    return {household_id: tuple(of) for household_id, of in words.items()}
