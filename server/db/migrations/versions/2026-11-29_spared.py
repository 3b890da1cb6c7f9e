"""Tell who is not expected by itself, for a case, from whom somebody excused by hand."""

import sqlalchemy as sa
from alembic import op

revision = "spared"
down_revision = "concerns"


def upgrade() -> None:
    """Add whether it follows from something else; what there is was said by hand."""
    op.add_column(
        "excuses",
        sa.Column("by_itself", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
