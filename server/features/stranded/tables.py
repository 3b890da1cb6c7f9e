"""People who are shut in where they do not live, and what was said of each.

Presence is the register's (`residents.present`): whoever is stranded has a row there behind the
door where they are, so that rounds, tests and reports count them like everybody who is here. This
table says what the register cannot: whose guest they are, since when, and where they live.
"""

from sqlalchemy import BigInteger, Column, Index, Integer

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

stranded = community_table(
    "stranded",
    Column("id", Id, nullable=False),  # the id of the operation by which they were registered
    Column("resident_id", Integer, nullable=False),  # their row behind the door where they are
    Column("household_id", Integer, nullable=False),  # that door
    Column("stairwell_id", Integer, nullable=False),
    Column("home_id", Integer),  # where they live, if that is in this community
    Column("lives_id", Integer),  # their own row behind that door, where they were known there
    Column("since", Instant, nullable=False),
    Column("left_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "left_at"),
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "home_id"),
    Index(None, "community_id", "lives_id"),
    refers("resident_id", "residents"),
    refers("household_id", "households"),
    refers("home_id", "households"),
    key=("id",),
)

stranded_events = events_table("stranded_events", "stranded_id", "stranded", flags=("again",))
STRANDED_EVENTS = Events(stranded_events, "stranded_id")
