"""Lists: my work, the rounds of a committee, a household's rounds, the pages to keep offline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.rounds import rules, scope
from server.features.rounds.reads import parts
from server.features.rounds.tables import (
    assignments,
    round_doors,
    round_stairwells,
    rounds,
)
from server.features.rounds.views import Tally, WorkItem
from server.features.rounds.views_more import HouseholdHome, HouseholdLine, RoundCard
from server.i18n import say

SHOWN = 50
"""Rounds on a list; older ones are found through their follow-ups and copies."""


def work(connection: Connection, person: Person, language: str) -> tuple[WorkItem, ...]:
    """The stairwells somebody has in rounds that are not closed, the nearest deadline first."""
    table = assignments.c
    rows = connection.execute(
        select(
            rounds,
            table.stairwell_id,
            table.low,
            table.high,
            *(round_stairwells.c[name] for name in _TALLY),
            round_stairwells.c.version.label("stairwell_version"),
        )
        .join(
            assignments,
            (table.community_id == rounds.c.community_id) & (table.round_id == rounds.c.id),
        )
        .join(
            round_stairwells,
            (round_stairwells.c.community_id == table.community_id)
            & (round_stairwells.c.round_id == table.round_id)
            & (round_stairwells.c.stairwell_id == table.stairwell_id),
        )
        .where(
            table.community_id == person.community_id,
            table.account_id == person.id,
            table.until.is_(None),
            rounds.c.status != rules.CLOSED,
        )
    ).all()
    places = estates.places(connection, person.community_id, {row.stairwell_id for row in rows})
    labels = parts.floor_labels(connection, person.community_id, places)
    order = {one: number for number, one in enumerate(places)}
    rows = sorted(
        rows,
        key=lambda row: (
            row.status != rules.OPEN,
            row.deadline or 1 << 60,
            row.made_at,
            order[row.stairwell_id],
        ),
    )
    return tuple(
        WorkItem(
            parts.head(row),
            row.stairwell_id,
            say(language, places[row.stairwell_id].words),
            parts.tally(row),
            parts.floors_said(language, labels.get(row.stairwell_id, {}), row.low, row.high),
            row.stairwell_version,
        )
        for row in rows
    )


_TALLY = ("doors", "due", "marked", "done", "given", "owed", "disputed", "tally")


def round_cards(connection: Connection, person: Person) -> tuple[RoundCard, ...]:
    """The rounds in which the person leads a stairwell: open ones first, then the newest."""
    found = connection.execute(
        select(rounds)
        .where(rounds.c.community_id == person.community_id)
        .order_by(rounds.c.made_at.desc())
        .limit(SHOWN)
    ).all()
    sums: dict[str, dict[int, Tally]] = {}
    for row in connection.execute(
        select(round_stairwells).where(
            round_stairwells.c.community_id == person.community_id,
            round_stairwells.c.round_id.in_([row.id for row in found]),
        )
    ):
        sums.setdefault(row.round_id, {})[row.stairwell_id] = parts.tally(row)
    mine = parts.led(person, estates.places(connection, person.community_id))
    cards = [
        RoundCard(
            parts.head(row),
            parts.total(tally for one, tally in sums.get(row.id, {}).items() if one in mine),
        )
        for row in found
        if not mine.keys().isdisjoint(sums.get(row.id, {}))
    ]
    rank = {rules.OPEN: 0, rules.PAUSED: 1, rules.PLANNED: 2, rules.CLOSED: 3}
    return tuple(sorted(cards, key=lambda card: rank[card.round.status]))


def household_home(connection: Connection, person: Person, language: str) -> HouseholdHome:
    """What concerns one household. Raises `NotFound` for an account without one."""
    community_id = person.community_id
    door = estates.household(connection, community_id, person.household_id or 0)
    if door is None:
        raise parts.NotFound(person.id)
    lines = list(_household_lines(connection, community_id, door.household))
    came = [line for line in lines if line.answer]
    return HouseholdHome(
        community=community_id,
        door=door.household,
        place=say(language, door.words),
        name=door.name,
        people=scope.present_in(connection, community_id, [door.stairwell]).get(door.household, 0),
        coming=tuple(
            line for line in lines if not line.answer and line.round.status != rules.CLOSED
        ),
        came=tuple(came),
        control=estates.controls_of(connection, community_id, [door.building]).get(door.building),
        phones=estates.phones(connection, community_id).at(door.compound),
        seq=parts.newest(connection, community_id),
    )


def _household_lines(
    connection: Connection, community_id: int, household_id: int
) -> Iterable[HouseholdLine]:
    table = round_doors.c
    rows = connection.execute(
        select(
            rounds,
            table.stairwell_id,
            table.due.label("door_due"),
            table.answer,
            table.given.label("door_given"),
            table.owed.label("door_owed"),
            table.disputed.label("door_disputed"),
            table.at.label("door_at"),
            *(round_stairwells.c[name] for name in _TALLY),
        )
        .join(
            round_doors,
            (table.community_id == rounds.c.community_id) & (table.round_id == rounds.c.id),
        )
        .join(
            round_stairwells,
            (round_stairwells.c.community_id == table.community_id)
            & (round_stairwells.c.round_id == table.round_id)
            & (round_stairwells.c.stairwell_id == table.stairwell_id),
        )
        .where(
            table.community_id == community_id,
            table.household_id == household_id,
            table.due > 0,
            rounds.c.status != rules.PLANNED,
        )
        .order_by(rounds.c.made_at.desc())
        .limit(SHOWN)
    )
    for row in rows:
        yield HouseholdLine(
            parts.head(row),
            row.door_due,
            parts.tally(row),
            row.answer or "",
            row.door_given,
            row.door_owed,
            row.door_at,
            row.door_disputed,
        )


def takes_photos(connection: Connection, person: Person) -> bool:
    """True where some of a person's work is proved by photos."""
    return any(item.round.kind.photo for item in work(connection, person, "en"))


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """The pages a person needs where there is no signal, each with a version.

    Where things are taken along at the doors of a round, each door has its own.
    """
    mine = work(connection, person, "en")
    pages = [
        (
            f"/rounds/{item.round.id}/stairwells/{item.stairwell}",
            f"{item.version}-{item.round.status}-{item.part}",
        )
        for item in mine
    ]
    return pages + _doors(connection, person, [item for item in mine if item.round.about])


MOST_DOORS = 200
"""Pages of single doors that one phone keeps."""


def _doors(
    connection: Connection, person: Person, items: Sequence[WorkItem]
) -> list[tuple[str, str]]:
    """The doors of these stairwells of rounds, each with the number of what was last said there."""
    if not items:
        return []
    table = round_doors.c
    rows = connection.execute(
        select(table.round_id, table.household_id, table.mark_id, table.marks)
        .where(
            table.community_id == person.community_id,
            table.round_id.in_({item.round.id for item in items}),
            table.stairwell_id.in_({item.stairwell for item in items}),
            table.due > 0,
        )
        .order_by(table.round_id, table.household_id)
        .limit(MOST_DOORS)
    )
    return [
        (f"/rounds/{row.round_id}/doors/{row.household_id}", f"{row.marks}-{row.mark_id}")
        for row in rows
    ]
