"""Mediations: private records between one officer and the parties, and what was said in each.

The row beside the events holds no word and no door: who has it, since when, how it ended.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

mediations = community_table(
    "mediations",
    Column("id", Id, nullable=False),  # the id of the operation by which it was opened
    Column("officer", Id, nullable=False),
    Column("deputy", Id),
    Column("request_id", Id),  # the request it came of
    Column("opened_at", Instant, nullable=False),
    Column("follow_at", Instant),  # when the officer wants to be reminded
    Column("closed_at", Instant),
    Column("outcome", String(12)),  # see rules.OUTCOMES
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "officer", "closed_at"),
    Index(None, "community_id", "deputy"),
    Index(None, "community_id", "request_id"),
    refers("officer", "accounts"),
    key=("id",),
)

mediation_parties = community_table(
    "mediation_parties",
    Column("mediation_id", Id, nullable=False),
    Column("side", Integer, nullable=False, autoincrement=False),  # 1, 2, …
    Column("household_id", Integer, nullable=False),
    Index(None, "community_id", "household_id"),
    refers("mediation_id", "mediations"),
    refers("household_id", "households"),
    key=("mediation_id", "side"),
)

mediation_events = events_table("mediation_events", "mediation_id", "mediations")
MEDIATION_EVENTS = Events(mediation_events, "mediation_id")
