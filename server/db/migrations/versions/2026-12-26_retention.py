"""Keep records for so long, count what goes, and close the incident."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "retention"
down_revision = "declarations"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.add_column("rounds", sa.Column("forgotten_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "retention_clocks",
        _community(),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("changed_by", ID, nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        _of_community("retention_clocks"),
        sa.PrimaryKeyConstraint("community_id", "key", name=op.f("retention_clocks_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "totals",
        _community(),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("clock", sa.String(length=12), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        _of_community("totals"),
        sa.PrimaryKeyConstraint("community_id", "month", "clock", "what", name=op.f("totals_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incidents",
        _community(),
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("register", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("public", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _of_community("incidents"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("incidents_pkey")),
        sqlite_with_rowid=False,
    )
    _index("incidents", "state")
    op.create_table(
        "incident_events",
        _community(),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "incident_id"],
            ["incidents.community_id", "incidents.id"],
            name=op.f("incident_events_community_id_incident_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("incident_events_pkey")),
        sqlite_with_rowid=False,
    )
    _index("incident_events", "incident_id")


def _community() -> sa.Column[int]:
    return sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False)


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["communities.id"], name=op.f(f"{table}_community_id_fkey")
    )


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"{table}_community_id_{column}_idx"), table, ["community_id", column])
