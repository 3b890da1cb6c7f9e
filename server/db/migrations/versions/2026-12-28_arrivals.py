"""Keep what newcomers and leavers say until it is confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "arrivals"
down_revision = "posters"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "arrivals",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("content", JSON, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("arrivals", "household_id", "households"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("arrivals_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("arrivals_community_id_state_said_at_idx"),
        "arrivals",
        ["community_id", "state", "said_at"],
    )
    op.create_index(
        op.f("arrivals_community_id_household_id_idx"), "arrivals", ["community_id", "household_id"]
    )
    op.create_table(
        "arrival_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("arrival_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        _refers("arrival_events", "arrival_id", "arrivals"),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("arrival_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("arrival_events_community_id_arrival_id_idx"),
        "arrival_events",
        ["community_id", "arrival_id"],
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{to}.community_id", f"{to}.id"],
        name=op.f(f"{table}_community_id_{column}_fkey"),
    )
