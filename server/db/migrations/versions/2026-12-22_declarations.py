"""Lay down what households declare in a screening, and apart from it who is ill."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "declarations"
down_revision = "vacancies"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "declarations",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("people", JSON, nullable=False),
        sa.Column("others", JSON, nullable=False),
        sa.Column("tenure", sa.String(length=8), nullable=False),
        sa.Column("since", sa.String(length=7), nullable=False),
        sa.Column("away", sa.String(length=80), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("declarations_community_id_round_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("declarations_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("declarations_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("declarations_community_id_round_id_household_id_idx"),
        "declarations",
        ["community_id", "round_id", "household_id"],
    )
    op.create_table(
        "declared_symptoms",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("declared_symptoms_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("declared_symptoms_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("declared_symptoms_community_id_round_id_idx"),
        "declared_symptoms",
        ["community_id", "round_id"],
    )
