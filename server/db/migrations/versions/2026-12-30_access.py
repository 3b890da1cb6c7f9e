"""Lay down door systems, what they count, and suggestions that were put aside."""

import sqlalchemy as sa
from alembic import op

revision = "access"
down_revision = "upkeep"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    """Make the two tables, and three columns of vacant flats."""
    op.create_table(
        "door_systems",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("key_made_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        _refers("door_systems", "compound_id", "compounds"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("door_systems_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "door_counts",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("system_id", ID, nullable=False),
        sa.Column("ins", sa.Integer(), nullable=False),
        sa.Column("outs", sa.Integer(), nullable=False),
        _refers("door_counts", "household_id", "households"),
        _refers("door_counts", "system_id", "door_systems"),
        sa.PrimaryKeyConstraint(
            "community_id", "household_id", "day", "system_id", name=op.f("door_counts_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("door_counts_community_id_day_idx"), "door_counts", ["community_id", "day"]
    )
    op.add_column("vacancies", sa.Column("doubted", sa.String(length=8), nullable=True))
    op.add_column("vacancies", sa.Column("doubted_at", sa.BigInteger(), nullable=True))
    op.add_column("vacancies", sa.Column("doubted_days", sa.Integer(), nullable=True))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{to}.community_id", f"{to}.id"],
        name=op.f(f"{table}_community_id_{column}_fkey"),
    )
