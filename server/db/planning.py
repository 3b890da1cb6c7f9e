"""What SQLite's query planner is told about our tables.

Without statistics it supposes ten rows behind the first column of any index. Here that column is
the community, behind which there are many thousands, so it read whole communities instead of
using a better index. ANALYZE would count, but only what is there on that day, and plans would
change with it; so every database is told the same: communities and rounds are large, all within
them is small.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

ROWS = 1_000_000
LARGE = {"community_id": 100_000, "round_id": 5_000}
"""Rows that share these, where an index begins with them."""

SMALL = (30, 10, 3)
"""Rows that share the next column, the next two, or more."""


def suppose(connection: Connection) -> None:
    """Write down what to suppose of every index; connections opened later plan by it."""
    run = connection.exec_driver_sql
    run("ANALYZE sqlite_master")  # makes the table of statistics, and counts nothing of ours
    run("DELETE FROM sqlite_stat1")
    for table in _tables(connection):
        for index, unique, columns in _indexes(connection, table):
            counts = " ".join(map(str, (ROWS, *_behind(columns, unique=unique))))
            run(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", (table, index, counts)
            )


def _tables(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    return list(found.scalars())


def _indexes(connection: Connection, table: str) -> Iterable[tuple[str, bool, list[str]]]:
    """The indexes of a table: name, whether unique, columns. A key goes by its table's name."""
    for row in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all():
        columns = connection.exec_driver_sql(f'PRAGMA index_info("{row.name}")').all()
        name = table if row.origin == "pk" else row.name
        yield name, bool(row.unique), [column.name for column in columns]


def _behind(columns: list[str], *, unique: bool) -> Iterable[int]:
    """Rows that share the first column, the first two and so on."""
    small = 0
    for nth, column in enumerate(columns):
        if unique and nth == len(columns) - 1:
            yield 1
        elif small == 0 and column in LARGE:
            yield LARGE[column]
        else:
            yield SMALL[min(small, len(SMALL) - 1)]
            small += 1
