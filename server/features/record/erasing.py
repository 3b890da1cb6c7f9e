"""Taking optional fields out of the register, out of its history and out of what was sent."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, select, update

from server.features.people import changes
from server.features.people.changes import Change
from server.features.people.tables import resident_changes, residents
from server.features.record.rules import BLANK, emptied
from server.oplog import erasing
from server.oplog.kinds import REGISTER, WORK, Asked, Moment
from server.oplog.tables import operations, payloads

SAYING = ("resident.add", "resident.correct")
"""Kinds whose content names people, with what they gave."""


def forget(at: Moment, asked: Asked, household: int, fields: Collection[str]) -> None:
    """Empty these fields of everybody who lives or lived behind a door, wherever they stand."""
    table = residents.c
    rows = at.connection.execute(
        select(residents).where(
            table.community_id == at.community_id, table.household_id == household
        )
    ).all()
    blank = {
        row.id: {name: BLANK[name] for name in fields if getattr(row, name) != BLANK[name]}
        for row in rows
    }
    # What was there before is what is to be forgotten: the change does not say it.
    done = [
        Change(household, row.id, changes.CORRECTED, blank[row.id], blank[row.id])
        for row in rows
        if blank[row.id]
    ]
    changes.write(at.connection, at.community_id, asked, done, changes.HAND)
    _history(at.connection, at.community_id, set(blank), fields)
    seqs = _said_of(at.connection, at.community_id, set(blank), household)
    erasing.erase(at.connection, at.community_id, seqs, REGISTER)


def _history(
    connection: Connection, community_id: int, people: Collection[int], fields: Collection[str]
) -> None:
    """Empty the fields in what changes say was there before and after."""
    table = resident_changes.c
    rows = connection.execute(
        select(table.seq, table.nth, table.before, table.after).where(
            table.community_id == community_id, table.resident_id.in_(list(people))
        )
    ).all()
    for row in rows:
        now = {"before": emptied(row.before, fields), "after": emptied(row.after, fields)}
        if now != {"before": row.before, "after": row.after}:
            connection.execute(
                update(resident_changes)
                .where(
                    table.community_id == community_id,
                    table.seq == row.seq,
                    table.nth == row.nth,
                )
                .values(**now)
            )


def _said_of(
    connection: Connection, community_id: int, people: Collection[int], household: int
) -> list[int]:
    """Operations that said something of these people, also those that were refused."""
    rows = connection.execute(
        select(operations.c.seq, payloads.c.body)
        .join(
            payloads,
            (payloads.c.community_id == operations.c.community_id)
            & (payloads.c.seq == operations.c.seq),
        )
        .where(
            operations.c.community_id == community_id,
            operations.c.kind.in_(SAYING),
            payloads.c.retention == WORK,
            payloads.c.body.is_not(None),
        )
    )
    # A form sends its numbers as text.
    ids, home = {str(one) for one in people}, str(household)
    return [row.seq for row in rows if _names(row.body, ids, home)]


def _names(body: bytes, people: Collection[str], household: str) -> bool:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError):
        return False
    if not isinstance(said, dict):
        return False
    return str(said.get("resident")) in people or str(said.get("household")) == household
