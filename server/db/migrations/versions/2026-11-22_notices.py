"""Lay down announcements, their reach, group channels, push subscriptions and deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "notices"
down_revision = "begin"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables of announcements and push."""
    op.create_table(
        "deliveries",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("rang", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("target", ID, nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint(
            "community_id", "notice_id", "rang", "channel", "target", name=op.f("deliveries_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("deliveries_done_at_due_at_idx"), "deliveries", ["done_at", "due_at"], unique=False
    )
    op.create_table(
        "reach",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("stairwell_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("stage", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("told_by", ID, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("tried", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("community_id", "notice_id", "recipient", name=op.f("reach_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("reach_community_id_account_id_idx"),
        "reach",
        ["community_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "channels",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("scope_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "made_by"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("channels_community_id_made_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("channels_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("asks", sa.String(length=8), nullable=False),
        sa.Column("opens", sa.String(length=120), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("stages", JSON, nullable=False),
        sa.Column("stage", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("stage_minutes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("stage_until", sa.BigInteger(), nullable=True),
        sa.Column("rang", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "made_by"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("notices_community_id_made_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("notices_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "push_subscriptions",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("endpoint", sa.String(length=2048), nullable=False),
        sa.Column("endpoint_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("p256dh", sa.LargeBinary(length=65), nullable=False),
        sa.Column("auth", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=24), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("push_subscriptions_community_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("push_subscriptions_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("push_subscriptions_community_id_account_id_idx"),
        "push_subscriptions",
        ["community_id", "account_id"],
        unique=False,
    )
    op.create_index(
        op.f("push_subscriptions_endpoint_hash_idx"),
        "push_subscriptions",
        ["endpoint_hash"],
        unique=True,
    )
    op.create_table(
        "views",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("views_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("views_community_id_household_id_idx"), "views", ["community_id", "household_id"]
    )
    op.add_column(
        "residents", sa.Column("phone", sa.String(length=20), server_default="", nullable=False)
    )
    op.add_column("rounds", sa.Column("notice_id", ID, nullable=True))
