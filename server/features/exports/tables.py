"""Who took which list away: written down before its first byte leaves."""

from sqlalchemy import Boolean, Column, Index, Integer, String, false

from server.db.base import Id, Instant, Json, community_table, refers

exports = community_table(
    "exports",
    Column("id", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("account_id", Id, nullable=False),  # who took it
    Column("list", String(24), nullable=False),  # see lists.LISTINGS
    Column("about", String(36), nullable=False, server_default=""),  # a round's or notice's id
    Column("title", String(120), nullable=False, server_default=""),  # how that was called then
    Column("stairwells", Json, nullable=False),  # whose households it reached; empty: of none
    Column("health", Boolean, nullable=False, server_default=false()),
    Column("format", String(8), nullable=False),  # xlsx, csv or print
    Column("rows", Integer, nullable=False),
    Column("until", Instant, nullable=False),  # when it is to be destroyed
    Index(None, "community_id", "at"),
    refers("account_id", "accounts"),
    key=("id",),
)
