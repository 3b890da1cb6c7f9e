"""Lay down what people report of their health: reports, what they come to, deadlines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "reports"
down_revision = "groups"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables of reports."""
    op.create_table(
        "reports",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("finding", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=80), server_default="", nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("photo", sa.String(length=64), server_default="", nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("reports_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", "resident_id", name=op.f("reports_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("reports_community_id_round_id_household_id_idx"),
        "reports",
        ["community_id", "round_id", "household_id"],
    )
    op.create_table(
        "report_states",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("finding", sa.String(length=12), nullable=False),
        sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("report_states_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "resident_id", name=op.f("report_states_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("report_states_community_id_round_id_household_id_idx"),
        "report_states",
        ["community_id", "round_id", "household_id"],
    )
    op.create_table(
        "report_deadlines",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("building_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["buildings.community_id", "buildings.id"],
            name=op.f("report_deadlines_community_id_building_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("report_deadlines_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "building_id", name=op.f("report_deadlines_pkey")
        ),
        sqlite_with_rowid=False,
    )
