"""Flats in which nobody lives, and what was said of each.

`vacancy_events` is the history and the truth; `vacancies` is what it comes to, one for each door
of which anybody spoke, kept in the same transaction for lists and for what is due.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String

from server.db.base import Id, Instant, community_table, refers
from server.oplog.events import Events, events_table

vacancies = community_table(
    "vacancies",
    Column("id", Id, nullable=False),  # the id of the operation that first spoke of it
    Column("household_id", Integer, nullable=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("vacant", Boolean, nullable=False),
    Column("evidence", String(12), nullable=False),  # a key of rules.EVIDENCE
    Column("seal", String(24), nullable=False),  # the number on it; empty: none is on the door
    Column("words", String(200), nullable=False),
    Column("since", Instant),  # when it was found, this time
    Column("checked_at", Instant),  # when somebody last saw that nobody lives there
    Column("due_at", Instant),  # when it is to be looked at again; None: nobody need look
    Column("doubted", String(8)),  # a key of suggesting.SUGGESTIONS that somebody put aside
    Column("doubted_at", Instant),
    Column("doubted_days", Integer),  # on how many days people had been counted then
    Column("version", BigInteger, nullable=False),  # seq of the last event
    Index(None, "community_id", "household_id"),
    Index(None, "community_id", "vacant"),
    refers("household_id", "households"),
    key=("id",),
)

vacancy_events = events_table("vacancy_events", "vacancy_id", "vacancies")
VACANCY_EVENTS = Events(vacancy_events, "vacancy_id")
