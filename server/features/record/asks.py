"""What was asked to be erased: by one's own household, or where one keeps the register."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.record import rules
from server.features.record.tables import ASK_EVENTS, erase_asks
from server.features.rounds.reads import parts
from server.i18n import Words
from server.oplog.events import Event

SHOWN = 200


@dataclass(frozen=True, slots=True)
class AskLine:
    """One ask in a list."""

    id: str
    household: int
    place: Words
    what: str  # marked words
    words: str
    asked_at: int
    state: str
    why: str
    decided_by: str  # a name
    decided_at: int | None

    @property
    def label(self) -> str:
        """How it stands, in marked words."""
        return rules.STATES[self.state]


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything asked where somebody keeps the register; what waits comes first."""

    lines: tuple[AskLine, ...]
    seq: int


def of_homes(
    connection: Connection, community_id: int, homes: Collection[int]
) -> tuple[AskLine, ...]:
    """What some households have asked, the newest first."""
    rows = connection.execute(
        select(erase_asks)
        .where(
            erase_asks.c.community_id == community_id, erase_asks.c.household_id.in_(list(homes))
        )
        .order_by(erase_asks.c.asked_at.desc())
        .limit(SHOWN)
    ).all()
    return _lines(connection, community_id, rows)


def asked(connection: Connection, person: Person) -> Asked:
    """What somebody decides on, or has been decided there. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.KEEP_REGISTER, now):
        raise NotAllowed("record")
    rows = connection.execute(
        select(erase_asks)
        .where(erase_asks.c.community_id == community_id)
        .order_by(erase_asks.c.decided_at.is_not(None), erase_asks.c.asked_at.desc())
    ).all()
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    mine = [row for row in rows if person.may(May.KEEP_REGISTER, now, doors[row.household_id])]
    return Asked(
        _lines(connection, community_id, mine[:SHOWN]), parts.newest(connection, community_id)
    )


def _lines(
    connection: Connection, community_id: int, rows: Sequence[AnyRow]
) -> tuple[AskLine, ...]:
    doors = estates.households_by_id(connection, community_id, {row.household_id for row in rows})
    names = people.accounts_by_id(
        connection, community_id, {row.decided_by for row in rows} - {None}
    )
    told: dict[str, list[Event]] = {row.id: [] for row in rows}
    for ask_id, event in ASK_EVENTS.by_thing(connection, community_id, list(told)):
        told[ask_id].append(event)
    lines = []
    for row in rows:
        ask = rules.fold(told[row.id])
        by = names.get(row.decided_by)
        lines.append(
            AskLine(
                row.id,
                row.household_id,
                doors[row.household_id].words,
                rules.WHAT[row.what],
                ask.words,
                row.asked_at,
                row.state,
                ask.why,
                by.name if by else "",
                row.decided_at,
            )
        )
    return tuple(lines)
