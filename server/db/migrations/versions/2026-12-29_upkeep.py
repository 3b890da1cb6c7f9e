"""Keep when households said that the register is right about them."""

import sqlalchemy as sa
from alembic import op

revision = "upkeep"
down_revision = "arrivals"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "upkeep",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.Column("said_by", ID, nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("later_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("upkeep_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "household_id", name=op.f("upkeep_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("upkeep_community_id_said_at_idx"), "upkeep", ["community_id", "said_at"])
