"""What newcomers and leavers said, until it is decided, and what was said of each claim.

The content stands in the row and in what was sent, and in no event: seven days after the decision
it goes from both, and that there was a claim stays.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, Json, community_table, refers
from server.oplog.events import Events, events_table

arrivals = community_table(
    "arrivals",
    Column("id", Id, nullable=False),  # the id of the operation by which it was said
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("way", String(4), nullable=False),  # in or out
    Column("content", Json),  # rules.Content; None once it is kept no more
    Column("state", String(10), nullable=False),  # see rules.STATES
    Column("said_at", Instant, nullable=False),
    Column("told_at", Instant),  # when those who confirm were told of it
    Column("decided_at", Instant),
    Column("decided_by", Id),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "state", "said_at"),
    Index(None, "community_id", "household_id"),
    refers("household_id", "households"),
    key=("id",),
)
arrival_events = events_table("arrival_events", "arrival_id", "arrivals")
ARRIVAL_EVENTS = Events(arrival_events, "arrival_id")
