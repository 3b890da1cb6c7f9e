"""Everything a database holds of what was done, read once, and what rows must follow from it."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from server.db.base import AnyRow
from server.features.rounds.rules import Mark
from server.features.rounds.tables import marks, round_doors, rounds
from server.oplog.events import Event, Events
from server.oplog.kinds import decode, newest
from server.oplog.tables import counters, operations, payloads

Door = tuple[int, str, int]  # community, round, household


@dataclass
class History:
    """All rows that matter, read once."""

    connection: Connection
    operations: dict[tuple[int, str], AnyRow]
    data: dict[tuple[int, str], dict[str, Any]]
    counters: dict[int, int]
    rounds: dict[tuple[int, str], AnyRow]
    doors: dict[Door, AnyRow]
    marks: list[AnyRow]
    tombstones: set[tuple[int, str]]
    """Operations that say nothing any more: their time was over, and what they did may be gone."""
    said: dict[Door, list[Mark]] = field(default_factory=lambda: defaultdict(list))

    @property
    def silent(self) -> set[tuple[int, int]]:
        """The tombstones, by number."""
        return {(key[0], self.operations[key].seq) for key in self.tombstones}

    @classmethod
    def read(cls, connection: Connection) -> History:
        """Everything, whatever the community."""

        def rows(table: Table) -> list[AnyRow]:
            return list(connection.execute(select(table)))

        known = {(row.community_id, row.id): row for row in rows(operations)}
        sent = rows(payloads)
        return cls(
            connection,
            known,
            _read(known, _data(known.values(), sent)),
            {row.community_id: row.value for row in rows(counters) if row.name == "seq"},
            {(row.community_id, row.id): row for row in rows(rounds)},
            {(row.community_id, row.round_id, row.household_id): row for row in rows(round_doors)},
            sorted(rows(marks), key=lambda row: (row.community_id, row.seq)),
            _tombstones(known.values(), sent),
        )

    def applied(self, *kinds: str) -> Iterator[tuple[AnyRow, dict[str, Any] | None]]:
        """Applied operations of these kinds in order, with their data where it was not erased.

        Tombstones are left out: nobody knows any more what they did.
        """
        for key, row in sorted(self.operations.items(), key=lambda one: (one[0][0], one[1].seq)):
            if row.outcome == "applied" and row.kind in kinds and key not in self.tombstones:
                yield row, self.data.get(key)

    def redone(self) -> dict[tuple[int, str], AnyRow]:
        """Refused operations that a lead let count, by their own key: the lead's operation."""
        found = {}
        for redo, data in self.applied("op.redo"):
            if data is not None:
                found[redo.community_id, data["op"]] = redo
        return found


def _read(
    known: Mapping[tuple[int, str], AnyRow], data: Mapping[tuple[int, str], dict[str, Any]]
) -> dict[tuple[int, str], dict[str, Any]]:
    """Content as its kind reads it, which forgives numbers that were sent as text."""
    read = {}
    for key, whole in data.items():
        made = known.get(key)
        if made is not None and newest(made.kind) is not None:
            with contextlib.suppress(KeyError, msgspec.DecodeError):
                op = decode(made.kind, made.v, msgspec.json.encode(whole))
                read[key] = msgspec.to_builtins(op)
    return read


def _tombstones(known: Iterable[AnyRow], sent: Iterable[AnyRow]) -> set[tuple[int, str]]:
    """Operations of which nothing that was sent is left."""
    told, left = set(), set()
    for row in sent:
        told.add((row.community_id, row.seq))
        if row.body is not None:
            left.add((row.community_id, row.seq))
    return {
        (row.community_id, row.id) for row in known if (row.community_id, row.seq) in told - left
    }


def _data(known: Iterable[AnyRow], rows: Iterable[AnyRow]) -> dict[tuple[int, str], dict[str, Any]]:
    """Each operation's content, put together; without those of which a part was erased."""
    whole: dict[tuple[int, str], dict[str, Any]] = {}
    ids = {(row.community_id, row.seq): row.id for row in known}
    erased = set()
    for row in rows:
        if (row.community_id, row.seq) not in ids:
            continue  # content of nothing: `_numbers` says so
        key = (row.community_id, ids[row.community_id, row.seq])
        if row.body is None:
            erased.add(key)
            continue
        try:
            whole.setdefault(key, {}).update(msgspec.json.decode(row.body))
        except (msgspec.DecodeError, TypeError, ValueError):
            erased.add(key)  # unreadable as it came
    return {key: data for key, data in whole.items() if key not in erased}


def same(
    what: str,
    history: History,
    table: Table,
    column: str,
    *kinds: str,
    perhaps: tuple[str, ...] = (),
    also: Collection[tuple[int, str]] = (),
) -> Iterator[str]:
    """The table has one row for each applied operation of these kinds; `perhaps` for those.

    And one for each of `also`.
    """
    rows = history.connection.execute(select(table.c.community_id, table.c[column]))
    found = Counter((community, one) for community, one in rows)
    due = {(row.community_id, row.id) for row, _ in history.applied(*kinds)} | {*also}
    may = {(row.community_id, row.id) for row, _ in history.applied(*perhaps)}
    for key in (due | set(found)) - history.tombstones:
        if found[key] != (key in due) and not (found[key] == 1 and key in may):
            yield f"{what} {key[1]} is there {found[key]} times"


def words_of(
    history: History,
    table: Table,
    events: Events,
    subject: str,
    kind: str,
    told: dict[tuple[int, str], list[Event]],
) -> Iterator[str]:
    """Put what was said of each thing into `told`; each word carries its operation's facts.

    `subject` is the column that names the thing, `kind` the first word of the kinds that say it.
    """
    for row in history.connection.execute(select(table).order_by(table.c.seq)):
        told[row.community_id, getattr(row, subject)].append(events.read(row))
        made = history.operations.get((row.community_id, row.op_id))
        said = (row.seq, row.actor, row.at, f"{kind}.{row.what}")
        if made and said != (made.seq, made.actor, made.corrected_at, made.kind):
            yield f"word {row.op_id} does not carry its operation's number, actor, time and kind"
