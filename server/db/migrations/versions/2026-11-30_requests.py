"""Lay down requests, everything that is said of each, and the notes of shifts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "requests"
down_revision = "spared"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "requests",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("breadth", sa.String(length=10), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("owner", ID, nullable=True),
        sa.Column("level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("joined_to", ID, nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("requests_community_id_household_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwells.community_id", "stairwells.id"],
            name=op.f("requests_community_id_stairwell_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "asked_by"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("requests_community_id_asked_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("requests_pkey")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["community_id", "closed_at", "due_at"],
        ["community_id", "household_id"],
        ["community_id", "asked_by", "opened_at"],
        ["community_id", "joined_to"],
    ):
        op.create_index(op.f(f"requests_{'_'.join(columns)}_idx"), "requests", columns)
    op.create_table(
        "request_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("for_team", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "request_id"],
            ["requests.community_id", "requests.id"],
            name=op.f("request_events_community_id_request_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("request_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("request_events_community_id_request_id_idx"),
        "request_events",
        ["community_id", "request_id"],
    )
    op.create_table(
        "shift_notes",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("scope_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "actor"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("shift_notes_community_id_actor_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("shift_notes_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("shift_notes_community_id_scope_scope_id_at_idx"),
        "shift_notes",
        ["community_id", "scope", "scope_id", "at"],
    )
