"""The history: what was asked, by whom, when, and what came of it.

The operation row keeps what accounting needs for ever; content sits in payload rows with a
retention class, so that erasing the one never damages the other. Both are kept in the order of
`seq`: what eighty phones made in the same hour is then appended and not inserted all over.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String

from server.db.base import Id, Instant, Json, community_table

counters = community_table(
    "counters",
    Column("name", String(24), nullable=False),
    Column("value", BigInteger, nullable=False),
    key=("name",),
)

operations = community_table(
    "operations",
    Column("id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("v", SmallInteger, nullable=False),
    Column("actor", Id, nullable=False),
    Column("carrier", Id),  # who brought it, where that was not the actor
    Column("device", Id),
    Column("made_at", Instant, nullable=False),  # the device's wall clock
    Column("corrected_at", Instant, nullable=False),  # fixed at receipt
    Column("received_at", Instant, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("group_id", Id),
    Column("outcome", String(8), nullable=False),  # applied, refused, stale, failed
    Column("message", Json),  # words and their parameters, translated when answered
    Column("subject", String(120)),
    Column("digest", LargeBinary(16), nullable=False),  # keyed hash of the content
    Column("settled_by", Id),  # the operation by which a person re-did or discarded this one
    Index(None, "community_id", "id", unique=True),
    key=("seq",),
)

payloads = community_table(
    "payloads",
    Column("seq", BigInteger, nullable=False, autoincrement=False),  # the operation's
    Column("retention", String(12), nullable=False),
    Column("body", LargeBinary),  # the content's JSON; None once erased
    key=("seq", "retention"),
)

reactions = community_table(
    "reactions",
    Column("id", BigInteger().with_variant(Integer, "sqlite"), nullable=False, autoincrement=False),
    Column("name", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("leased_until", Instant),
    Column("done_at", Instant),
    Index(None, "done_at", "due_at"),
    key=("id",),
)
