"""What follows from what is done in rounds."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.rounds import rules, statement
from server.features.rounds.tables import rounds
from server.oplog.after import Reacting, reaction


@reaction("rounds.statement")
def reissue(at: Reacting) -> None:
    """A mark made before the close arrived after it: state again what came of the round."""
    # Whoever closes it at this moment issues a statement too, numbered after this one.
    found = _row(at, alone=True)
    if found.status == rules.CLOSED:
        statement.issue(at.connection, at.community_id, found.id, found.version, at.now)
        at.topics.add(f"round:{found.id}")


@reaction("rounds.repeat")
def repeat(at: Reacting) -> None:
    """Make and open tomorrow's round, as the person who made today's would.

    Its ids follow from today's, so doing this twice makes one round.
    """
    found = _row(at)
    if found.repeats != "daily":
        return
    made = str(uuid5(NAMESPACE_OID, f"{found.id}/next"))
    data = {
        "title": found.title,
        "kind": found.kind,
        "item": found.item,
        "per": found.per,
        "quantity": found.quantity,
        "quiet_from": _time_of_day(found.quiet_from),
        "quiet_until": _time_of_day(found.quiet_until),
        "repeats": found.repeats,
        "deadline": clock.rfc3339(found.deadline + clock.DAY) if found.deadline else "",
        "follows": found.id,
        **found.scope,
    }
    at.submit(found.made_by, made, "round.make", data)
    at.submit(
        found.made_by, str(uuid5(NAMESPACE_OID, f"{made}/open")), "round.open", {"round": made}
    )


def _time_of_day(minutes: int | None) -> str:
    """Minutes after midnight as they are typed: 22:00."""
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def _row(at: Reacting, *, alone: bool = False) -> AnyRow:
    this = select(rounds).where(rounds.c.community_id == at.community_id, rounds.c.id == at.subject)
    return at.connection.execute(this.with_for_update() if alone else this).one()
