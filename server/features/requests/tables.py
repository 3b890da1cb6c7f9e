"""Requests, everything that was said of each, and what one shift leaves to the next.

`request_events` is the history, one row for each operation, of which nothing is ever replaced.
`requests` is what it comes to by `rules.fold`, as far as lists ask for it, kept in the same
transaction.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, false

from server.db.base import Id, Instant, Json, community_table, refers

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
    Index(None, "community_id", "closed_at", "due_at"),
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "asked_by", "opened_at"),
    Index(None, "community_id", "joined_to"),
    refers("household_id", "households"),
    refers("stairwell_id", "stairwells"),
    refers("asked_by", "accounts"),
    key=("id",),
)

request_events = community_table(
    "request_events",
    Column("op_id", Id, nullable=False),
    Column("request_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("what", String(12), nullable=False),  # the operation's own word: take, step, add, …
    Column("key", String(40), nullable=False, server_default=""),  # which step, to whom, …
    Column("said", Json, nullable=False),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),  # when it counts as made, see file.File.when
    Column("for_team", Boolean, nullable=False, server_default=false()),  # no asker sees it
    Column("undone_seq", BigInteger),
    Index(None, "community_id", "request_id"),
    refers("request_id", "requests"),
    key=("op_id",),
)

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
