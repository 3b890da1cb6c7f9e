"""Relays, what was said of each, and the one row that two communities share.

`relay_codes` belongs to no community: it holds no name, no door, no thing and no community, and is
found by both halves of a code only. It says when the parcel was given at the gate, taken there, and
when it arrived. See `docs/decisions.md`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

BETWEEN = 0
"""Stands where a community's number would: of no community, and of whichever knows the code."""

relays = community_table(
    "relays",
    Column("id", Id, nullable=False),  # the id of the operation by which it was made
    Column("way", String(8), nullable=False),  # see rules.WAYS
    Column("household_id", Integer, nullable=False),  # for whom; of what goes out, from whom
    Column("request_id", Id),  # the request it helps with
    Column("what", String(120), nullable=False),
    Column("start", String(120), nullable=False, server_default=""),  # where it is fetched
    Column("gate", String(60), nullable=False, server_default=""),  # where two communities meet
    Column("half", String(8), nullable=False, server_default=""),  # this community's own
    Column("other_half", String(8), nullable=False, server_default=""),  # until it was told
    Column("code_key", String(64), nullable=False, server_default=""),  # see relay_codes
    Column("owner", Id, nullable=False),
    Column("carrier", Id),  # who is asked to go
    Column("state", String(12), nullable=False),  # see rules.STATES
    Column("since", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "closed_at", "due_at"),
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "request_id"),
    Index(None, "community_id", "code_key"),
    refers("household_id", "households"),
    refers("owner", "accounts"),
    key=("id",),
)

relay_events = events_table("relay_events", "relay_id", "relays", flags=("again",))
RELAY_EVENTS = Events(relay_events, "relay_id")

relay_codes = community_table(
    "relay_codes",
    Column("key", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("given_at", Instant),  # at the gate, says who brought it there
    Column("taken_at", Instant),  # at the gate, says who came for it
    Column("arrived_at", Instant),  # at the door it is for
    Column("withdrawn_at", Instant),
    key=("key",),
)
