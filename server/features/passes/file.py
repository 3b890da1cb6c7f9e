"""One pass with everything said of it and every gate it went through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.passes import keys, numbers, rules, token
from server.features.passes.rules import Crossing, Limits, State
from server.features.passes.tables import PASS_EVENTS, crossings, pass_limits, passes
from server.features.people.actors import Person
from server.features.people.rules import EVERYWHERE, May, Somewhere
from server.i18n import mark
from server.oplog.events import Event
from server.oplog.kinds import Asked, Moment, Refused
from server.p256 import SigningKey

TOPIC = "passes"
"""What pages about passes and gates listen to. It names none."""


def limits(connection: Connection, community_id: int) -> Limits:
    """What a household may have, as the committee set it."""
    table = pass_limits.c
    row = connection.execute(
        select(table.passes, table.days, table.hours, table.alone, table.test_hours).where(
            table.community_id == community_id
        )
    ).first()
    return Limits() if row is None else Limits(*row)


def place_of(connection: Connection, row: AnyRow) -> Household | None:
    """Whose door a pass belongs to; None where it belongs to none."""
    if row.household_id is None:
        return None
    return estates.household(connection, row.community_id, row.household_id)


def decides(person: Person, place: Somewhere | None, now: int) -> bool:
    """True for those who approve passes of that door; of no door, of the whole community."""
    return person.may(May.APPROVE_PASSES, now, place or EVERYWHERE)


def crossings_of(connection: Connection, community_id: int, pass_id: str) -> list[Crossing]:
    """Every time somebody came to a gate with a pass."""
    return by_pass(connection, community_id, [pass_id]).get(pass_id, [])


def by_pass(
    connection: Connection, community_id: int, ids: Iterable[str]
) -> dict[str, list[Crossing]]:
    """Crossings with some passes, by pass."""
    table = crossings.c
    columns = [table[name] for name in Crossing._fields]
    found: dict[str, list[Crossing]] = {}
    query = select(table.pass_id, *columns).where(
        table.community_id == community_id, table.pass_id.in_(list(ids))
    )
    for pass_id, *said in connection.execute(query.order_by(table.at, table.seq)):
        found.setdefault(pass_id, []).append(Crossing(*said))
    return found


class Pass:
    """One pass, for somebody who says something of it."""

    def __init__(self, at: Moment, asked: Asked, row: AnyRow, events: list[Event]) -> None:
        self.at = at
        self.row = row
        self.events = events
        self.state = rules.fold(events)
        self.door = place_of(at.connection, row)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at
        self.speaker = asked.actor  # nobody, where it goes by itself in somebody's name

    @classmethod
    def load(cls, at: Moment, asked: Asked, row: AnyRow) -> Pass:
        """A pass that was found."""
        return cls(at, asked, row, PASS_EVENTS.of(at.connection, at.community_id, row.id))

    @classmethod
    def find(cls, at: Moment, asked: Asked, pass_id: str) -> Pass:
        """The pass. Raises `Refused` with the same words where there is none."""
        row = at.connection.execute(
            select(passes).where(passes.c.community_id == at.community_id, passes.c.id == pass_id)
        ).first()
        if row is None:
            raise Refused(NO_PASS)
        found = cls.load(at, asked, row)
        if not (found.decides or found.is_theirs):
            raise Refused(NO_PASS)
        asked.subject = f"/passes/{row.id}"
        return found

    @classmethod
    def begin(cls, at: Moment, asked: Asked, **made: Any) -> Pass:
        """A new pass, of which nothing is said yet."""
        at.connection.execute(
            insert(passes),
            {
                "community_id": at.community_id,
                "id": asked.id,
                "number": _new_number(at),
                "owner": asked.actor,
                "state": rules.ASKED,
                "state_at": asked.corrected_at,
                "opened_at": asked.corrected_at,
                "version": asked.seq,
                **made,
            },
        )
        row = at.connection.execute(
            select(passes).where(passes.c.community_id == at.community_id, passes.c.id == asked.id)
        ).one()
        return cls(at, asked, row, [])

    @property
    def id(self) -> str:
        """The pass's."""
        return str(self.row.id)

    @property
    def _this(self) -> ColumnElement[bool]:
        return and_(passes.c.community_id == self.at.community_id, passes.c.id == self.id)

    @property
    def decides(self) -> bool:
        """True where whoever speaks approves passes there."""
        return decides(self.person, self.door, self.now)

    @property
    def is_theirs(self) -> bool:
        """True where whoever speaks asked for it, or speaks for the household."""
        if self.row.household_id is None:
            return bool(self.row.owner == self.person.id)
        return self.row.household_id in self.person.homes(self.now)

    def must_decide(self) -> None:
        """Raises `Refused` for those who approve nothing there."""
        if not self.decides:
            raise Refused(NOT_YOURS)

    def must_be(self, *states: str) -> None:
        """Raises `Refused` where it stands otherwise, in words that say how."""
        if self.state.state not in states:
            raise Refused(STANDS[self.state.state])

    def enter(self, asked: Asked, event: Event) -> None:
        """Add what was said and write what it comes to now."""
        PASS_EVENTS.add(self.at, self.id, event)
        self.events.append(event)
        self.state = rules.fold(self.events)
        self.write(version=asked.seq, **kept(self.state))
        self.at.tell(TOPIC)
        asked.subject = f"/passes/{self.id}"

    def write(self, **values: Any) -> None:
        """Write something into its row."""
        self.at.connection.execute(update(passes).where(self._this).values(**values))
        self.row = self.at.connection.execute(select(passes).where(self._this)).one()

    def sign(self, key: SigningKey | None = None) -> None:
        """Have its text signed as it stands now."""
        self.write(token=token.sign(key := key or keys.current(self.at), claims(self.row, key.id)))

    def crossings(self) -> list[Crossing]:
        """Every time somebody came to a gate with it."""
        return crossings_of(self.at.connection, self.at.community_id, self.id)

    def passed(self) -> None:
        """Write down what its crossings come to."""
        self.write(**crossed(self.row, self.crossings()))


def claims(row: AnyRow, key_id: str) -> token.Claims:
    """What a pass says of itself."""
    return token.Claims(
        key_id,
        row.community_id,
        row.number,
        row.name,
        row.kind,
        row.way,
        row.since // 1000,
        row.until // 1000,
        row.uses,
        " ".join(row.conditions),
    )


def kept(state: State) -> dict[str, Any]:
    """What the table of passes keeps of what was said of one."""
    return {
        "state": state.state,
        "state_at": state.since,
        "decided_by": state.decided_by if state.state != rules.ASKED else None,
        "clashed": bool(state.clashes),
    }


def crossed(row: AnyRow, known: list[Crossing]) -> dict[str, Any]:
    """What the table of passes keeps of its crossings."""
    now = rules.passage(row, known)
    return {
        "away": now.away,
        "used": now.used,
        "last_at": now.last.at if now.last else None,
        "last_gate": now.last.gate_id if now.last else None,
    }


def _new_number(at: Moment) -> str:
    while True:
        number = numbers.new()
        taken = select(passes.c.id).where(
            passes.c.community_id == at.community_id, passes.c.number == number
        )
        if at.connection.execute(taken).first() is None:
            return number


NO_PASS = mark("There is no such pass, or it is not yours to know of.")
NOT_YOURS = mark("Only those who approve passes there can say this.")
STANDS = {
    rules.ASKED: mark("This pass is not approved yet."),
    rules.VALID: mark("This pass is approved already."),
    rules.DECLINED: mark("This pass was not approved. Ask for a new one."),
    rules.WITHDRAWN: mark("This pass was withdrawn. Ask for a new one."),
    rules.REVOKED: mark("This pass was revoked. Ask for a new one."),
}
