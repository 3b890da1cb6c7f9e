"""Lists of a round: its doors, its totals by building, and what people reported, by building."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from server.features.estates import reads as estates
from server.features.exports.listing import (
    MOMENT,
    NUMBER,
    ROUND,
    SHARE,
    Asked,
    Column,
    Listing,
    Row,
)
from server.features.exports.lists.people import DOOR, PLACE, YES, place_of
from server.features.people.rules import May
from server.features.reports.tables import report_states
from server.features.rounds.kinds import KINDS
from server.features.rounds.reads import parts
from server.features.rounds.tables import round_doors, round_stairwells
from server.features.rounds.views import RoundHead
from server.i18n import mark, say, translate

BUILDING = Column(mark("Building"), width=20)


def buildings_of(asked: Asked, stairwells: Sequence[int]) -> dict[str, list[int]]:
    """The stairwells of each building, by how it is called."""
    found: dict[int, tuple[str, list[int]]] = {}
    for one in stairwells:
        place = asked.places[one]
        called = f"{place.address.compound} {say(asked.language, place.building_words)}".strip()
        found.setdefault(place.building, (called, []))[1].append(one)
    return dict(found.values())


def _doors(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    head: RoundHead = asked.about
    table = round_doors.c
    rows = connection.execute(
        select(round_doors)
        .where(
            table.community_id == asked.community_id,
            table.round_id == head.id,
            table.stairwell_id.in_(stairwells),
        )
        .order_by(table.level, table.household_id)
    ).all()
    ids = [row.household_id for row in rows if row.household_id > 0]
    doors = estates.households_by_id(connection, asked.community_id, ids)
    yes = translate(asked.language, YES)
    for stairwell in stairwells:
        for row in rows:
            if row.stairwell_id != stairwell:
                continue
            answer = head.kind.answer(row.answer) if row.answer else None
            door = doors.get(row.household_id)
            yield (
                place_of(asked, stairwell),
                door.label if door else str(row.level),
                row.due,
                translate(asked.language, answer.label) if answer else "",
                row.given,
                row.owed,
                yes if row.disputed else "",
                row.at,
            )


def _totals(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    head: RoundHead = asked.about
    known = parts.tallies(connection, asked.community_id, head.id)
    for called, theirs in buildings_of(asked, stairwells).items():
        one = parts.total(known[stairwell] for stairwell in theirs if stairwell in known)
        if one.doors:
            said = [one.answers.get(answer.key, 0) for answer in head.kind.answers]
            share = one.done / one.doors
            yield called, one.doors, one.due, one.marked, one.done, share, *said, one.owed


def _totals_columns(asked: Asked) -> Sequence[Column]:
    head: RoundHead = asked.about
    return (
        BUILDING,
        Column(mark("Doors"), NUMBER, 8, total=True),
        Column(mark("Due"), NUMBER, 8, total=True),
        Column(mark("Visited"), NUMBER, 8, total=True),
        Column(mark("Done"), NUMBER, 8, total=True),
        Column(mark("Share done"), SHARE, 10),
        *(Column(answer.label, NUMBER, 12, total=True) for answer in head.kind.answers),
        Column(mark("Owed"), NUMBER, 8, total=True),
    )


def _daily(connection: Connection, asked: Asked, stairwells: Sequence[int]) -> Iterable[Row]:
    head: RoundHead = asked.about
    due, table = round_stairwells.c, report_states.c
    expected: dict[int, int] = {
        row[0]: row[1]
        for row in connection.execute(
            select(due.stairwell_id, due.due).where(
                due.community_id == asked.community_id,
                due.round_id == head.id,
                due.stairwell_id.in_(stairwells),
            )
        )
    }
    found: dict[int, Counter[str]] = {}
    for stairwell, finding, people in connection.execute(
        select(table.stairwell_id, table.finding, func.count())
        .where(
            table.community_id == asked.community_id,
            table.round_id == head.id,
            table.stairwell_id.in_(stairwells),
        )
        .group_by(table.stairwell_id, table.finding)
    ):
        found.setdefault(stairwell, Counter())[finding] += people
    for called, theirs in buildings_of(asked, stairwells).items():
        wanted = sum(expected.get(one, 0) for one in theirs)
        counted = sum((found.get(one, Counter()) for one in theirs), Counter[str]())
        if wanted or counted:
            reported = sum(counted.values())
            findings = [counted[one.key] for one in head.kind.findings] if asked.health else []
            yield called, wanted, reported, max(0, wanted - reported), *findings


def _daily_columns(asked: Asked) -> Sequence[Column]:
    head: RoundHead = asked.about
    findings = head.kind.findings if asked.health else ()
    return (
        BUILDING,
        Column(mark("Expected"), NUMBER, 10, total=True),
        Column(mark("Reported"), NUMBER, 10, total=True),
        Column(mark("Missing"), NUMBER, 10, total=True),
        *(Column(one.label, NUMBER, 10, total=True) for one in findings),
    )


LISTINGS = (
    Listing(
        "antigen",
        mark("Daily antigen report by building"),
        May.SEE_ROUND,
        _daily_columns,
        _daily,
        about=ROUND,
        health=May.SEE_RESULTS,
        kinds=frozenset(kind.key for kind in KINDS.values() if kind.reported),
    ),
    Listing(
        "totals",
        mark("Totals of a round by building"),
        May.SEE_ROUND,
        _totals_columns,
        _totals,
        about=ROUND,
    ),
    Listing(
        "doors",
        mark("Doors of a round"),
        May.SEE_ROUND,
        lambda _: (
            PLACE, DOOR, Column(mark("Due"), NUMBER, 8, total=True),
            Column(mark("Answer"), width=14),
            Column(mark("Given"), NUMBER, 8, total=True),
            Column(mark("Owed"), NUMBER, 8, total=True), Column(mark("Disputed"), width=10),
            Column(mark("When"), MOMENT, 18),
        ),
        _doors,
        about=ROUND,
    ),
)  # fmt: skip
