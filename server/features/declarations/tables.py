"""What households declare in a screening: who lives there, and apart from it who is ill.

`declarations` is the history: nothing is ever replaced, the newest whose mark was not taken back
stands. That a door declared is a mark of its round, which says no more. `declared_symptoms` are
health records, read by those who may see results and by no board, list or history.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, Json, community_table, refers

declarations = community_table(
    "declarations",
    Column("op_id", Id, nullable=False),  # also the id of the mark at the door
    Column("round_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("source", String(8), nullable=False),  # own or door
    Column("people", Json, nullable=False),  # here, away or gone, by resident
    Column("others", Json, nullable=False),  # names of whom the register does not know there
    Column("tenure", String(8), nullable=False),  # owner, tenant or empty
    Column("since", String(7), nullable=False),  # 2019 or 2019-06; empty where not said
    Column("away", String(80), nullable=False),  # where those are who are away
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),  # corrected time of making
    Index(None, "community_id", "round_id", "household_id"),
    refers("round_id", "rounds"),
    refers("household_id", "households"),
    key=("op_id",),
)

declared_symptoms = community_table(
    "declared_symptoms",
    Column("op_id", Id, nullable=False),
    Column("round_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("names", Json, nullable=False),
    Column("words", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "round_id"),
    refers("round_id", "rounds"),
    key=("op_id",),
)
