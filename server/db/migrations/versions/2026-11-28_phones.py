"""Lay down the service telephones that communities and compounds make public."""

import sqlalchemy as sa
from alembic import op

revision = "phones"
down_revision = "reviews"


def upgrade() -> None:
    """Give communities and compounds room for a number."""
    for table in ("communities", "compounds"):
        op.add_column(
            table, sa.Column("phone", sa.String(length=24), server_default="", nullable=False)
        )
