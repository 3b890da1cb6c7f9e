"""Lay down standing trips: plans, the trips that they make, and what was said of both."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "trips"
down_revision = "medicine"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "trip_plans",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("driver", ID, nullable=False),
        sa.Column("deputy", ID, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("changed", ID, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("trip_plans", "household_id", "households"),
        _refers("trip_plans", "driver", "accounts"),
        _refers("trip_plans", "deputy", "accounts"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("trip_plans_pkey")),
        sqlite_with_rowid=False,
    )
    _index("trip_plans", "household_id")
    _index("trip_plans", "ended_at")
    op.create_table(
        "trips",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("leaves_at", sa.BigInteger(), nullable=False),
        sa.Column("back_at", sa.BigInteger(), nullable=False),
        sa.Column("driver", ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("trips", "plan_id", "trip_plans"),
        _refers("trips", "household_id", "households"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("trips_pkey")),
        sqlite_with_rowid=False,
    )
    _index("trips", "plan_id", "day", unique=True)
    _index("trips", "state", "leaves_at")
    _index("trips", "household_id", "leaves_at")
    for table, subject, things in (
        ("trip_plan_events", "plan_id", "trip_plans"),
        ("trip_events", "trip_id", "trips"),
    ):
        op.create_table(
            table,
            sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("op_id", ID, nullable=False),
            sa.Column(subject, ID, nullable=False),
            sa.Column("seq", sa.BigInteger(), nullable=False),
            sa.Column("what", sa.String(length=12), nullable=False),
            sa.Column("key", sa.String(length=40), server_default="", nullable=False),
            sa.Column("said", JSON, nullable=False),
            sa.Column("actor", ID, nullable=False),
            sa.Column("at", sa.BigInteger(), nullable=False),
            sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("undone_seq", sa.BigInteger(), nullable=True),
            _refers(table, subject, things),
            sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f(f"{table}_pkey")),
            sqlite_with_rowid=False,
        )
        _index(table, subject)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{to}.community_id", f"{to}.id"],
        name=op.f(f"{table}_community_id_{column}_fkey"),
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    within = ["community_id", *columns]
    op.create_index(op.f(f"{table}_{'_'.join(within)}_idx"), table, within, unique=unique)
