"""Lay down vacant flats and what was said of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "vacancies"
down_revision = "rights"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "vacancies",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(length=12), nullable=False),
        sa.Column("seal", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _refers("vacancies", "household_id", "households"),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("vacancies_pkey")),
        sqlite_with_rowid=False,
    )
    _index("vacancies", "household_id")
    _index("vacancies", "vacant")
    op.create_table(
        "vacancy_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("vacancy_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        _refers("vacancy_events", "vacancy_id", "vacancies"),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("vacancy_events_pkey")),
        sqlite_with_rowid=False,
    )
    _index("vacancy_events", "vacancy_id")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{to}.community_id", f"{to}.id"],
        name=op.f(f"{table}_community_id_{column}_fkey"),
    )


def _index(table: str, *columns: str) -> None:
    within = ["community_id", *columns]
    op.create_index(op.f(f"{table}_{'_'.join(within)}_idx"), table, within)
