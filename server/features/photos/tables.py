"""Photos that facts name, and the pieces of those that are still arriving.

A row of `photos` is a promise: the operation it belongs to said that there is a photo of that
SHA-256. The picture itself lies in the store, under the same name, once for all who name it. Pieces
lie in the database, so that every process and machine finds them and a power cut loses none.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    false,
)

from server.db.base import Id, Instant, Json, community_table, refers

photos = community_table(
    "photos",
    Column("op_id", Id, nullable=False),  # the operation that named it
    Column("sha", String(64), nullable=False),  # of the bytes as the phone has them
    Column("about", String(120), nullable=False),  # path of the page that shows it
    Column("household_id", Integer),  # whose it is; None where it is a building's
    Column("stairwell_id", Integer),  # where it was taken
    Column("sees", String(24), nullable=False),  # the right it takes to look, over that place
    Column("made_by", Id, nullable=False),
    Column("carried_by", Id),
    Column("at", Instant, nullable=False),  # when the fact was made
    Column("state", String(8), nullable=False, server_default="waiting"),  # see rules.py
    Column("why", String(24), nullable=False, server_default=""),  # key of rules.REASONS
    Column("size", Integer),  # bytes that are to come, once the phone has said it
    Column("received", Integer, nullable=False, server_default="0"),  # bytes that are durable
    Column("tries", SmallInteger, nullable=False, server_default="0"),  # that came to another hash
    Column("moved_at", Instant, nullable=False),  # when something of it last arrived
    Column("kept_at", Instant),
    Column("keep_until", Instant),
    Column("reading", Json),  # what reading.py saw on a test's, for the order of a queue only
    Column("stored", Boolean, nullable=False, server_default=false()),  # the store may have it
    Index(None, "community_id", "sha"),
    Index(None, "community_id", "made_by", "state"),
    Index(None, "community_id", "stairwell_id", "kept_at"),
    Index(None, "stored", "state"),
    refers("household_id", "households"),
    refers("stairwell_id", "stairwells"),
    key=("op_id",),
)

photo_pieces = community_table(
    "photo_pieces",
    Column("sha", String(64), nullable=False),
    Column("place", Integer, nullable=False, autoincrement=False),  # of its first byte
    Column("body", LargeBinary, nullable=False),
    key=("sha", "place"),
)
