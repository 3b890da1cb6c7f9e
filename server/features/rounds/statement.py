"""The closing statement: what came in, was carried, given, returned and owed, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, case, func, insert, select

from server.features.rounds import rules
from server.features.rounds.kinds import AGAIN, DECLINED, KINDS
from server.features.rounds.tables import round_counts, round_doors, round_statements, rounds


def add_up(connection: Connection, community_id: int, round_id: str) -> rules.Sums:
    """What a round comes to now."""
    kind = KINDS[
        connection.execute(
            select(rounds.c.kind).where(
                rounds.c.community_id == community_id, rounds.c.id == round_id
            )
        ).scalar_one()
    ]
    counted = {
        direction: int(items)
        for direction, items in connection.execute(
            select(round_counts.c.direction, func.sum(round_counts.c["items"]))
            .where(round_counts.c.community_id == community_id, round_counts.c.round_id == round_id)
            .group_by(round_counts.c.direction)
        )
    }
    door = round_doors.c
    by_answer = connection.execute(
        select(
            door.answer,
            func.count(),
            func.sum(door.due),
            func.sum(door.given),
            func.sum(door.owed),
            func.sum(case((door.disputed, 1), else_=0)),
        )
        .where(door.community_id == community_id, door.round_id == round_id, door.due > 0)
        .group_by(door.answer)
    ).all()
    totals = {"due": 0, "given": 0, "owed": 0, "again": 0, "declined": 0, "unmarked": 0}
    unmarked_doors = disputed = 0
    for key, doors, due, given, owed, in_dispute in by_answer:
        totals["due"] += int(due)
        totals["given"] += int(given)
        totals["owed"] += int(owed)
        disputed += int(in_dispute)
        answer = kind.answer(key) if key else None
        if answer is None:
            totals["unmarked"] += int(due)
            unmarked_doors += doors
        elif answer.stands == AGAIN:
            totals["again"] += int(due)
        elif answer.stands == DECLINED:
            totals["declined"] += int(due)
    return rules.Sums(
        counted.get("in", 0),
        counted.get("out", 0),
        counted.get("back", 0),
        **totals,
        disputed_doors=disputed,
        unmarked_doors=unmarked_doors,
    )


def issue(
    connection: Connection,
    community_id: int,
    round_id: str,
    seq: int,
    now: int,
    explanations: Mapping[str, str] | None = None,
) -> None:
    """Write the next statement; without explanations the last one's are kept."""
    before = newest(connection, community_id, round_id)
    sums = add_up(connection, community_id, round_id)
    door = round_doors.c
    owed = connection.execute(
        select(door.household_id, door.owed)
        .where(door.community_id == community_id, door.round_id == round_id, door.owed > 0)
        .order_by(door.stairwell_id, door.household_id)
    )
    body = {
        "sums": asdict(sums),
        "differences": rules.differences(sums),
        "owed_to": [[household_id, items] for household_id, items in owed],
        "explanations": before["body"]["explanations"]
        if explanations is None and before
        else dict(explanations or {}),
    }
    connection.execute(
        insert(round_statements),
        {
            "community_id": community_id,
            "round_id": round_id,
            "number": before["number"] + 1 if before else 1,
            "issued_at": now,
            "seq": seq,
            "body": body,
        },
    )


def newest(connection: Connection, community_id: int, round_id: str) -> dict[str, Any] | None:
    """The statement that holds, if the round was ever closed."""
    row = connection.execute(
        select(round_statements)
        .where(
            round_statements.c.community_id == community_id,
            round_statements.c.round_id == round_id,
        )
        .order_by(round_statements.c.number.desc())
        .limit(1)
    ).first()
    return dict(row._mapping) if row else None
