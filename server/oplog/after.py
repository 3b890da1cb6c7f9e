"""Reactions: what follows from applied operations, done at least once and in its own transaction.

A reaction is a row written with the operation that caused it, so neither can exist without the
other. It is claimed with its row locked: several processes share the work, none does it twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, select, update

from server import clock
from server.db.errors import passing
from server.oplog.tables import reactions

log = structlog.get_logger("reactions")

MOST_ATTEMPTS = 12
FIRST_RETRY = 2 * clock.SECOND


@dataclass(slots=True)
class Reacting:
    """What a reaction may use."""

    connection: Connection
    community_id: int
    subject: str
    now: int
    submit: Callable[[str, str, str, dict[str, Any]], None]
    """Put an operation through the one write path: actor, id, kind, data."""
    topics: set[str] = field(default_factory=set)
    again_at: int | None = None
    """When to run this one again, for what goes on until it is told to stop."""


Reaction = Callable[[Reacting], None]
_registry: dict[str, Reaction] = {}


def reaction(name: str) -> Callable[[Reaction], Reaction]:
    """Register what happens under a name that `Moment.react` gives."""

    def register(run: Reaction) -> Reaction:
        _registry[name] = run
        return run

    return register


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one reaction: pages it put out of date."""

    community_id: int
    topics: frozenset[str]


def run_next(
    connection: Connection,
    now: int,
    submit: Callable[[Connection, int], Callable[[str, str, str, dict[str, Any]], None]],
) -> Ran | None:
    """Run the oldest reaction that is due, in the caller's transaction; None where none is."""
    table = reactions.c
    row = connection.execute(
        select(reactions)
        .where(table.done_at.is_(None), table.due_at <= now, table.attempts < MOST_ATTEMPTS)
        .order_by(table.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    reacting = Reacting(
        connection, row.community_id, row.subject, now, submit(connection, row.community_id)
    )
    this = (table.community_id == row.community_id) & (table.id == row.id)
    try:
        with connection.begin_nested():
            _registry[row.name](reacting)
            if reacting.again_at is None:
                said: dict[str, Any] = {"done_at": now}
            else:
                said = {"due_at": reacting.again_at, "attempts": 0}
            connection.execute(update(reactions).where(this).values(said))
    except Exception as error:
        if passing(error):
            raise  # the reaction stays due, and is not to blame
        log.exception("reaction_failed", name=row.name, subject=row.subject)
        wait = FIRST_RETRY << row.attempts
        connection.execute(
            update(reactions).where(this).values(attempts=row.attempts + 1, due_at=now + wait)
        )
    return Ran(row.community_id, frozenset(reacting.topics))


def waits(connection: Connection, community_id: int, name: str, subject: str) -> bool:
    """True where a reaction to a subject is still to run, now or some day."""
    table = reactions.c
    found = connection.execute(
        select(table.id)
        .where(
            table.community_id == community_id,
            table.name == name,
            table.subject == subject,
            table.done_at.is_(None),
            table.attempts < MOST_ATTEMPTS,
        )
        .limit(1)
    ).first()
    return found is not None


def encode(data: dict[str, Any]) -> msgspec.Raw:
    """An operation's data as an envelope carries it."""
    return msgspec.Raw(msgspec.json.encode(data))
