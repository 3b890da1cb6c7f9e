"""Posters that hang, or hung, in lobbies: each is an address that nobody can guess."""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers

posters = community_table(
    "posters",
    Column("id", Id, nullable=False),  # follows from the operation that made it and the building
    Column("code", String(16), nullable=False),  # what stands in its address
    Column("purpose", String(12), nullable=False),  # see rules.PURPOSES
    Column("building_id", Integer, nullable=False),
    Column("round_id", Id),  # of a screening
    Column("made_by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_by", Id),
    Column("ended_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last change
    Index(None, "code", unique=True),
    Index(None, "community_id", "building_id"),
    refers("building_id", "buildings"),
    refers("made_by", "accounts"),
    key=("id",),
)
