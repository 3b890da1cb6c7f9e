"""Erasing content from the history: the operation stays and counts, what it said is gone.

What is left is a tombstone: a payload row without a body. A retry of the operation is still
known by its id and its digest, and a replay takes it for applied without asking what it said.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, update

from server.oplog.tables import payloads

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
