"""Kinds of operation that exist only in these tests; what they do is count in `counters`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import pytest
from sqlalchemy import insert, select, update

from server.oplog import kinds
from server.oplog.after import _registry as reactions_by_name
from server.oplog.kinds import NOTES, Asked, Moment, Op, Refused, Stale, operation
from server.oplog.tables import counters

ADDED = "added"


class Add(Op):
    """Add a number, or do what is asked instead."""

    retention: ClassVar = {"note": NOTES, "secret": "secrets"}
    number: int = 1
    do: str = ""
    note: str = ""
    secret: str = ""

    def apply(self, at: Moment, asked: Asked) -> None:
        self.act(at, asked)

    def act(self, at: Moment, asked: Asked) -> None:
        add(at, self.number)
        at.tell(f"added:{self.number}")
        if self.do == "react":
            at.react("tests.add", str(self.number))
        if self.do == "refuse":
            raise Refused("No, %(name)s.", name=at.actors[asked.actor].name)
        if self.do == "stale":
            raise Stale("Somebody was first.")
        if self.do == "break":
            at.react("tests.add", "1000")
            at.tell("broken")
            raise RuntimeError("a mistake of ours")
        if self.do == "break the database":
            at.connection.execute(insert(counters), {"community_id": None, "name": "x"})
        asked.subject = f"/added/{self.number}"


class AddMany(Add):
    """The same, set-wise: one that breaks breaks the whole run."""

    runs: ClassVar[list[int]] = []

    @classmethod
    def apply_all(cls, at: Moment, asked: Sequence[Asked]) -> None:
        cls.runs.append(len(asked))
        for one in asked:
            try:
                one.op.act(at, one)
                one.settle("applied")
            except Refused as refused:
                one.settle("refused", refused.words)


def add(at: Moment, number: int) -> None:
    """Add to the community's count."""
    table = counters.c
    mine = (table.community_id == at.community_id) & (table.name == ADDED)
    if at.connection.execute(select(table.value).where(mine)).first() is None:
        row = {"community_id": at.community_id, "name": ADDED, "value": 0}
        at.connection.execute(insert(counters), row)
    at.connection.execute(update(counters).where(mine).values(value=table.value + number))


def added(told) -> int:
    """What was added so far."""
    table = counters.c
    mine = (table.community_id == told.world.community) & (table.name == ADDED)
    found = told.rows(select(table.value).where(mine))
    return found[0][0] if found else 0


@contextmanager
def registered(kind: str, cls: type[Op], v: int = 1) -> Iterator[None]:
    """A kind that is known for a while."""
    operation(kind, v=v, label=kind)(cls)
    try:
        yield
    finally:
        del kinds.registry[kind, v]
        del kinds._decoders[kind, v]


@contextmanager
def reacting(name: str, run) -> Iterator[None]:
    """A reaction that is known for a while."""
    reactions_by_name[name] = run
    try:
        yield
    finally:
        del reactions_by_name[name]


@pytest.fixture
def adding():
    """The kinds `tests.add` and `tests.add_many`."""
    AddMany.runs.clear()
    with registered("tests.add", Add), registered("tests.add_many", AddMany):
        yield
