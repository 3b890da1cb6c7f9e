"""Door systems that send how often people went in and out, and what they sent of each door.

A count is of a door and a day: no name, no card, no time of day ever reaches a table. Counts are
no operations, as a photo's pieces are none: a machine sends them, and they are kept for a month.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers

door_systems = community_table(
    "door_systems",
    Column("id", Id, nullable=False),  # the id of the operation that connected it
    Column("compound_id", Integer, nullable=False),  # it speaks of no door elsewhere
    Column("name", String(40), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),  # when it was disconnected
    Column("version", BigInteger, nullable=False),  # seq of the last operation
    Column("key_hash", String(64), nullable=False, server_default=""),  # empty: none was made
    Column("key_made_at", Instant),
    Column("used_at", Instant),  # when it last sent something
    refers("compound_id", "compounds"),
    key=("id",),
)

door_counts = community_table(
    "door_counts",
    Column("household_id", Integer, nullable=False, autoincrement=False),
    Column("day", String(10), nullable=False),  # 2022-04-21
    Column("system_id", Id, nullable=False),
    Column("ins", Integer, nullable=False),
    Column("outs", Integer, nullable=False),
    Index(None, "community_id", "day"),
    refers("household_id", "households"),
    refers("system_id", "door_systems"),
    key=("household_id", "day", "system_id"),
)
