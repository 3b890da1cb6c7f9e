"""Who lives here, who works here, and how they sign in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    false,
    true,
)

from server.db.base import Id, Instant, Json, community_table, of_community, refers

residents = community_table(
    "residents",
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("household_id", Integer, nullable=False),
    Column("name", String(40), nullable=False),
    Column("born", Integer),  # a year, where it is known
    Column("phone", String(20), nullable=False, server_default=""),
    Column("registered", Boolean, nullable=False, server_default=true()),
    Column("present", Boolean, nullable=False, server_default=true()),
    Column("tenure", String(8), nullable=False, server_default=""),  # owner, tenant or empty
    Column("left_at", Instant),  # moved away for good; whoever refers to them still finds them
    Index(None, "community_id", "household_id"),
    refers("household_id", "households"),
    key=("id",),
)

resident_changes = community_table(
    "resident_changes",
    Column("seq", BigInteger, nullable=False, autoincrement=False),  # the operation's
    Column("nth", Integer, nullable=False, autoincrement=False),  # of what it changed
    Column("household_id", Integer, nullable=False),
    Column("resident_id", Integer),  # None: the door itself
    Column("what", String(10), nullable=False),  # see rules of changes.py
    Column("before", Json),
    Column("after", Json),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", String(10), nullable=False),  # hand, import, undo, household, …
    Column("undone", SmallInteger, nullable=False, server_default="0"),
    Index(None, "community_id", "household_id"),
    refers("household_id", "households"),
    key=("seq", "nth"),
)

accounts = community_table(
    "accounts",
    Column("id", Id, nullable=False),
    Column("name", String(40), nullable=False),
    Column("team", String(4), nullable=False, server_default=""),  # A, B or empty
    Column("household_id", Integer),
    Column("language", String(10), nullable=False, server_default=""),
    Column("display", Json),  # a person's own display settings: large type, floors upside down
    Column("made_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "community_id", "household_id"),
    of_community(),
    refers("household_id", "households"),
    key=("id",),
)

roles = community_table(
    "roles",
    Column("account_id", Id, nullable=False),
    Column("role", String(16), nullable=False),
    Column("scope", String(12), nullable=False),  # community, compound, building, stairwell
    Column("scope_id", Integer, nullable=False, autoincrement=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    refers("account_id", "accounts"),
    key=("account_id", "role", "scope", "scope_id", "since"),
)

sign_in_codes = community_table(
    "sign_in_codes",
    Column("id", Id, nullable=False),
    Column("account_id", Id, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("purpose", String(8), nullable=False),  # card or link
    Column("once", Boolean, nullable=False, server_default=false()),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    Index(None, "secret_hash", unique=True),
    Index(None, "community_id", "account_id"),
    refers("account_id", "accounts"),
    key=("id",),
)

sessions = community_table(
    "sessions",
    Column("id", Id, nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("account_id", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "token_hash", unique=True),
    Index(None, "community_id", "account_id"),
    refers("account_id", "accounts"),
    key=("id",),
)

views = community_table(
    "views",
    Column("id", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("account_id", Id, nullable=False),  # who looked
    Column("what", String(16), nullable=False),  # phone
    Column("household_id", Integer),  # at whose
    Index(None, "community_id", "household_id"),
    key=("id",),
)

devices = community_table(
    "devices",
    Column("id", Id, nullable=False),
    Column("account_id", Id, nullable=False),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("oldest_at", Instant),
    Column("clock_ms", Integer, nullable=False, server_default="0"),  # ahead of the server
    Column("seen_at", Instant, nullable=False),
    Column("public_key", Json),  # P-256, signs hand-over files
    refers("account_id", "accounts"),
    key=("id", "account_id"),
)
