"""A fact says that there is a photo of it. The photo itself comes later, if need be much later."""

from __future__ import annotations

from sqlalchemy import insert, select

from server.db.base import AnyRow
from server.features.people.rules import May
from server.features.photos import rules
from server.features.photos.rules import KEPT, WAITING
from server.features.photos.tables import photos
from server.i18n import mark
from server.oplog.kinds import Asked, Moment, Refused


def expect(
    at: Moment,
    asked: Asked,
    sha: str,
    *,
    about: str,
    household: int | None,
    sees: May,
    stairwell: int | None = None,
) -> None:
    """Expect the photo of that name, for the page at `about`, within an operation's `apply`.

    Who holds the right `sees` over the household, or else the stairwell, may look at it; so may the
    household, or else everybody who lives in the building, and its maker. Raises `Refused` for
    what is no SHA-256. Of facts that name the same photo each has a row; it is stored once.
    """
    must_be_name(sha)
    known = _known(at, sha)
    at.connection.execute(
        insert(photos),
        {
            "community_id": at.community_id,
            "op_id": asked.id,
            "sha": sha,
            "about": about,
            "household_id": household,
            "stairwell_id": stairwell,
            "sees": str(sees),
            "made_by": asked.actor,
            "carried_by": asked.carrier,
            "at": asked.corrected_at,
            "moved_at": at.received_at,
            **_as_far_as(known, at.received_at),
        },
    )
    at.react("photos.over", asked.id, at.received_at + min(rules.KEEP, rules.GIVE_UP))
    at.tell(topic(about))


def must_be_name(sha: str) -> None:
    """Raises `Refused` for what is no SHA-256."""
    if not rules.is_name(sha):
        raise Refused(NO_NAME)


def topic(about: str) -> str:
    """What a page at that path is told by, when one of its photos moves on."""
    return f"photos:{about}"


def _known(at: Moment, sha: str) -> AnyRow | None:
    """The row of another fact about the same photo, of those that got furthest.

    Locked, so that a photo that is being kept at this moment is kept for this fact too.
    """
    rows = at.connection.execute(
        select(photos)
        .where(
            photos.c.community_id == at.community_id,
            photos.c.sha == sha,
            photos.c.state != rules.GONE,
            photos.c.why != rules.DAMAGED,
        )
        .with_for_update()
    ).all()
    return max(rows, key=lambda row: rules.FURTHEST.index(row.state), default=None)


def _as_far_as(known: AnyRow | None, now: int) -> dict[str, object]:
    """What a new row has in common with one about the same photo; each has its own clock."""
    if known is None:
        return {"state": WAITING}
    found: dict[str, object] = {
        name: getattr(known, name) for name in ("state", "why", "size", "received", "stored")
    }
    if known.state == KEPT:
        found |= {"kept_at": now, "keep_until": now + rules.KEEP}
    return found


NO_NAME = mark("The photo's name is damaged. Take the photo again.")
