"""Lay down medicine that people need, the batches in which it is bought, and what was said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "medicine"
down_revision = "passes"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "needs",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("dose", sa.String(length=80), nullable=False),
        sa.Column("boxes", sa.SmallInteger(), nullable=False),
        sa.Column("lasts", sa.SmallInteger(), nullable=False),
        sa.Column("substitute", sa.String(length=3), nullable=False),
        sa.Column("pharmacy", sa.String(length=60), nullable=False),
        sa.Column("controlled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("runs_out_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("offered", sa.String(length=80), server_default="", nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("said_by", ID, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("needs", "household_id", "households"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("needs_pkey")),
        sqlite_with_rowid=False,
    )
    _index("needs", "household_id")
    _index("needs", "ended_at", "runs_out_at")
    op.create_table(
        "batches",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("pharmacy", sa.String(length=60), nullable=False),
        sa.Column("buyer", ID, nullable=False),
        sa.Column("checkers", JSON, nullable=False),
        sa.Column("carriers", JSON, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("batches", "buyer", "accounts"),
        _refers("batches", "made_by", "accounts"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("batches_pkey")),
        sqlite_with_rowid=False,
    )
    _index("batches", "closed_at")
    op.create_table(
        "batch_needs",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        _refers("batch_needs", "batch_id", "batches"),
        _refers("batch_needs", "need_id", "needs"),
        sa.PrimaryKeyConstraint(
            "community_id", "batch_id", "need_id", name=op.f("batch_needs_pkey")
        ),
        sqlite_with_rowid=False,
    )
    _index("batch_needs", "need_id")
    for table, subject, things in (
        ("need_events", "need_id", "needs"),
        ("batch_events", "batch_id", "batches"),
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


def _index(table: str, *columns: str) -> None:
    within = ["community_id", *columns]
    op.create_index(op.f(f"{table}_{'_'.join(within)}_idx"), table, within)
