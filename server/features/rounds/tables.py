"""A round is a checklist of doors by floor; a mark is what happened at one of them.

`marks` is the history and the truth. `round_doors` and `round_stairwells` are what it adds up
to, kept in the same transaction, so that a board or a picture of 169 stairwells is one short read;
`rules.fold` says how, and the fault checker replays it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, String, false

from server.db.base import Id, Instant, Json, community_table, refers

rounds = community_table(
    "rounds",
    Column("id", Id, nullable=False),  # the id of the operation that made it
    Column("title", String(80), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("item", String(40), nullable=False),
    Column("per", String(12), nullable=False),  # household, person or floor
    Column("quantity", Integer, nullable=False),
    Column("scope", Json, nullable=False),  # {"compounds": [], "buildings": [], "stairwells": []}
    Column("deadline", Instant),
    Column("quiet_from", SmallInteger),  # minutes after midnight, community's zone
    Column("quiet_until", SmallInteger),
    Column("repeats", String(8), nullable=False, server_default=""),  # empty or daily
    Column("status", String(8), nullable=False),  # planned, open, paused, closed
    Column("made_by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("follows", Id),  # the round whose owed doors this one serves, or that it copies
    Column("notice_id", Id),  # the announcement for whose not reached it knocks
    Column("forgotten_at", Instant),  # since when what was said at its doors is kept no more
    Column("version", BigInteger, nullable=False),  # seq of the last change to anything in it
    refers("made_by", "accounts"),
    key=("id",),
)

round_states = community_table(
    "round_states",
    Column("round_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("status", String(8), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Id, nullable=False),
    refers("round_id", "rounds"),
    key=("round_id", "seq"),
)

round_stairwells = community_table(
    "round_stairwells",
    Column("round_id", Id, nullable=False),
    Column("stairwell_id", Integer, nullable=False, autoincrement=False),
    Column("doors", Integer, nullable=False),  # doors that are due something
    Column("due", Integer, nullable=False),  # items
    Column("marked", Integer, nullable=False, server_default="0"),
    Column("done", Integer, nullable=False, server_default="0"),  # doors with nothing left to do
    Column("given", Integer, nullable=False, server_default="0"),  # items
    Column("owed", Integer, nullable=False, server_default="0"),  # items
    Column("disputed", Integer, nullable=False, server_default="0"),  # doors
    Column("tally", Json, nullable=False),  # {answer: doors}
    Column("version", BigInteger, nullable=False),
    refers("round_id", "rounds"),
    refers("stairwell_id", "stairwells"),
    key=("round_id", "stairwell_id"),
)

round_doors = community_table(
    "round_doors",
    Column("round_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False, autoincrement=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("due", Integer, nullable=False),
    Column("answer", String(16)),
    Column("given", Integer, nullable=False, server_default="0"),
    Column("owed", Integer, nullable=False, server_default="0"),
    Column("disputed", Boolean, nullable=False, server_default=false()),
    Column("noted", Boolean, nullable=False, server_default=false()),
    Column("marks", SmallInteger, nullable=False, server_default="0"),
    Column("mark_id", Id),  # the operation that stands
    Column("actor", Id),
    Column("at", Instant),
    Index(None, "community_id", "round_id", "stairwell_id"),
    refers("round_id", "rounds"),
    key=("round_id", "household_id"),
)

marks = community_table(
    "marks",
    Column("round_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False, autoincrement=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("op_id", Id, nullable=False),
    Column("source", String(8), nullable=False),  # door, paper, lead or resident
    Column("answer", String(16), nullable=False),
    Column("given", Integer, nullable=False),
    Column("owed", Integer, nullable=False),
    Column("noted", Boolean, nullable=False),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),  # corrected time of making
    Column("seen", BigInteger, nullable=False),
    Column("late", Boolean, nullable=False),  # arrived after a close or pause it was made before
    Column("undone_seq", BigInteger),
    key=("round_id", "household_id", "seq"),
)

round_undos = community_table(
    "round_undos",
    Column("mark_id", Id, nullable=False),  # may arrive before the mark it takes back
    Column("seq", BigInteger, nullable=False),
    Column("actor", Id, nullable=False),
    Column("lead", Boolean, nullable=False),
    key=("mark_id", "actor"),
)

assignments = community_table(
    "assignments",
    Column("round_id", Id, nullable=False),
    Column("stairwell_id", Integer, nullable=False, autoincrement=False),
    Column("account_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("nth", SmallInteger, nullable=False),  # one operation may leave somebody two parts
    Column("low", SmallInteger),  # lowest level, where only a part is assigned
    Column("high", SmallInteger),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Index(None, "community_id", "account_id"),
    refers("round_id", "rounds"),
    refers("account_id", "accounts"),
    key=("round_id", "stairwell_id", "account_id", "seq", "nth"),
)

round_counts = community_table(
    "round_counts",
    Column("op_id", Id, nullable=False),
    Column("round_id", Id, nullable=False),
    Column("direction", String(8), nullable=False),  # in, out or back
    Column("stairwell_id", Integer),
    Column("items", Integer, nullable=False),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "round_id"),
    refers("round_id", "rounds"),
    key=("op_id",),
)

round_statements = community_table(
    "round_statements",
    Column("round_id", Id, nullable=False),
    Column("number", SmallInteger, nullable=False, autoincrement=False),
    Column("issued_at", Instant, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("body", Json, nullable=False),
    refers("round_id", "rounds"),
    key=("round_id", "number"),
)
