"""Lay down special care: people in care, what was said of them, and who was heard of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "care"
down_revision = "register"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "cared",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("needs", JSON, nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("keeper", ID, nullable=True),
        sa.Column("deputy", ID, nullable=True),
        sa.Column("visits", sa.SmallInteger(), nullable=False),
        sa.Column("visits_from", sa.BigInteger(), nullable=True),
        sa.Column("meals", sa.SmallInteger(), nullable=False),
        sa.Column("meals_from", sa.String(length=10), nullable=False),
        sa.Column("meals_until", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("contact_at", sa.BigInteger(), nullable=True),
        sa.Column("alert_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("cared", "household_id", "households"),
        _refers("cared", "keeper", "accounts"),
        _refers("cared", "deputy", "accounts"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("cared_pkey")),
        sqlite_with_rowid=False,
    )
    _index("cared", "state")
    _index("cared", "household_id")
    op.create_table(
        "cared_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        _refers("cared_events", "person_id", "cared"),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("cared_events_pkey")),
        sqlite_with_rowid=False,
    )
    _index("cared_events", "person_id")
    op.create_table(
        "care_calls",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _refers("care_calls", "household_id", "households"),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("care_calls_pkey")),
        sqlite_with_rowid=False,
    )
    _index("care_calls", "household_id")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{to}.community_id", f"{to}.id"],
        name=op.f(f"{table}_community_id_{column}_fkey"),
    )


def _index(table: str, *columns: str) -> None:
    within = ["community_id", *columns]
    op.create_index(op.f(f"{table}_{'_'.join(within)}_idx"), table, within)
