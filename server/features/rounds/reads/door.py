"""One door of a round and everything that was said of it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.photos import reads as photo_reads
from server.features.rounds.reads import parts
from server.features.rounds.reads.board import board
from server.features.rounds.tables import marks
from server.features.rounds.views import Door, DoorHistory, MarkLine
from server.oplog.kinds import NOTES
from server.oplog.tables import operations, payloads


def door_history(
    connection: Connection, person: Person, language: str, round_id: str, door_id: int
) -> DoorHistory:
    """A door, its history newest first. Raises `NotFound` and `NotYours`."""
    stairwell_id = _stairwell_of(connection, person.community_id, door_id)
    whole = board(connection, person, language, round_id, stairwell_id)
    door = next(
        (door for floor in whole.floors for door in floor.doors if door.id == door_id), None
    )
    if door is None:
        raise parts.NotFound(door_id)
    return DoorHistory(
        round=whole.round,
        stairwell=stairwell_id,
        place=whole.place,
        door=door,
        lines=tuple(_lines(connection, person, round_id, door)),
        may_mark=whole.may_mark and door.mine,
        may_lead=whole.may_lead,
        seq=whole.seq,
    )


def _stairwell_of(connection: Connection, community_id: int, door_id: int) -> int:
    if door_id < 0:
        return -door_id // 1000
    household = estates.household(connection, community_id, door_id)
    if household is None:
        raise parts.NotFound(door_id)
    return household.stairwell


def _lines(connection: Connection, person: Person, round_id: str, door: Door) -> list[MarkLine]:
    table = marks.c
    rows = connection.execute(
        select(marks, operations.c.received_at, operations.c.seq.label("op_seq"))
        .join(
            operations,
            (operations.c.community_id == table.community_id) & (operations.c.id == table.op_id),
        )
        .where(
            table.community_id == person.community_id,
            table.round_id == round_id,
            table.household_id == door.id,
        )
        .order_by(table.at.desc(), table.seq.desc())
    ).all()
    who = parts.names(connection, person.community_id, {row.actor for row in rows})
    photos = photo_reads.shown(connection, person.community_id, [row.op_id for row in rows])
    notes = _notes(connection, person, [row.op_seq for row in rows if row.noted])
    return [
        MarkLine(
            op=row.op_id,
            answer=row.answer,
            given=row.given,
            owed=row.owed,
            note=notes.get(row.op_seq, ""),
            actor=who.get(row.actor, ""),
            source=row.source,
            at=row.at,
            arrived=row.received_at,
            late=row.late,
            undone=row.undone_seq is not None,
            stands=row.op_id == door.mark,
            photo=photos.get(row.op_id),
        )
        for row in rows
    ]


def _notes(connection: Connection, person: Person, seqs: list[int]) -> dict[int, str]:
    """What people wrote in operations, where it has not been erased since."""
    if not seqs:
        return {}
    rows: list[AnyRow] = list(
        connection.execute(
            select(payloads.c.seq, payloads.c.body).where(
                payloads.c.community_id == person.community_id,
                payloads.c.seq.in_(seqs),
                payloads.c.retention == NOTES,
                payloads.c.body.is_not(None),
            )
        )
    )
    return {row.seq: str(msgspec.json.decode(row.body).get("note", "")) for row in rows}
