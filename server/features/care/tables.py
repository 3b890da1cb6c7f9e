"""People who need somebody to look after them, and what was said of each of them.

`cared_events` is the history and the truth; `cared` is what it comes to, kept in the same
transaction for lists, for the rounds of each day, and for who was silent. `care_calls` are words
that somebody was heard of behind doors where nobody is in care.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String

from server.db.base import Id, Instant, Json, community_table, refers
from server.oplog.events import Events, events_table

cared = community_table(
    "cared",
    Column("id", Id, nullable=False),  # the id of the operation that first suggested them
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("resident_id", Integer),  # None where the register does not know them yet
    Column("name", String(40), nullable=False),
    Column("needs", Json, nullable=False),  # keys of rules.NEEDS, some of which are health
    Column("words", String(200), nullable=False),  # what helps at the door; says no need
    Column("keeper", Id),
    Column("deputy", Id),
    Column("visits", SmallInteger, nullable=False),  # every so many days; 0: none
    Column("visits_from", Instant),  # from when on these are counted
    Column("meals", SmallInteger, nullable=False),  # a day
    Column("meals_from", String(10), nullable=False),  # days where people live; empty: no limit
    Column("meals_until", String(10), nullable=False),
    Column("state", String(10), nullable=False),  # suggested, confirmed, declined, ended
    Column("contact_at", Instant),  # when somebody last said that they were heard of
    Column(
        "alert_at", Instant
    ),  # since when something is open of which nobody said what they found
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "state"),
    Index(None, "community_id", "household_id"),
    refers("household_id", "households"),
    refers("keeper", "accounts"),
    refers("deputy", "accounts"),
    key=("id",),
)

cared_events = events_table("cared_events", "person_id", "cared", flags=("again",))
CARED_EVENTS = Events(cared_events, "person_id")

care_calls = community_table(
    "care_calls",
    Column("op_id", Id, nullable=False),
    Column("household_id", Integer, nullable=False),
    Column("how", String(12), nullable=False),
    Column("words", String(200), nullable=False),
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "household_id"),
    refers("household_id", "households"),
    key=("op_id",),
)
