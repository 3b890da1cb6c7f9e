"""The daily bulletin: its text, the figures it was published with, corrections, opens."""

from sqlalchemy import BigInteger, Column, Index, Integer, String

from server.db.base import Id, Instant, Json, community_table, refers

bulletins = community_table(
    "bulletins",
    Column("id", Id, nullable=False),  # the id of the operation that drafted it
    Column("day", String(10), nullable=False),  # 2022-04-21, in the community's zone
    Column("status", String(10), nullable=False),  # draft, published or withdrawn
    Column("content", Json, nullable=False),  # see wording.py
    Column("figures", Json),  # see figures.py; None until it is published
    Column("version", BigInteger, nullable=False),  # seq of the last change
    Column("changed_by", Id, nullable=False),  # who made that change, when, on which phone
    Column("changed_at", Instant, nullable=False),
    Column("changed_on", Id),
    Column("published_by", Id),
    Column("published_at", Instant),
    Column("withdrawn_at", Instant),
    Column("notice_id", Id),  # the announcement whose ledger counts who opened it
    Index(None, "community_id", "day"),
    refers("changed_by", "accounts"),
    key=("id",),
)

bulletin_corrections = community_table(
    "bulletin_corrections",
    Column("op_id", Id, nullable=False),
    Column("bulletin_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("text", Json, nullable=False),  # by language, as typed
    Column("actor", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "community_id", "bulletin_id"),
    refers("bulletin_id", "bulletins"),
    key=("op_id",),
)

bulletin_opens = community_table(
    "bulletin_opens",
    Column("bulletin_id", Id, nullable=False),
    Column("day", String(10), nullable=False),  # on which it was opened
    Column("opens", Integer, nullable=False),  # of its public page, by whomever
    refers("bulletin_id", "bulletins"),
    key=("bulletin_id", "day"),
)
