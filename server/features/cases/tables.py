"""Cases: somebody whose test was positive, and what was done for them. Health records, all of it.

`case_events` is the history, one row for each operation, of which nothing is ever replaced. `cases`
is what it comes to by `rules.fold`, as far as lists and figures ask for it, kept in the same
transaction.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

cases = community_table(
    "cases",
    Column("id", Id, nullable=False),  # the id of the operation that opened it
    Column("resident_id", Integer, nullable=False, autoincrement=False),
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("building_id", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("tested_at", Instant),  # when the first positive test was taken, where that is known
    Column("owner", Id),  # who follows it up
    Column("step", String(16), nullable=False, server_default=""),  # see rules.STEPS
    Column("closed_at", Instant),
    Column("closed_why", String(12)),  # see rules.ENDS
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "resident_id"),
    Index(None, "community_id", "household_id"),
    refers("resident_id", "residents"),
    refers("household_id", "households"),
    key=("id",),
)

case_events = events_table("case_events", "case_id", "cases", flags=("again",))
CASE_EVENTS = Events(case_events, "case_id")
