"""What follows by itself: a file is read once more where the register has changed meanwhile."""

from __future__ import annotations

from server.features.register import uploads
from server.oplog.after import Reacting, reaction


@reaction("register.read")
def read(at: Reacting) -> None:
    """Read a file once more."""
    uploads.again(at.connection, at.community_id, at.subject)
    at.topics |= {f"import:{at.subject}", "imports"}
