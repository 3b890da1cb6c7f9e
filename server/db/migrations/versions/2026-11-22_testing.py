"""Lay down testing days: sites, floors called, who is not expected, tubes and results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "testing"
down_revision = "notices"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables of testing days."""
    op.create_table(
        "test_records",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("tested_at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint(
            "community_id", "resident_id", "round_id", name=op.f("test_records_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "excuses",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("resident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("excuses_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "resident_id", name=op.f("excuses_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "floor_calls",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", ID, nullable=True),
        sa.Column("times", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("floor_calls_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "stairwell_id", "level", name=op.f("floor_calls_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sites",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), server_default="", nullable=False),
        sa.Column("hours", sa.String(length=40), server_default="", nullable=False),
        sa.Column("medics", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("sites_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("sites_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("sites_community_id_round_id_idx"), "sites", ["community_id", "round_id"], unique=False
    )
    op.create_table(
        "test_rounds",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("tube", sa.String(length=10), nullable=False),
        sa.Column("pace", sa.String(length=8), nullable=False),
        sa.Column("most", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("test_rounds_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "round_id", name=op.f("test_rounds_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "test_stairwells",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("test_stairwells_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "stairwell_id", name=op.f("test_stairwells_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tubes",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("residents", JSON, nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.Column("filled_by", ID, nullable=False),
        sa.Column("result", sa.String(length=10), nullable=True),
        sa.Column("result_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("tubes_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "round_id", "code", name=op.f("tubes_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "controls",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("building_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("allows", sa.String(length=200), server_default="", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["buildings.community_id", "buildings.id"],
            name=op.f("controls_community_id_building_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "building_id", "seq", name=op.f("controls_pkey")),
        sqlite_with_rowid=False,
    )
