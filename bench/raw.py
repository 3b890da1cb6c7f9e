"""The physical limit: sqlite3 alone, one narrow row a mark, no rules at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.lab import timed

TABLE = (
    "CREATE TABLE ops (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "
    "door TEXT NOT NULL, status TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL)"
)
INSERT = (
    "INSERT INTO ops (id, door, status, at, by) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
)


def seconds(path: Path, batches: Sequence[Sequence[dict[str, Any]]]) -> float:
    """How long it takes to insert batches of operations, each in a durable transaction."""
    rows = [[_row(one) for one in batch] for batch in batches]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(TABLE)

        def insert() -> None:
            for batch in rows:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(INSERT, batch)
                connection.execute("COMMIT")

        took = timed(insert)
    for each in path.parent.glob(path.name + "*"):
        each.unlink()
    return took


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    data = one["data"]
    said = data.get("answer") or data["finding"]
    return one["id"], str(data["door"]), said, one["made_at"], one["actor"]
