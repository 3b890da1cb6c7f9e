"""Erasing content from the history: the operation stays and counts, what it said is gone.

What is left is a tombstone: a payload row without a body. A retry of the operation is still
known by its id and its digest, and a replay takes it for applied without asking what it said.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from server.oplog.tables import operations, payloads

AT_ONCE = 500


def erase(connection: Connection, community_id: int, seqs: Collection[int], retention: str) -> None:
    """Empty the payloads of one retention class of these operations."""
    table, wanted = payloads.c, sorted(seqs)
    for start in range(0, len(wanted), AT_ONCE):
        connection.execute(
            update(payloads)
            .where(
                table.community_id == community_id,
                table.seq.in_(wanted[start : start + AT_ONCE]),
                table.retention == retention,
            )
            .values(body=None)
        )


def erase_whole(connection: Connection, community_id: int, seqs: Collection[int]) -> None:
    """Empty everything that these operations said, and what was answered to them."""
    wanted = sorted(seqs)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for table, emptied in ((payloads, {"body": None}), (operations, {"message": None})):
            connection.execute(
                update(table)
                .where(table.c.community_id == community_id, table.c.seq.in_(some))
                .values(emptied)
            )


def numbers_of(connection: Connection, community_id: int, ids: Collection[str]) -> list[int]:
    """The numbers of operations that are known by their ids."""
    found: list[int] = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        found += connection.execute(
            select(operations.c.seq).where(
                operations.c.community_id == community_id,
                operations.c.id.in_(wanted[start : start + AT_ONCE]),
            )
        ).scalars()
    return found
