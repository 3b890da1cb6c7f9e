"""Standing trips: the plan of each, the trips that it makes, and what was said of both.

`trip_plan_events` and `trip_events` are the history. `trip_plans` and `trips` are what it comes to
by `rules`, kept in the same transaction, as far as lists ask for it.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

trip_plans = community_table(
    "trip_plans",
    Column("id", Id, nullable=False),  # the id of the operation by which it was made
    Column("household_id", Integer, nullable=False),
    Column("resident_id", Integer, nullable=False),  # who is driven
    Column("driver", Id, nullable=False),
    Column("deputy", Id, nullable=False),
    Column("made_by", Id, nullable=False),
    Column("changed", Id, nullable=False),  # the operation that last said what it is
    Column("ended_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "ended_at"),
    refers("household_id", "households"),
    refers("driver", "accounts"),
    refers("deputy", "accounts"),
    key=("id",),
)

trip_plan_events = events_table("trip_plan_events", "plan_id", "trip_plans", flags=("again",))
PLAN_EVENTS = Events(trip_plan_events, "plan_id")

trips = community_table(
    "trips",
    Column("id", Id, nullable=False),  # follows from its plan and its day
    Column("plan_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False),
    Column("day", String(10), nullable=False),  # 2022-04-21, where people live
    Column("leaves_at", Instant, nullable=False),
    Column("back_at", Instant, nullable=False),  # when they are expected back
    Column("driver", Id, nullable=False),
    Column("state", String(8), nullable=False),  # see rules.STATES
    Column("version", BigInteger, nullable=False),
    Index(None, "community_id", "plan_id", "day", unique=True),
    Index(None, "community_id", "state", "leaves_at"),
    Index(None, "community_id", "household_id", "leaves_at"),
    refers("plan_id", "trip_plans"),
    refers("household_id", "households"),
    key=("id",),
)

trip_events = events_table("trip_events", "trip_id", "trips", flags=("again",))
TRIP_EVENTS = Events(trip_events, "trip_id")
