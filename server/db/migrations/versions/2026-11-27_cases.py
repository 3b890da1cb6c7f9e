"""Lay down cases: whose test was positive, and everything said of what is done for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "cases"
down_revision = "reports"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables of cases."""
    op.create_table(
        "cases",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("tested_at", sa.BigInteger(), nullable=True),
        sa.Column("owner", ID, nullable=True),
        sa.Column("step", sa.String(length=16), server_default="", nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_why", sa.String(length=12), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "resident_id"],
            ["residents.community_id", "residents.id"],
            name=op.f("cases_community_id_resident_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("cases_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("cases_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("cases_community_id_resident_id_idx"), "cases", ["community_id", "resident_id"]
    )
    op.create_index(
        op.f("cases_community_id_household_id_idx"), "cases", ["community_id", "household_id"]
    )
    op.create_table(
        "case_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "case_id"],
            ["cases.community_id", "cases.id"],
            name=op.f("case_events_community_id_case_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("case_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("case_events_community_id_case_id_idx"), "case_events", ["community_id", "case_id"]
    )
