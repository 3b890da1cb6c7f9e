"""Let the desk find what presses among ten thousand requests without looking each of them up."""

from alembic import op

revision = "desk"
down_revision = "requests"


def upgrade() -> None:
    """Put all that the desk asks into one index."""
    columns = ["community_id", "closed_at", "due_at"]
    op.drop_index(op.f("requests_community_id_closed_at_due_at_idx"), table_name="requests")
    op.create_index(
        "requests_desk_idx", "requests", [*columns, "state", "kind", "stairwell_id", "owner"]
    )
