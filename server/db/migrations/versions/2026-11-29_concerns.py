"""Say of each private announcement whose case it is about, so that its own stewards may see it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "concerns"
down_revision = "phones"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")

cases = sa.table("cases", sa.column("community_id"), sa.column("id", ID), sa.column("household_id"))
case_events = sa.table(
    "case_events",
    sa.column("community_id"),
    sa.column("case_id", ID),
    sa.column("said", sa.JSON().with_variant(JSONB(), "postgresql")),
)
notices = sa.table(
    "notices",
    sa.column("community_id"),
    sa.column("id", ID),
    sa.column("kind"),
    sa.column("concerns", sa.Integer()),
)


def upgrade() -> None:
    """Add the household, and look it up for those that were announced before."""
    op.add_column("notices", sa.Column("concerns", sa.Integer(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(case_events.c.community_id, case_events.c.said, cases.c.household_id).join(
            cases,
            (cases.c.community_id == case_events.c.community_id)
            & (cases.c.id == case_events.c.case_id),
        )
    ).all()
    told = [
        {"community": row.community_id, "notice": notice, "household": row.household_id}
        for row in rows
        for notice in row.said.get("notices") or ()
    ]
    if told:
        connection.execute(
            sa.update(notices)
            .where(
                notices.c.community_id == sa.bindparam("community"),
                notices.c.id == sa.bindparam("notice"),
                notices.c.kind == "case",  # of the same step the building may have been told openly
            )
            .values(concerns=sa.bindparam("household")),
            told,
        )
