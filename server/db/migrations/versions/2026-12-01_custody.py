"""Lay down things in somebody's hands, and everything that is said of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "custody"
down_revision = "desk"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "things",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=120), server_default="", nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=80), server_default="", nullable=False),
        sa.Column("only", JSON, nullable=True),
        sa.Column("holder_kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("offered_to", ID, nullable=True),
        sa.Column("disinfect", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cleaned_at", sa.BigInteger(), nullable=True),
        sa.Column("missing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("things_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("things_pkey")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["community_id", "holder_kind", "holder", "closed_at"],
        ["community_id", "offered_to"],
        ["community_id", "household_id"],
        ["community_id", "about"],
    ):
        op.create_index(op.f(f"things_{'_'.join(columns)}_idx"), "things", columns)
    op.create_table(
        "thing_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("thing_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "thing_id"],
            ["things.community_id", "things.id"],
            name=op.f("thing_events_community_id_thing_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("thing_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("thing_events_community_id_thing_id_idx"), "thing_events", ["community_id", "thing_id"]
    )
