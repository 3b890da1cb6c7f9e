"""Medicine that people need, the batches in which it is bought, and what was said of both.

`need_events` and `batch_events` are the history. `needs` and `batches` are what it comes to by
`rules`, kept in the same transaction, as far as lists ask for it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, false

from server.db.base import Id, Instant, Json, community_table, refers
from server.oplog.events import Events, events_table

needs = community_table(
    "needs",
    Column("id", Id, nullable=False),  # the id of the operation by which it was first said
    Column("household_id", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("dose", String(80), nullable=False),
    Column("boxes", SmallInteger, nullable=False),
    Column("lasts", SmallInteger, nullable=False),  # days that these boxes last
    Column("substitute", String(3), nullable=False),  # see rules.SUBSTITUTES
    Column("pharmacy", String(60), nullable=False),
    Column("controlled", Boolean, nullable=False, server_default=false()),
    Column("wanted", Boolean, nullable=False),  # until it was bought, and again once asked for
    Column("runs_out_at", Instant, nullable=False),
    Column("asked_at", Instant),  # "do you need more?", while nobody has answered
    Column("offered", String(80), nullable=False, server_default=""),  # a substitute
    Column("agreed", Boolean),  # to that; None while nobody has said
    Column("said_by", Id, nullable=False),
    Column("ended_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "ended_at", "runs_out_at"),
    refers("household_id", "households"),
    key=("id",),
)

need_events = events_table("need_events", "need_id", "needs", flags=("again",))
NEED_EVENTS = Events(need_events, "need_id")

batches = community_table(
    "batches",
    Column("id", Id, nullable=False),  # the id of the operation by which it was made
    Column("title", String(60), nullable=False),
    Column("pharmacy", String(60), nullable=False),
    Column("buyer", Id, nullable=False),
    Column("checkers", Json, nullable=False),  # two accounts
    Column("carriers", Json, nullable=False),  # accounts of those who go to the doors
    Column("due_at", Instant, nullable=False),  # when everything is to be back
    Column("made_by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("version", BigInteger, nullable=False),
    Index(None, "community_id", "closed_at"),
    refers("buyer", "accounts"),
    refers("made_by", "accounts"),
    key=("id",),
)

batch_needs = community_table(
    "batch_needs",
    Column("batch_id", Id, nullable=False),
    Column("need_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False),
    Index(None, "community_id", "need_id"),
    refers("batch_id", "batches"),
    refers("need_id", "needs"),
    key=("batch_id", "need_id"),
)

batch_events = events_table("batch_events", "batch_id", "batches", flags=("again",))
BATCH_EVENTS = Events(batch_events, "batch_id")
