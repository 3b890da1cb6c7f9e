"""Lay down who is shut in where they do not live, and what was said of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "stranded"
down_revision = "relays"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "stranded",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=True),
        sa.Column("lives_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "resident_id"],
            ["residents.community_id", "residents.id"],
            name=op.f("stranded_community_id_resident_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("stranded_community_id_household_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "home_id"],
            ["households.community_id", "households.id"],
            name=op.f("stranded_community_id_home_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("stranded_pkey")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["community_id", "left_at"],
        ["community_id", "household_id"],
        ["community_id", "home_id"],
        ["community_id", "lives_id"],
    ):
        op.create_index(op.f(f"stranded_{'_'.join(columns)}_idx"), "stranded", columns)
    op.create_table(
        "stranded_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("stranded_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "stranded_id"],
            ["stranded.community_id", "stranded.id"],
            name=op.f("stranded_events_community_id_stranded_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("stranded_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("stranded_events_community_id_stranded_id_idx"),
        "stranded_events",
        ["community_id", "stranded_id"],
    )
