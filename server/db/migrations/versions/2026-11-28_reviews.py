"""Lay down who looked at the photos of reports, and what they saw."""

import sqlalchemy as sa
from alembic import op

revision = "reviews"
down_revision = "photos"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    """Make the table of reviews."""
    op.create_table(
        "report_reviews",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("report_reviews_community_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("report_reviews_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "op_id", "resident_id", "account_id", name=op.f("report_reviews_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("report_reviews_community_id_round_id_idx"),
        "report_reviews",
        ["community_id", "round_id"],
    )
