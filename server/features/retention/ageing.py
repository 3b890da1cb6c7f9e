"""What a feature says of how its records age: which are over, and what is counted of each.

A feature has an `ageing.py` whose functions stand under `@ages(clock, counts)`. Each takes up to
`PIECE` records whose time is over out of its tables and out of the history, and counts what of
them may be known for ever. The same functions, asked for `every` record, close the incident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, select, true

from server.db.base import AnyRow
from server.features.notices.tables import notices, reach
from server.features.retention.rules import CLOCKS, month
from server.i18n import mark
from server.oplog import erasing
from server.oplog.events import Events

PIECE = 500
"""Records that go in one transaction: others write in between."""


ANNOUNCED, ANNOUNCED_LABEL = "announced", mark("Announcements about them")
"""Counted wherever things go that somebody was told of."""


@dataclass(slots=True)
class Over:
    """Which records are over, and what is counted of those that go."""

    connection: Connection
    community_id: int
    before: int  # whatever ended before this is over
    now: int
    zone: tzinfo
    every: bool = False  # the incident is closed: over is what began before, ended or not
    register: bool = False  # and who lives where goes too
    totals: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, what: str, at: int, n: int = 1) -> None:
        """Add to what is known for ever: how many, in which month."""
        self.totals[month(at, self.zone), what] += n

    def ended(self, of: ColumnElement[bool]) -> ColumnElement[bool]:
        """What is over by its own account; where the incident is closed, whether it is or not."""
        return true() if self.every else of

    def older(self, moment: ColumnElement[int]) -> ColumnElement[bool]:
        """What happened before."""
        return and_(moment.is_not(None), moment < self.before)


Age = Callable[[Over], int]
"""Lets up to `PIECE` records go and returns how many: 0 once there are no more."""

_ages: dict[str, list[Age]] = {}
_counts: dict[str, dict[str, str]] = {}


def ages(clock: str, counts: Mapping[str, str] | None = None) -> Callable[[Age], Age]:
    """Have a function let go of what a clock is for; `counts` says what it counts, in words."""
    if clock not in CLOCKS:
        raise ValueError(f"there is no clock {clock!r}")

    def register(age: Age) -> Age:
        _ages.setdefault(clock, []).append(age)
        _counts.setdefault(clock, {}).update(counts or {})
        return age

    return register


def of_clock(clock: str) -> Collection[Age]:
    """What is done when a clock has run out, in the order of the features."""
    return tuple(_ages.get(clock, ()))


def words_of(clock: str, what: str) -> str:
    """What is counted there, as marked words; what an older version counted says its key."""
    known = _counts.get(clock, {})
    return ANNOUNCED_LABEL if what == ANNOUNCED else known.get(what, what)


def things(
    over: Over,
    table: Table,
    events: Events,
    ended: ColumnElement[bool],
    count: Callable[[AnyRow], None],
    *parts: tuple[Table, str],
    named_by: tuple[Table, str] | None = None,
) -> int:
    """Let go of things that ended, of which nothing was said since, with every word said of them.

    `parts` are further tables with the column that names the thing; `named_by` is one whose rows
    have to go first, by themselves.
    """
    said = events.table.c
    quiet = ~exists().where(
        said.community_id == over.community_id,
        events.subject == table.c.id,
        said.at >= over.before,
    )
    rows = over.connection.execute(
        select(table)
        .where(
            table.c.community_id == over.community_id,
            over.ended(ended),
            quiet,
            _free(table, named_by),
        )
        .limit(PIECE)
    ).all()
    ids = [row.id for row in rows]
    for row in rows:
        count(row)
    _take_back(over, events, ids)
    said_of = events.forget(over.connection, over.community_id, ids)
    erasing.erase_whole(over.connection, over.community_id, said_of)
    for part, column in (*parts, (table, "id")):
        over.connection.execute(
            delete(part).where(part.c.community_id == over.community_id, part.c[column].in_(ids))
        )
    return len(rows)


def _free(table: Table, named_by: tuple[Table, str] | None) -> ColumnElement[bool]:
    """True of things that no row of another table names."""
    if named_by is None:
        return true()
    other, column = named_by
    return ~exists().where(
        other.c.community_id == table.c.community_id, other.c[column] == table.c.id
    )


def _take_back(over: Over, events: Events, ids: Collection[str]) -> None:
    """Let go of what people were told of things: that they were told says what it was about."""
    told = {
        one
        for _, event in events.by_thing(over.connection, over.community_id, ids)
        for one in event.said.get("notices") or ()
    }
    made = over.connection.execute(
        select(notices.c.id, notices.c.made_at).where(
            notices.c.community_id == over.community_id, notices.c.id.in_(told)
        )
    ).all()
    for row in made:
        over.count(ANNOUNCED, row.made_at)
    for table, column in ((reach, reach.c.notice_id), (notices, notices.c.id)):
        over.connection.execute(
            delete(table).where(
                table.c.community_id == over.community_id, column.in_([row.id for row in made])
            )
        )


def said(
    over: Over,
    table: Table,
    old: ColumnElement[bool],
    count: Callable[[AnyRow], None],
    *names: str,
) -> int:
    """Let go of rows that each stand for one operation, whose words go with them.

    `names` are the columns that tell one row from the others; the first is the operation's id.
    """
    gone = lines(over, table, old, count, *names)
    said_by = {getattr(row, names[0]) for row in gone}
    erasing.erase_whole(
        over.connection,
        over.community_id,
        erasing.numbers_of(over.connection, over.community_id, said_by),
    )
    return len(gone)


def lines(
    over: Over,
    table: Table,
    old: ColumnElement[bool],
    count: Callable[[AnyRow], None],
    *names: str,
) -> Sequence[AnyRow]:
    """Let go of rows only, a piece of them, and return them.

    `names` are the columns that tell one row from the others.
    """
    columns = [table.c[name] for name in names]
    rows = over.connection.execute(
        select(table)
        .where(table.c.community_id == over.community_id, old)
        .order_by(*columns)
        .limit(PIECE)
    ).all()
    for row in rows:
        count(row)
        over.connection.execute(
            delete(table).where(
                table.c.community_id == over.community_id,
                *(column == getattr(row, column.name) for column in columns),
            )
        )
    return rows


def nothing(row: AnyRow) -> None:
    """Count nothing of it."""
