"""Things in somebody's hands, and everything that was said of each.

`thing_events` is the history, one row for each operation, of which nothing is ever replaced.
`things` is what it comes to by `rules.fold`, as far as lists ask for it, kept in the same
transaction: above all who has the thing now, which is always exactly one.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, false

from server.db.base import Id, Instant, Json, community_table, refers
from server.oplog.events import Events, events_table

things = community_table(
    "things",
    Column("id", Id, nullable=False),  # the id of the operation by which it was taken
    Column("kind", String(8), nullable=False),  # see kinds.KINDS
    Column("label", String(120), nullable=False, server_default=""),
    Column("amount", Integer),  # of cash, in fen
    Column("household_id", Integer),  # to whom it belongs and goes back; None where to nobody here
    Column("about", String(80), nullable=False, server_default=""),  # a path: what it is taken for
    Column("only", Json),  # account ids of those who alone may hold it
    Column("holder_kind", String(10), nullable=False),  # see rules.Holder
    Column("holder", String(80), nullable=False),
    Column("since", Instant, nullable=False),
    Column("offered_to", Id),  # an account to which the holder says they gave it
    Column("disinfect", Boolean, nullable=False, server_default=false()),  # before it passes on
    Column("cleaned_at", Instant),  # since whoever has it got it
    Column("missing", Boolean, nullable=False, server_default=false()),
    Column("due_at", Instant),
    Column("closed_at", Instant),  # when it went back to its door
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "holder_kind", "holder", "closed_at"),
    Index(None, "community_id", "offered_to"),
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "about"),
    refers("household_id", "households"),
    key=("id",),
)

thing_events = events_table("thing_events", "thing_id", "things", flags=("again",))
THING_EVENTS = Events(thing_events, "thing_id")
