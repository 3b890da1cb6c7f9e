"""Lists of what desks have: who was reached, requests, passes of some days, cases by building."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from server.features.cases.tables import cases
from server.features.estates import reads as estates
from server.features.estates.tables import households
from server.features.exports.listing import (
    DAYS,
    MOMENT,
    NOTICE,
    NUMBER,
    Asked,
    Column,
    Listing,
    Row,
)
from server.features.exports.lists.people import DOOR, NAME, PLACE, TELEPHONE, place_of
from server.features.exports.lists.rounds import BUILDING, buildings_of
from server.features.notices.tables import reach
from server.features.passes import rules as passes_rules
from server.features.passes.tables import passes
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.requests.kinds import HEALTH, KINDS, OPEN
from server.features.requests.rules import STATES
from server.features.requests.tables import requests
from server.features.rounds.reads import parts
from server.features.vacancies import rules as vacancies_rules
from server.features.vacancies.tables import vacancies
from server.i18n import mark, translate


def _reach(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    """Not reached first: it is the list by which somebody telephones."""
    table, door = reach.c, households.c
    rows = connection.execute(
        select(table.household_id, table.opened_at, table.answered_at, table.told_at, table.tried,
               door.label, door.stairwell_id)
        .join(households, (door.community_id == table.community_id)
              & (door.id == table.household_id))
        .where(table.community_id == asked.community_id, table.notice_id == asked.about.id,
               door.stairwell_id.in_(stairwells))
        .order_by(door.level, door.position)
    ).all()  # fmt: skip
    who = residents.c
    people: dict[int, list[tuple[str, str]]] = {}
    for home, name, phone in connection.execute(
        select(who.household_id, who.name, who.phone)
        .where(
            who.community_id == asked.community_id,
            who.household_id.in_([row.household_id for row in rows]),
            who.left_at.is_(None),
        )
        .order_by(who.born, who.id)
    ):
        people.setdefault(home, []).append((name, phone))
    comma = translate(asked.language, mark(", "))
    for stairwell in stairwells:
        for row in rows:
            if row.stairwell_id == stairwell:
                there = people.get(row.household_id, [])
                phone = next((phone for _, phone in there if phone), "")
                how = (
                    TOLD if row.told_at else ANSWERED if row.answered_at
                    else OPENED if row.opened_at else NOT_REACHED
                )  # fmt: skip
                yield (place_of(asked, stairwell), row.label, comma.join(name for name, _ in there),
                       phone, translate(asked.language, how), row.tried)  # fmt: skip


def _requests(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    table = requests.c
    since, until = asked.about
    rights = (OPEN, HEALTH) if asked.health else (OPEN,)
    kinds = [kind.key for kind in KINDS.values() if kind.sees in rights]
    rows = connection.execute(
        select(table.kind, table.household_id, table.stairwell_id, table.opened_at, table.state,
               table.owner, table.due_at, table.closed_at)
        .where(table.community_id == asked.community_id, table.stairwell_id.in_(stairwells),
               table.kind.in_(kinds), table.opened_at >= since, table.opened_at < until)
        .order_by(table.opened_at, table.id)
    ).all()  # fmt: skip
    homes = {row.household_id for row in rows if row.household_id}
    doors = estates.households_by_id(connection, asked.community_id, homes)
    names = parts.names(connection, asked.community_id, {row.owner for row in rows if row.owner})
    for row in rows:
        door = doors.get(row.household_id)
        yield (
            place_of(asked, row.stairwell_id),
            door.label if door else "",
            translate(asked.language, KINDS[row.kind].label),
            row.opened_at,
            translate(asked.language, STATES.get(row.state, row.state)),
            names.get(row.owner, ""),
            row.due_at,
            row.closed_at,
        )


def _passes(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    """Why somebody goes may be somebody's health: the list does not say it."""
    table, door = passes.c, households.c
    since, until = asked.about
    rows = connection.execute(
        select(table.number, table.kind, table.name, table.way, table.since, table.until,
               table.state, door.label, door.stairwell_id)
        .join(households, (door.community_id == table.community_id)
              & (door.id == table.household_id))
        .where(table.community_id == asked.community_id, door.stairwell_id.in_(stairwells),
               table.since < until, table.until > since)
        .order_by(table.since, table.id)
    )  # fmt: skip
    for row in rows:
        yield (
            row.number,
            translate(asked.language, passes_rules.KINDS.get(row.kind, row.kind)),
            row.name,
            place_of(asked, row.stairwell_id),
            row.label,
            translate(asked.language, passes_rules.WAYS.get(row.way, row.way)),
            row.since,
            row.until,
            translate(asked.language, passes_rules.STATES.get(row.state, row.state)),
        )


def _vacant(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    """Flats that are kept as vacant; what is overdue says since when."""
    table, door = vacancies.c, households.c
    rows = connection.execute(
        select(table.stairwell_id, door.label, table.evidence, table.seal, table.since,
               table.checked_at, table.due_at)
        .join(households, (door.community_id == table.community_id)
              & (door.id == table.household_id))
        .where(table.community_id == asked.community_id, table.vacant,
               table.stairwell_id.in_(stairwells))
        .order_by(table.stairwell_id, door.level, door.position)
    ).all()  # fmt: skip
    order = {one: place for place, one in enumerate(stairwells)}
    for row in sorted(rows, key=lambda row: order[row.stairwell_id]):
        evidence = vacancies_rules.EVIDENCE.get(row.evidence, row.evidence)
        yield (place_of(asked, row.stairwell_id), row.label, translate(asked.language, evidence),
               row.seal, row.since, row.checked_at, row.due_at)  # fmt: skip


def _cases(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    table = cases.c
    found = {
        stairwell: (opened, every)
        for stairwell, opened, every in connection.execute(
            select(table.stairwell_id, func.count() - func.count(table.closed_at), func.count())
            .where(table.community_id == asked.community_id, table.stairwell_id.in_(stairwells))
            .group_by(table.stairwell_id)
        )
    }
    for called, theirs in buildings_of(asked, stairwells).items():
        opened, every = (sum(found.get(one, (0, 0))[nth] for one in theirs) for nth in (0, 1))
        if every:
            yield called, opened, every - opened, every


TOLD, ANSWERED = mark("Told by a person"), mark("Answered")
OPENED, NOT_REACHED = mark("Opened"), mark("Not reached")

LISTINGS = (
    Listing(
        "telephone",
        mark("Telephone list of an announcement"),
        May.SEE_REACH,
        lambda _: (
            PLACE, DOOR, Column(mark("Who lives there"), width=30), TELEPHONE,
            Column(mark("Reached"), width=16), Column(mark("Tries"), NUMBER, 8),
        ),
        _reach,
        about=NOTICE,
    ),
    Listing(
        "requests",
        mark("Requests of some days"),
        May.SEE_REQUESTS,
        lambda _: (
            PLACE, DOOR, Column(mark("What is needed"), width=20),
            Column(mark("Asked"), MOMENT, 18),
            Column(mark("How it stands"), width=18), Column(mark("Who has it"), width=16),
            Column(mark("Due by"), MOMENT, 18), Column(mark("Closed"), MOMENT, 18),
        ),
        _requests,
        about=DAYS,
        health=May.SEE_HEALTH_REQUESTS,
    ),
    Listing(
        "passes",
        mark("Passes of some days"),
        May.APPROVE_PASSES,
        lambda _: (
            Column(mark("Number"), width=10), Column(mark("Kind"), width=16), NAME, PLACE, DOOR,
            Column(mark("Way"), width=16), Column(mark("From"), MOMENT, 18),
            Column(mark("Until"), MOMENT, 18), Column(mark("How it stands"), width=18),
        ),
        _passes,
        about=DAYS,
    ),
    Listing(
        "vacant",
        mark("Vacant flats"),
        May.KEEP_VACANCIES,
        lambda _: (
            PLACE, DOOR, Column(mark("How it shows"), width=24), Column(mark("Seal"), width=14),
            Column(mark("Since"), MOMENT, 18), Column(mark("Looked at"), MOMENT, 18),
            Column(mark("Look again by"), MOMENT, 18),
        ),
        _vacant,
    ),
    Listing(
        "cases",
        mark("Cases by building"),
        May.SEE_CASES,
        lambda _: (
            BUILDING, Column(mark("Open"), NUMBER, 8, total=True),
            Column(mark("Closed"), NUMBER, 8, total=True),
            Column(mark("In all"), NUMBER, 8, total=True),
        ),
        _cases,
    ),
)  # fmt: skip
