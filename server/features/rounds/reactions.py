"""What follows from what is done in rounds."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from server import clock
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.rules import May
from server.features.rounds import rules, scope, statement
from server.features.rounds.tables import assignments, rounds
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("rounds.statement")
def reissue(at: Reacting) -> None:
    """A mark made before the close arrived after it: state again what came of the round."""
    # Whoever closes it at this moment issues a statement too, numbered after this one.
    found = _row(at, alone=True)
    if found.status == rules.CLOSED:
        statement.issue(at.connection, at.community_id, found.id, found.version, at.now)
        at.topics.add(f"round:{found.id}")


Keep = Callable[[Reacting, AnyRow, str, str], None]
"""Has something of a round, given as its row, hold in the next day's, given by its id, in the name
of an account."""

_kept: list[Keep] = []


def next_day(keep: Keep) -> Keep:
    """Register what else of a round goes on in the next day's, once that one is open."""
    _kept.append(keep)
    return keep


@reaction("rounds.repeat")
def repeat(at: Reacting) -> None:
    """Make and open tomorrow's round, as the person who made today's would, or who leads it now.

    Whoever carries a stairwell today carries it tomorrow. Ids follow from today's, so doing this
    twice makes one round.
    """
    found = _row(at)
    if found.repeats != "daily":
        return
    actor = _in_whose_name(at, found)
    made = following(found.id, "next")
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
    at.submit(actor, made, "round.make", data)
    if _has_somebody(at, found.id):
        given = {"round": made, "earlier": found.id}
        at.submit(actor, following(made, "assign"), "round.assign_as", given)
    at.submit(actor, following(made, "open"), "round.open", {"round": made})
    for keep in _kept:
        keep(at, found, made, actor)


def following(round_id: str, what: str) -> str:
    """The id of something that is asked once for a round."""
    return derived(f"{round_id}/{what}")


def _in_whose_name(at: Reacting, found: AnyRow) -> str:
    """Who made the round while they lead all of it, else somebody else who does."""
    here = scope.stairwells_of(at.connection, at.community_id, found.id)
    places = estates.places(at.connection, at.community_id, here).values()
    return people.in_whose_name(
        at.connection, at.community_id, found.made_by, May.LEAD, places, at.now
    )


def _has_somebody(at: Reacting, round_id: str) -> bool:
    """True where a stairwell of the round is given to anybody."""
    table = assignments.c
    given = select(table.account_id).where(
        table.community_id == at.community_id, table.round_id == round_id, table.until.is_(None)
    )
    return at.connection.execute(given.limit(1)).first() is not None


def _time_of_day(minutes: int | None) -> str:
    """Minutes after midnight as they are typed: 22:00."""
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def _row(at: Reacting, *, alone: bool = False) -> AnyRow:
    this = select(rounds).where(rounds.c.community_id == at.community_id, rounds.c.id == at.subject)
    return at.connection.execute(this.with_for_update() if alone else this).one()
