"""Column types and the one way of declaring a table.

Every table carries `community_id` first in its key, so that a city can shard by community
without a rewrite, and so that no query forgets whose rows it reads.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Row,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of any query."""

Id = String(36).with_variant(UUID(as_uuid=False), "postgresql")
"""A UUID as its canonical text: what devices send, pages carry and logs print."""

Instant = BigInteger()
"""A moment as Unix milliseconds, UTC: the same number in both databases and in a browser."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A small document that is read whole."""


def community_table(name: str, *parts: Any, key: tuple[str, ...]) -> Table:
    """Declare a table whose primary key is `community_id` and then `key`."""
    columns = [part for part in parts if isinstance(part, Column)]
    for column in columns:
        if column.name in key:
            column.primary_key = True
            column.nullable = False
    return Table(
        name,
        metadata,
        Column("community_id", Integer, primary_key=True, autoincrement=False),
        *parts,
        sqlite_with_rowid=False,
    )


def refers(column: str, table: str, to: str = "id") -> ForeignKeyConstraint:
    """A foreign key that stays within the community."""
    return ForeignKeyConstraint(
        ["community_id", column], [f"{table}.community_id", f"{table}.{to}"]
    )


def of_community() -> ForeignKeyConstraint:
    """A foreign key to the community itself."""
    return ForeignKeyConstraint(["community_id"], ["communities.id"])
