"""Lay down who took which list away."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "exports"
down_revision = "care"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "exports",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("list", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=36), server_default="", nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("stairwells", JSON, nullable=False),
        sa.Column("health", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("exports_community_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("exports_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("exports_community_id_at_idx"), "exports", ["community_id", "at"])
