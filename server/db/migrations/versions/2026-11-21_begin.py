"""Lay down places, people, rounds and the history of operations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "begin"
down_revision = None

ID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table(
        "communities",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=40), server_default="Asia/Shanghai", nullable=False),
        sa.Column("language", sa.String(length=10), server_default="zh-Hans", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("communities_pkey")),
    )
    op.create_table(
        "counters",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "name", name=op.f("counters_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("keys_pkey")),
    )
    op.create_table(
        "marks",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Boolean(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "household_id", "seq", name=op.f("marks_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operations",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("v", sa.SmallInteger(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("carrier", ID, nullable=True),
        sa.Column("device", ID, nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("corrected_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("group_id", ID, nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("message", JSON, nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("settled_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("community_id", "seq", name=op.f("operations_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("operations_community_id_id_idx"), "operations", ["community_id", "id"], unique=True
    )
    op.create_table(
        "payloads",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("retention", sa.String(length=12), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "seq", "retention", name=op.f("payloads_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reactions",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("reactions_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("reactions_done_at_due_at_idx"), "reactions", ["done_at", "due_at"], unique=False
    )
    op.create_table(
        "round_undos",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "mark_id", "actor", name=op.f("round_undos_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "compounds",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("compounds_community_id_fkey")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("compounds_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "buildings",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compounds.community_id", "compounds.id"],
            name=op.f("buildings_community_id_compound_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("buildings_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stairwells",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("compound_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("short", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["buildings.community_id", "buildings.id"],
            name=op.f("stairwells_community_id_building_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "compound_id"],
            ["compounds.community_id", "compounds.id"],
            name=op.f("stairwells_community_id_compound_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("stairwells_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "floors",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("lobby", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwells.community_id", "stairwells.id"],
            name=op.f("floors_community_id_stairwell_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "stairwell_id", "level", name=op.f("floors_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "households",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("use", sa.String(length=8), server_default="home", nullable=False),
        sa.Column("vacant", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", sa.String(length=40), server_default="", nullable=False),
        sa.Column("card_number", sa.String(length=16), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwells.community_id", "stairwells.id"],
            name=op.f("households_community_id_stairwell_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("households_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("households_community_id_card_number_idx"),
        "households",
        ["community_id", "card_number"],
        unique=True,
    )
    op.create_index(
        op.f("households_community_id_stairwell_id_idx"),
        "households",
        ["community_id", "stairwell_id"],
        unique=False,
    )
    op.create_table(
        "accounts",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=4), server_default="", nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("display", JSON, nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("accounts_community_id_household_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("accounts_community_id_fkey")
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("accounts_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("accounts_community_id_household_id_idx"),
        "accounts",
        ["community_id", "household_id"],
        unique=False,
    )
    op.create_table(
        "residents",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("born", sa.Integer(), nullable=True),
        sa.Column("registered", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("present", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["households.community_id", "households.id"],
            name=op.f("residents_community_id_household_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("residents_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("residents_community_id_household_id_idx"),
        "residents",
        ["community_id", "household_id"],
        unique=False,
    )
    op.create_table(
        "devices",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("oldest_at", sa.BigInteger(), nullable=True),
        sa.Column("clock_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("public_key", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("devices_community_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", "account_id", name=op.f("devices_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roles",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("scope_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("roles_community_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id",
            "account_id",
            "role",
            "scope",
            "scope_id",
            "since",
            name=op.f("roles_pkey"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rounds",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("per", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("scope", JSON, nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.Column("repeats", sa.String(length=8), server_default="", nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("follows", ID, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "made_by"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("rounds_community_id_made_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("rounds_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sessions",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("sessions_community_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("sessions_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("sessions_community_id_account_id_idx"),
        "sessions",
        ["community_id", "account_id"],
        unique=False,
    )
    op.create_index(op.f("sessions_token_hash_idx"), "sessions", ["token_hash"], unique=True)
    op.create_table(
        "sign_in_codes",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("once", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("sign_in_codes_community_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "id", name=op.f("sign_in_codes_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("sign_in_codes_community_id_account_id_idx"),
        "sign_in_codes",
        ["community_id", "account_id"],
        unique=False,
    )
    op.create_index(
        op.f("sign_in_codes_secret_hash_idx"), "sign_in_codes", ["secret_hash"], unique=True
    )
    op.create_table(
        "assignments",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nth", sa.SmallInteger(), nullable=False),
        sa.Column("low", sa.SmallInteger(), nullable=True),
        sa.Column("high", sa.SmallInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["accounts.community_id", "accounts.id"],
            name=op.f("assignments_community_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("assignments_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id",
            "round_id",
            "stairwell_id",
            "account_id",
            "seq",
            "nth",
            name=op.f("assignments_pkey"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("assignments_community_id_account_id_idx"),
        "assignments",
        ["community_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "round_counts",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=True),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("round_counts_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "op_id", name=op.f("round_counts_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("round_counts_community_id_round_id_idx"),
        "round_counts",
        ["community_id", "round_id"],
        unique=False,
    )
    op.create_table(
        "round_doors",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("household_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("given", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("noted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("marks", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("mark_id", ID, nullable=True),
        sa.Column("actor", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("round_doors_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "household_id", name=op.f("round_doors_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("round_doors_community_id_round_id_stairwell_id_idx"),
        "round_doors",
        ["community_id", "round_id", "stairwell_id"],
        unique=False,
    )
    op.create_table(
        "round_stairwells",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("stairwell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("doors", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("given", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("disputed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tally", JSON, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("round_stairwells_community_id_round_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "stairwell_id"],
            ["stairwells.community_id", "stairwells.id"],
            name=op.f("round_stairwells_community_id_stairwell_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "stairwell_id", name=op.f("round_stairwells_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "round_statements",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("round_statements_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "round_id", "number", name=op.f("round_statements_pkey")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "round_states",
        sa.Column("community_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["rounds.community_id", "rounds.id"],
            name=op.f("round_states_community_id_round_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("community_id", "round_id", "seq", name=op.f("round_states_pkey")),
        sqlite_with_rowid=False,
    )
