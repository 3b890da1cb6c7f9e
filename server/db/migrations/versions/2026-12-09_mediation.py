"""Lay down mediations, their sides, and what was said in each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "mediation"
down_revision = "stranded"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "mediations",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("officer", ID, nullable=False),
        sa.Column("deputy", ID, nullable=True),
        sa.Column("request_id", ID, nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("follow_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "officer"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("mediations_community_id_officer_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("mediations_pkey")),
        sqlite_with_rowid=False,
    )
    for columns in (
        ["community_id", "officer", "closed_at"],
        ["community_id", "deputy"],
        ["community_id", "request_id"],
    ):
        op.create_index(op.f(f"mediations_{'_'.join(columns)}_idx"), "mediations", columns)
    op.create_table(
        "mediation_parties",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mediation_id", ID, nullable=False),
        sa.Column("side", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "mediation_id"],
            ["mediations.community_id", "mediations.id"],
            name=op.f("mediation_parties_community_id_mediation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("mediation_parties_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "mediation_id", "side", name=op.f("mediation_parties_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("mediation_parties_community_id_household_id_idx"),
        "mediation_parties",
        ["community_id", "household_id"],
    )
    op.create_table(
        "mediation_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("mediation_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "mediation_id"],
            ["mediations.community_id", "mediations.id"],
            name=op.f("mediation_events_community_id_mediation_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("mediation_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("mediation_events_community_id_mediation_id_idx"),
        "mediation_events",
        ["community_id", "mediation_id"],
    )
