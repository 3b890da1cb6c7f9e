"""Lay down relays, what is said of each, and the rows that two communities share."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "relays"
down_revision = "custody"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "relays",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("request_id", ID, nullable=True),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("start", sa.String(length=120), server_default="", nullable=False),
        sa.Column("gate", sa.String(length=60), server_default="", nullable=False),
        sa.Column("half", sa.String(length=8), server_default="", nullable=False),
        sa.Column("other_half", sa.String(length=8), server_default="", nullable=False),
        sa.Column("code_key", sa.String(length=64), server_default="", nullable=False),
        sa.Column("owner", ID, nullable=False),
        sa.Column("carrier", ID, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("relays_community_id_household_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("relays_community_id_owner_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("relays_pkey")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["community_id", "closed_at", "due_at"],
        ["community_id", "household_id"],
        ["community_id", "request_id"],
        ["community_id", "code_key"],
    ):
        op.create_index(op.f(f"relays_{'_'.join(columns)}_idx"), "relays", columns)
    op.create_table(
        "relay_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("relay_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "relay_id"],
            ["relays.community_id", "relays.id"],
            name=op.f("relay_events_community_id_relay_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("relay_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("relay_events_community_id_relay_id_idx"), "relay_events", ["community_id", "relay_id"]
    )
    op.create_table(
        "relay_codes",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("arrived_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "key", name=op.f("relay_codes_pkey")),
        sqlite_with_rowid=False,
    )
