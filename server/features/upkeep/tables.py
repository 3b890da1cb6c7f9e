"""When a household last said that the register is right about it, and when it was last asked."""

from sqlalchemy import BigInteger, Column, Index, Integer

from server.db.base import Id, Instant, community_table, refers

upkeep = community_table(
    "upkeep",
    Column("household_id", Integer, nullable=False, autoincrement=False),
    Column("said_at", Instant),  # that nothing has changed
    Column("said_by", Id),
    Column("asked_at", Instant),  # by an announcement
    Column("later_at", Instant),  # "not now"
    Column("version", BigInteger, nullable=False),  # seq of the last change
    Index(None, "community_id", "said_at"),
    refers("household_id", "households"),
    key=("household_id",),
)
