"""Lay down bulletins with their corrections and opens, and the clock of a building's control."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "bulletins"
down_revision = "cases"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables of bulletins, and let a control say when it may change."""
    op.add_column(
        "controls",
        sa.Column("changes_when", sa.String(length=200), server_default="", nullable=False),
    )
    op.add_column("controls", sa.Column("changes_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "bulletins",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("figures", JSON, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_on", ID, nullable=True),
        sa.Column("published_by", ID, nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("notice_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "changed_by"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("bulletins_community_id_changed_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("bulletins_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("bulletins_community_id_day_idx"), "bulletins", ["community_id", "day"])
    op.create_table(
        "bulletin_corrections",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("bulletin_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("text", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "bulletin_id"],
            ["bulletins.community_id", "bulletins.id"],
            name=op.f("bulletin_corrections_community_id_bulletin_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("bulletin_corrections_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("bulletin_corrections_community_id_bulletin_id_idx"),
        "bulletin_corrections",
        ["community_id", "bulletin_id"],
    )
    op.create_table(
        "bulletin_opens",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bulletin_id", ID, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "bulletin_id"],
            ["bulletins.community_id", "bulletins.id"],
            name=op.f("bulletin_opens_community_id_bulletin_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "bulletin_id", "day", name=op.f("bulletin_opens_pkey")
        ),
        sqlite_with_rowid=False,
    )
