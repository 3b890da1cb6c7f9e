"""Requests, everything that was said of each, and what one shift leaves to the next.

`request_events` is the history, one row for each operation, of which nothing is ever replaced.
`requests` is what it comes to by `rules.fold`, as far as lists ask for it, kept in the same
transaction.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

requests = community_table(
    "requests",
    Column("id", Id, nullable=False),  # the id of the operation by which it was asked
    Column("kind", String(12), nullable=False),  # see kinds.KINDS
    Column("household_id", Integer),  # for whom; None where it concerns more than one home
    Column("stairwell_id", Integer, nullable=False),
    Column("building_id", Integer, nullable=False),
    Column("breadth", String(10), nullable=False),  # home, stairwell or building
    Column("asked_by", Id, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),  # see rules.STATES
    Column("since", Instant, nullable=False),
    Column("owner", Id),  # who has it; None while it is asked
    Column("level", SmallInteger, nullable=False, server_default="0"),  # how far it was carried
    Column("due_at", Instant),  # when its running clock runs out; None where none runs
    Column("joined_to", Id),
    Column("closed_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    # All that the desk asks of ten thousand, so that it looks up only those it shows.
    Index(
        "requests_desk_idx",
        *("community_id", "closed_at", "due_at", "state", "kind", "stairwell_id", "owner"),
    ),
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "asked_by", "opened_at"),
    Index(None, "community_id", "joined_to"),
    refers("household_id", "households"),
    refers("stairwell_id", "stairwells"),
    refers("asked_by", "accounts"),
    key=("id",),
)

request_events = events_table("request_events", "request_id", "requests", flags=("for_team",))
REQUEST_EVENTS = Events(request_events, "request_id")

shift_notes = community_table(
    "shift_notes",
    Column("op_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("scope", String(12), nullable=False),  # community, compound, building, stairwell
    Column("scope_id", Integer, nullable=False, autoincrement=False),
    Column("words", String(1000), nullable=False),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "scope", "scope_id", "at"),
    refers("actor", "accounts"),
    key=("op_id",),
)
