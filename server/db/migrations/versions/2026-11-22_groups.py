"""Let group bots and webhooks be paced, and deliveries say by which of them they go."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "groups"
down_revision = "testing"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Add what is known of how a channel does, and the way of a delivery."""
    for column in (
        sa.Column("worked_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.String(length=24), nullable=True),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("quiet_until", sa.BigInteger(), nullable=True),
        sa.Column("posted", JSON, nullable=True),
    ):
        op.add_column("channels", column)
    op.add_column("deliveries", sa.Column("via", ID, nullable=True))
