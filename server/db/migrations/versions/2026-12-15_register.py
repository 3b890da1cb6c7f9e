"""Lay down the register: what changed in it, files that were given in, and how forms are read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "register"
down_revision = "trips"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Widen residents and make the four tables."""
    op.add_column(
        "residents", sa.Column("tenure", sa.String(length=8), server_default="", nullable=False)
    )
    op.add_column("residents", sa.Column("left_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "resident_changes",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("undone", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("resident_changes_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "seq", "nth", name=op.f("resident_changes_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("resident_changes_community_id_household_id_idx"),
        "resident_changes",
        ["community_id", "household_id"],
    )
    op.create_table(
        "imports",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("layout", JSON, nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("why", JSON, nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("base", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_by", ID, nullable=True),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.Column("applied_seq", sa.BigInteger(), nullable=True),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "made_by"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("imports_community_id_made_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("imports_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_rows",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("reading", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "import_id"],
            ["imports.community_id", "imports.id"],
            name=op.f("import_rows_community_id_import_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            *("community_id", "import_id", "reading", "sheet", "row"),
            name=op.f("import_rows_pkey"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("import_rows_community_id_import_id_reading_what_idx"),
        "import_rows",
        ["community_id", "import_id", "reading", "what"],
    )
    op.create_table(
        "import_forms",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("import_forms_community_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "signature", name=op.f("import_forms_pkey")),
        sqlite_with_rowid=False,
    )
