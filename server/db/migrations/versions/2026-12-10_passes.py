"""Lay down passes, gates, who went through which, and the keys that sign."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "passes"
down_revision = "mediation"

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the seven tables."""
    op.create_table(
        "passes",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=80), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=200), server_default="", nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("conditions", JSON, nullable=False),
        sa.Column("escort", sa.String(length=40), server_default="", nullable=False),
        sa.Column("owner", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("token", sa.Text(), server_default="", nullable=False),
        sa.Column("away", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("used", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("last_gate", ID, nullable=True),
        sa.Column("clashed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("passes_community_id_household_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("passes_community_id_owner_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("passes_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("passes_community_id_about_idx"), "passes", ["community_id", "about"])
    op.create_index(
        op.f("passes_community_id_household_id_opened_at_idx"),
        "passes",
        ["community_id", "household_id", "opened_at"],
    )
    op.create_index(
        op.f("passes_community_id_number_idx"), "passes", ["community_id", "number"], unique=True
    )
    op.create_index(
        op.f("passes_community_id_state_until_idx"), "passes", ["community_id", "state", "until"]
    )
    op.create_table(
        "pass_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("pass_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "pass_id"],
            ["passes.community_id", "passes.id"],
            name=op.f("pass_events_community_id_pass_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("pass_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("pass_events_community_id_pass_id_idx"), "pass_events", ["community_id", "pass_id"]
    )
    op.create_table(
        "gates",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("phone", sa.String(length=24), server_default="", nullable=False),
        sa.Column("opens", sa.String(length=5), server_default="", nullable=False),
        sa.Column("closes", sa.String(length=5), server_default="", nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_why", sa.String(length=120), server_default="", nullable=False),
        sa.Column("guard", ID, nullable=True),
        sa.Column("guard_since", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("gates_community_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compounds.community_id", "compounds.id"],
            name=op.f("gates_community_id_compound_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("gates_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gate_events",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("gate_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "gate_id"],
            ["gates.community_id", "gates.id"],
            name=op.f("gate_events_community_id_gate_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("gate_events_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("gate_events_community_id_gate_id_idx"), "gate_events", ["community_id", "gate_id"]
    )
    op.create_table(
        "crossings",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("gate_id", ID, nullable=False),
        sa.Column("pass_id", ID, nullable=True),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("found", sa.String(length=12), nullable=False),
        sa.Column("let", sa.Boolean(), nullable=False),
        sa.Column("checked", JSON, nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "gate_id"],
            ["gates.community_id", "gates.id"],
            name=op.f("crossings_community_id_gate_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "pass_id"],
            ["passes.community_id", "passes.id"],
            name=op.f("crossings_community_id_pass_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("crossings_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("crossings_community_id_gate_id_at_idx"),
        "crossings",
        ["community_id", "gate_id", "at"],
    )
    op.create_index(
        op.f("crossings_community_id_pass_id_idx"), "crossings", ["community_id", "pass_id"]
    )
    op.create_table(
        "pass_keys",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("pass_keys_community_id_fkey")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("pass_keys_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pass_limits",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("test_hours", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("pass_limits_community_id_fkey")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pass_limits_pkey")),
        sqlite_with_rowid=False,
    )
