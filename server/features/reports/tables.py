"""What people report of their health in a round: health records, apart from its marks.

`reports` is the history, of which nothing is ever replaced; `report_states` is what each person has
come to, kept in the same transaction. A round's boards and histories say "reported" and no more.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, false

from server.db.base import Id, Instant, Json, community_table, refers

reports = community_table(
    "reports",
    Column("op_id", Id, nullable=False),
    Column("resident_id", Integer, nullable=False, autoincrement=False),
    Column("round_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("source", String(8), nullable=False),  # door, own, chain or lead
    Column("finding", String(12), nullable=False),  # see rounds.kinds
    Column("why", String(80), nullable=False, server_default=""),
    Column("details", Json, nullable=False),  # answers to the kind's questions
    Column("photo", String(64), nullable=False, server_default=""),  # SHA-256 of the cassette's
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),  # corrected time of making
    Column("seen", BigInteger, nullable=False),
    Column("undone_seq", BigInteger),
    Index(None, "community_id", "round_id", "household_id"),
    refers("round_id", "rounds"),
    key=("op_id", "resident_id"),
)

report_states = community_table(
    "report_states",
    Column("round_id", Id, nullable=False),
    Column("resident_id", Integer, nullable=False, autoincrement=False),
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("op_id", Id, nullable=False),  # the report that stands
    Column("finding", String(12), nullable=False),
    Column("disputed", Boolean, nullable=False, server_default=false()),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "round_id", "household_id"),
    refers("round_id", "rounds"),
    key=("round_id", "resident_id"),
)

report_deadlines = community_table(
    "report_deadlines",
    Column("round_id", Id, nullable=False),
    Column("building_id", Integer, nullable=False, autoincrement=False),
    Column("due_at", Instant, nullable=False),
    Column("told_at", Instant),  # when its officer was told who is missing
    refers("round_id", "rounds"),
    refers("building_id", "buildings"),
    key=("round_id", "building_id"),
)

report_reviews = community_table(
    "report_reviews",
    Column("op_id", Id, nullable=False),  # the report whose photo was looked at
    Column("resident_id", Integer, nullable=False, autoincrement=False),
    Column("account_id", Id, nullable=False),  # who looked
    Column("round_id", Id, nullable=False),
    Column("verdict", String(10), nullable=False),  # see rules.VERDICTS
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "round_id"),
    refers("round_id", "rounds"),
    refers("account_id", "accounts"),
    key=("op_id", "resident_id", "account_id"),
)
