"""Keep posters whose code leads to a page."""

import sqlalchemy as sa
from alembic import op

revision = "posters"
down_revision = "retention"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "posters",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("round_id", ID, nullable=True),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("building_id", "buildings"),
        _refers("made_by", "accounts"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("posters_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("posters_code_idx"), "posters", ["code"], unique=True)
    op.create_index(
        op.f("posters_community_id_building_id_idx"), "posters", ["community_id", "building_id"]
    )


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{to}.community_id", f"{to}.id"],
        name=op.f(f"posters_community_id_{column}_fkey"),
    )
