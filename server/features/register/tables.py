"""Registers that were given in as files, row by row, until they are taken over or let go of.

A file itself lies in the store, beside photos, and goes as soon as it is taken over: what is in it
(numbers of identity cards too) is nobody's business after that.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String

from server.db.base import Id, Instant, Json, community_table, of_community, refers

imports = community_table(
    "imports",
    Column("id", Id, nullable=False),
    Column("name", String(120), nullable=False),  # what the file is called
    Column("size", Integer, nullable=False),  # bytes
    Column("state", String(8), nullable=False),  # see rules.py
    Column("reading", Integer, nullable=False),  # how often it was to be read; rows carry it
    Column("layout", Json),  # how its columns are understood: columns.Layout
    Column("answers", Json, nullable=False),  # what people said to questions, by row
    Column("why", Json),  # words, where it cannot be read
    Column("done", Integer, nullable=False, server_default="0"),  # rows read so far
    Column("total", Integer, nullable=False, server_default="0"),  # of so many, about
    Column("counts", Json, nullable=False),  # rows by what will become of them
    Column("base", BigInteger, nullable=False, server_default="0"),  # the register's last change
    Column("claimed_at", Instant),  # when whoever reads it last said so
    Column("made_by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("applied_by", Id),
    Column("applied_at", Instant),
    Column("applied_seq", BigInteger),
    Column("undone_seq", BigInteger),
    refers("made_by", "accounts"),
    key=("id",),
)

import_rows = community_table(
    "import_rows",
    Column("import_id", Id, nullable=False),
    Column("reading", Integer, nullable=False, autoincrement=False),
    Column("sheet", SmallInteger, nullable=False, autoincrement=False),
    Column("row", Integer, nullable=False, autoincrement=False),  # as Excel counts
    Column("what", String(8), nullable=False),  # added, changed, same, refused, asked or left
    Column("body", LargeBinary, nullable=False),  # plan.Outcome as JSON
    Index(None, "community_id", "import_id", "reading", "what"),
    refers("import_id", "imports"),
    key=("import_id", "reading", "sheet", "row"),
)

import_forms = community_table(
    "import_forms",
    Column("signature", String(64), nullable=False),  # a sheet's headers, normalised
    Column("columns", Json, nullable=False),  # what a person said they mean, by index
    Column("at", Instant, nullable=False),
    of_community(),
    key=("signature",),
)
