"""A testing day: its sites, who comes to each, which floors were called, tubes and results.

Who came is said by marks: a testing day is a round, so it works at the site without a signal.
"""

from sqlalchemy import Boolean, Column, Index, Integer, SmallInteger, String, false

from server.db.base import Id, Instant, Json, community_table, refers

test_rounds = community_table(
    "test_rounds",
    Column("round_id", Id, nullable=False),
    Column("tube", String(10), nullable=False),  # single, household or ten
    Column("pace", String(8), nullable=False),  # hand, auto or paused
    Column("most", SmallInteger, nullable=False),  # people who may wait at a site
    refers("round_id", "rounds"),
    key=("round_id",),
)

sites = community_table(
    "sites",
    Column("id", Id, nullable=False),
    Column("round_id", Id, nullable=False),
    Column("name", String(40), nullable=False),
    Column("place", String(80), nullable=False, server_default=""),  # where, and how to queue
    Column("hours", String(40), nullable=False, server_default=""),
    Column("medics", SmallInteger, nullable=False, server_default="1"),
    Column("position", SmallInteger, nullable=False),
    refers("round_id", "rounds"),
    Index(None, "community_id", "round_id"),
    key=("id",),
)

test_stairwells = community_table(
    "test_stairwells",
    Column("round_id", Id, nullable=False),
    Column("stairwell_id", Integer, nullable=False, autoincrement=False),
    Column("site_id", Id),
    Column("position", Integer, nullable=False),
    Column("held", Boolean, nullable=False, server_default=false()),
    refers("round_id", "rounds"),
    key=("round_id", "stairwell_id"),
)

floor_calls = community_table(
    "floor_calls",
    Column("round_id", Id, nullable=False),
    Column("stairwell_id", Integer, nullable=False, autoincrement=False),
    Column("level", SmallInteger, nullable=False, autoincrement=False),
    Column("state", String(8), nullable=False),  # called or skipped
    Column("at", Instant, nullable=False),
    Column("notice_id", Id),  # the announcement that calls it
    Column("times", SmallInteger, nullable=False, server_default="0"),
    refers("round_id", "rounds"),
    key=("round_id", "stairwell_id", "level"),
)

excuses = community_table(
    "excuses",
    Column("round_id", Id, nullable=False),
    Column("resident_id", Integer, nullable=False, autoincrement=False),
    Column("household_id", Integer, nullable=False),
    Column("reason", String(12), nullable=False),  # transfer, elsewhere, away or home
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by_itself", Boolean, nullable=False, server_default=false()),  # nobody said it by hand
    refers("round_id", "rounds"),
    key=("round_id", "resident_id"),
)

tubes = community_table(
    "tubes",
    Column("round_id", Id, nullable=False),
    Column("code", String(24), nullable=False),
    Column("residents", Json, nullable=False),  # ids
    Column("filled_at", Instant, nullable=False),
    Column("filled_by", Id, nullable=False),
    Column("result", String(10)),  # negative, positive or invalid
    Column("result_at", Instant),
    refers("round_id", "rounds"),
    key=("round_id", "code"),
)

test_records = community_table(
    "test_records",
    Column("resident_id", Integer, nullable=False, autoincrement=False),
    Column("round_id", Id, nullable=False),
    Column("code", String(24), nullable=False),
    Column("tested_at", Instant, nullable=False),
    Column("result", String(10), nullable=False),  # negative, positive, invalid or retest
    key=("resident_id", "round_id"),
)
