"""Incidents that were closed or are to be, what was said of each, and the signed report."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, String, Text, false

from server.db.base import Id, Instant, community_table, of_community
from server.oplog.events import Events, events_table

incidents = community_table(
    "incidents",
    Column("id", Id, nullable=False),  # the id of the operation by which it was proposed
    Column("title", String(60), nullable=False),
    Column("register", Boolean, nullable=False, server_default=false()),  # goes as well
    Column("state", String(10), nullable=False),  # see rules.STATES
    Column("due_at", Instant),  # when what is kept goes
    Column("closed_at", Instant),
    Column("report", Text),  # JSON, the very bytes that are signed
    Column("signature", LargeBinary),
    Column("public", LargeBinary),  # the key's public half; the other was never kept
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "state"),
    of_community(),
    key=("id",),
)
incident_events = events_table("incident_events", "incident_id", "incidents")
INCIDENT_EVENTS = Events(incident_events, "incident_id")
