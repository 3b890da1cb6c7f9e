"""How long a community keeps what, when each clock was last looked at, and totals of what went."""

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String

from server.db.base import Id, Instant, community_table, of_community

retention_clocks = community_table(
    "retention_clocks",
    Column("key", String(12), nullable=False),  # see rules.CLOCKS
    Column("days", SmallInteger),  # None: as long as is usual
    Column("version", BigInteger),  # seq of the operation that said so
    Column("changed_by", Id),
    Column("changed_at", Instant),
    Column("looked_at", Instant),  # when its time was last looked at to the end
    Column("gone", Integer, nullable=False, server_default="0"),  # records, ever
    Column("gone_at", Instant),  # when something of it last went
    of_community(),
    key=("key",),
)

totals = community_table(
    "totals",
    Column("month", String(7), nullable=False),  # 2022-04, where people live
    Column("clock", String(12), nullable=False),
    Column("what", String(24), nullable=False),  # what was counted: see the feature's ageing.py
    Column("n", Integer, nullable=False),
    of_community(),
    key=("month", "clock", "what"),
)
