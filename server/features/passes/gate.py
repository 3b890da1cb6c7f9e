"""One gate: where it leads, when it is open, who stands there, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.db.base import AnyRow
from server.features.passes.file import TOPIC
from server.features.passes.tables import GATE_EVENTS, gates
from server.features.people.actors import Person
from server.features.people.rules import May, Where
from server.i18n import mark
from server.oplog.events import Event, in_order
from server.oplog.kinds import Asked, Moment, Refused

POST, LOCKED = "post", "locked"
KINDS = {POST: mark("Guarded"), LOCKED: mark("Locked: opened on a call")}


@dataclass(slots=True)
class State:
    """What was said of a gate last, each by its own operation."""

    opened_at: int | None = None
    opened_why: str = ""
    guard: str = ""
    guard_since: int | None = None


def fold(events: Iterable[Event]) -> State:
    """Who stands there and whether it is open in an emergency."""
    state = State()
    for event in in_order(events):
        if event.what == "open":
            state.opened_at, state.opened_why = event.at, event.said["why"]
        elif event.what == "shut":
            state.opened_at, state.opened_why = None, ""
        elif event.what == "take":
            state.guard, state.guard_since = event.actor, event.at
    return state


def kept(state: State) -> dict[str, Any]:
    """What the table of gates keeps of it."""
    return {
        "opened_at": state.opened_at,
        "opened_why": state.opened_why,
        "guard": state.guard or None,
        "guard_since": state.guard_since,
    }


def where(row: AnyRow) -> Where:
    """What a gate lies in, as rights are judged by."""
    return Where(compound=row.compound_id)


def find(connection: Connection, community_id: int, gate_id: str) -> AnyRow | None:
    """A gate by id."""
    return connection.execute(
        select(gates).where(gates.c.community_id == community_id, gates.c.id == gate_id)
    ).first()


class Gate:
    """One gate, for somebody who says something there."""

    def __init__(self, at: Moment, asked: Asked, row: AnyRow) -> None:
        self.at = at
        self.row = row
        self.events = GATE_EVENTS.of(at.connection, at.community_id, row.id)
        self.person: Person = at.actors[asked.actor]  # type: ignore[assignment]
        self.now = asked.corrected_at

    @classmethod
    def find(cls, at: Moment, asked: Asked, gate_id: str) -> Gate:
        """The gate, for those who stand there. Raises `Refused` with one sentence for all else."""
        row = find(at.connection, at.community_id, gate_id)
        if row is None:
            raise Refused(NO_GATE)
        found = cls(at, asked, row)
        if not found.person.may(May.GUARD, found.now, where(row)):
            raise Refused(NO_GATE)
        asked.subject = f"/gates/{row.id}"
        return found

    @classmethod
    def begin(cls, at: Moment, asked: Asked, **made: Any) -> Gate:
        """A new gate."""
        at.connection.execute(
            insert(gates),
            {"community_id": at.community_id, "id": asked.id, "version": asked.seq, **made},
        )
        row = find(at.connection, at.community_id, asked.id)
        assert row is not None
        return cls(at, asked, row)

    def enter(self, asked: Asked, event: Event, **values: Any) -> None:
        """Add what was said and write what it comes to now."""
        GATE_EVENTS.add(self.at, str(self.row.id), event)
        self.events.append(event)
        self.at.connection.execute(
            update(gates)
            .where(gates.c.community_id == self.at.community_id, gates.c.id == self.row.id)
            .values(version=asked.seq, **kept(fold(self.events)), **values)
        )
        self.at.tell(TOPIC)
        asked.subject = f"/gates/{self.row.id}"


NO_GATE = mark("There is no such gate, or you do not stand there.")
