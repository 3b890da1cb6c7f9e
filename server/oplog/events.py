"""Things that are what was said of them: every operation adds an event, and rules fold them.

A feature that keeps such things declares a table of events beside its own (`events_table`), reads
and writes it through one `Events`, and has a pure `fold` that says what the events come to. Nothing
said is ever replaced; what was taken back stays and counts no longer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    String,
    Table,
    delete,
    false,
    insert,
    select,
    update,
)

from server.db.base import AnyRow, Id, Instant, Json, community_table, refers
from server.oplog.kinds import Asked, Moment

FLAGS = ("again", "for_team")
"""What an event may be besides: said before already, or for those only who work on the thing."""


class Event(NamedTuple):
    """What one operation said of a thing."""

    op_id: str
    seq: int
    at: int
    actor: str
    what: str
    key: str
    said: Mapping[str, Any]
    again: bool = False  # it had been said already, so nobody was told anew
    for_team: bool = False
    undone: bool = False

    @classmethod
    def of(cls, asked: Asked, what: str, key: str = "", /, **said: Any) -> Event:
        """What an operation says, before it is entered."""
        return cls(asked.id, asked.seq, asked.corrected_at, asked.actor, what, key, said)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events that were not taken back, in the order in which they were made."""
    return sorted((one for one in events if not one.undone), key=lambda one: (one.at, one.seq))


def until(events: Iterable[Event], at: int) -> list[Event]:
    """What had been said by a moment, however late it came in."""
    return [one for one in events if one.at <= at]


def events_table(
    name: str, subject: str, things: str, *, flags: Collection[str] = (), longest_word: int = 12
) -> Table:
    """Declare the events of the things in a table; `subject` is the column that names the thing."""
    return community_table(
        name,
        Column("op_id", Id, nullable=False),
        Column(subject, Id, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("what", String(longest_word), nullable=False),  # the operation's own word
        Column("key", String(40), nullable=False, server_default=""),  # which step, to whom, …
        Column("said", Json, nullable=False),
        Column("actor", Id, nullable=False),
        Column("at", Instant, nullable=False),  # when it counts as made
        *(
            Column(flag, Boolean, nullable=False, server_default=false())
            for flag in FLAGS
            if flag in flags
        ),
        Column("undone_seq", BigInteger),
        Index(None, "community_id", subject),
        refers(subject, things),
        key=("op_id",),
    )


class Events:
    """The events of one feature's things, in its table."""

    def __init__(self, table: Table, subject: str) -> None:
        self.table = table
        self.subject = table.c[subject]
        self._flags = [flag for flag in FLAGS if flag in table.c]

    def of(self, connection: Connection, community_id: int, thing_id: str) -> list[Event]:
        """Everything said of one thing, as it arrived."""
        return [event for _, event in self.by_thing(connection, community_id, [thing_id])]

    def by_thing(
        self, connection: Connection, community_id: int, ids: Collection[str]
    ) -> list[tuple[str, Event]]:
        """Everything said of some things, as it arrived, each with its thing."""
        rows = connection.execute(
            select(self.table)
            .where(self.table.c.community_id == community_id, self.subject.in_(list(ids)))
            .order_by(self.table.c.seq)
        )
        return [(getattr(row, self.subject.name), self.read(row)) for row in rows]

    def read(self, row: AnyRow) -> Event:
        """An event as the table keeps it."""
        return Event(
            row.op_id, row.seq, row.at, row.actor, row.what, row.key, row.said,
            undone=row.undone_seq is not None,
            **{flag: bool(getattr(row, flag)) for flag in self._flags},
        )  # fmt: skip

    def add(self, at: Moment, thing_id: str, event: Event) -> None:
        """Write down what was said of a thing."""
        at.connection.execute(
            insert(self.table),
            {
                "community_id": at.community_id,
                self.subject.name: thing_id,
                "op_id": event.op_id,
                "seq": event.seq,
                "what": event.what,
                "key": event.key,
                "said": dict(event.said),
                "actor": event.actor,
                "at": event.at,
                **{flag: getattr(event, flag) for flag in self._flags},
            },
        )

    def forget(self, connection: Connection, community_id: int, ids: Collection[str]) -> list[int]:
        """Keep nothing that was said of these things; returns the numbers of what said it."""
        these = (self.table.c.community_id == community_id) & self.subject.in_(list(ids))
        numbers = list(connection.execute(select(self.table.c.seq).where(these)).scalars())
        connection.execute(delete(self.table).where(these))
        return numbers

    def take_back(self, at: Moment, events: Iterable[Event], op_id: str, seq: int) -> list[Event]:
        """Have one event count no longer; returns all of them as they are then."""
        at.connection.execute(
            update(self.table)
            .where(self.table.c.community_id == at.community_id, self.table.c.op_id == op_id)
            .values(undone_seq=seq)
        )
        return [one._replace(undone=True) if one.op_id == op_id else one for one in events]
