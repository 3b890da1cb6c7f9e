"""Passes, what was said of each, who went through which gate, and the keys that sign them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Text, false

from server.db.base import Id, Instant, Json, community_table, of_community, refers
from server.oplog.events import Events, events_table

passes = community_table(
    "passes",
    Column("id", Id, nullable=False),  # the id of the operation by which it was made or asked for
    Column("number", String(8), nullable=False),
    Column("kind", String(8), nullable=False),  # see rules.KINDS
    Column("name", String(40), nullable=False),  # of who goes, or the plate
    Column("household_id", Integer),  # whose it is, or whom they come to
    Column("resident_id", Integer),  # who goes, where the register has them
    Column("about", String(80), nullable=False, server_default=""),  # the page of what it is for
    Column("reason", String(12), nullable=False),
    Column("words", String(200), nullable=False, server_default=""),
    Column("way", String(4), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("uses", Integer, nullable=False),  # 1, or 0 for as often as one likes
    Column("conditions", Json, nullable=False),
    Column("escort", String(40), nullable=False, server_default=""),
    Column("owner", Id, nullable=False),  # who made it or asked for it
    Column("state", String(12), nullable=False),  # see rules.STATES
    Column("state_at", Instant, nullable=False),
    Column("decided_by", Id),
    Column("token", Text, nullable=False, server_default=""),  # empty until it is approved
    Column("away", Boolean, nullable=False, server_default=false()),
    Column("used", Boolean, nullable=False, server_default=false()),
    Column("last_at", Instant),  # when somebody last went through with it
    Column("last_gate", Id),
    Column("clashed", Boolean, nullable=False, server_default=false()),
    Column("opened_at", Instant, nullable=False),
    Column("version", BigInteger, nullable=False),  # seq of the last that was said of it
    Index(None, "community_id", "number", unique=True),
    Index(None, "community_id", "state", "until"),
    Index(None, "community_id", "household_id", "opened_at"),
    Index(None, "community_id", "about"),
    refers("household_id", "households"),
    refers("owner", "accounts"),
    key=("id",),
)

pass_events = events_table("pass_events", "pass_id", "passes", flags=("again",))
PASS_EVENTS = Events(pass_events, "pass_id")

gates = community_table(
    "gates",
    Column("id", Id, nullable=False),
    Column("name", String(40), nullable=False),
    Column("compound_id", Integer),  # where it leads to; None: the whole community
    Column("kind", String(8), nullable=False),  # see posts.KINDS
    Column("phone", String(24), nullable=False, server_default=""),
    Column("opens", String(5), nullable=False, server_default=""),  # "06:00"; empty: day and night
    Column("closes", String(5), nullable=False, server_default=""),
    Column("removed_at", Instant),
    Column("opened_at", Instant),  # since when it stands open in an emergency
    Column("opened_why", String(120), nullable=False, server_default=""),
    Column("guard", Id),  # who last said that they stand there
    Column("guard_since", Instant),
    Column("version", BigInteger, nullable=False),
    refers("compound_id", "compounds"),
    of_community(),
    key=("id",),
)

gate_events = events_table("gate_events", "gate_id", "gates")
GATE_EVENTS = Events(gate_events, "gate_id")

crossings = community_table(
    "crossings",
    Column("op_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("gate_id", Id, nullable=False),
    Column("pass_id", Id),  # None where nobody here knows such a pass
    Column("number", String(12), nullable=False),  # as it was read
    Column("way", String(4), nullable=False),
    Column("found", String(12), nullable=False),  # what the phone found, see rules.FOUND
    Column("let", Boolean, nullable=False),
    Column("checked", Json, nullable=False),  # conditions that were seen to
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "pass_id"),
    Index(None, "community_id", "gate_id", "at"),
    refers("pass_id", "passes"),
    refers("gate_id", "gates"),
    key=("op_id",),
)

pass_keys = community_table(
    "pass_keys",
    Column("id", String(8), nullable=False),
    Column("private", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),  # 65 bytes, uncompressed
    Column("made_at", Instant, nullable=False),
    Column("retired_at", Instant),
    of_community(),
    key=("id",),
)

pass_limits = community_table(
    "pass_limits",
    Column("passes", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("alone", Boolean, nullable=False),
    Column("test_hours", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    of_community(),
    key=(),
)
