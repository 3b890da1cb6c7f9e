"""Keep what is known of photos, and the pieces of those that are still arriving."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "photos"
down_revision = "bulletins"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "photos",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("stairwell_id", sa.Integer(), nullable=True),
        sa.Column("sees", sa.String(length=24), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("carried_by", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("why", sa.String(length=24), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=True),
        sa.Column("keep_until", sa.BigInteger(), nullable=True),
        sa.Column("reading", JSON, nullable=True),
        sa.Column("stored", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("photos_community_id_household_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwells.community_id", "stairwells.id"],
            name=op.f("photos_community_id_stairwell_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("photos_pkey")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["community_id", "sha"],
        ["community_id", "made_by", "state"],
        ["community_id", "stairwell_id", "kept_at"],
        ["stored", "state"],
    ):
        op.create_index(op.f(f"photos_{'_'.join(columns)}_idx"), "photos", columns)
    op.create_table(
        "photo_pieces",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "sha", "place", name=op.f("photo_pieces_pkey")),
        sqlite_with_rowid=False,
    )
