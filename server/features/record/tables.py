"""What households ask to have erased, and what was decided."""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

erase_asks = community_table(
    "erase_asks",
    Column("id", Id, nullable=False),  # the id of the operation by which it was asked
    Column("household_id", Integer, nullable=False),
    Column("what", String(12), nullable=False),  # see rules.WHAT
    Column("asked_by", Id, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),  # see rules.STATES
    Column("decided_by", Id),
    Column("decided_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "household_id"),
    refers("household_id", "households"),
    key=("id",),
)

erase_ask_events = events_table("erase_ask_events", "ask_id", "erase_asks")

ASK_EVENTS = Events(erase_ask_events, "ask_id")
