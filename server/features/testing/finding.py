"""Finding a testing day and judging who may do what there; every operation begins with this."""

from __future__ import annotations

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.estates.tables import floors
from server.features.people.actors import Person
from server.features.people.rules import May
from server.features.rounds import rules as round_rules
from server.features.rounds import scope
from server.features.rounds.tables import assignments, rounds
from server.features.testing.tables import sites, test_rounds, test_stairwells
from server.i18n import mark
from server.oplog.kinds import Asked, Moment, Refused


def find(at: Moment, round_id: str) -> AnyRow:
    """The day's row with its tube and pace. Raises `Refused`."""
    row = at.connection.execute(
        select(rounds, test_rounds.c.tube, test_rounds.c.pace)
        .join(
            test_rounds,
            (test_rounds.c.community_id == rounds.c.community_id)
            & (test_rounds.c.round_id == rounds.c.id),
        )
        .where(rounds.c.community_id == at.community_id, rounds.c.id == round_id)
    ).first()
    if row is None:
        raise Refused(NO_SUCH_DAY)
    return row


def find_open(at: Moment, round_id: str) -> AnyRow:
    """The day, while its round is open. Raises `Refused` with the words of a mark."""
    found = find(at, round_id)
    round_rules.must_be_open(found.status)
    return found


def must_lead(at: Moment, asked: Asked, round_id: str) -> None:
    """Raises `Refused` unless the asker leads every stairwell of the day."""
    ids = scope.stairwells_of(at.connection, at.community_id, round_id)
    scope.must_lead(at, person_of(at, asked), ids, asked.corrected_at)


def must_call(at: Moment, asked: Asked, round_id: str, stairwell_id: int) -> None:
    """Raises `Refused` unless the asker calls there by duty, or works at its site."""
    places = estates.places(at.connection, at.community_id, [stairwell_id])
    if stairwell_id not in places:
        raise Refused(scope.NOT_IN_ROUND)
    if person_of(at, asked).may(May.CALL, asked.corrected_at, places[stairwell_id]):
        return
    if not works_at(at, asked.actor, round_id, stairwell_id):
        raise Refused(NOT_YOUR_SITE)


def works_at(at: Moment, account_id: str, round_id: str, stairwell_id: int) -> bool:
    """True where the stairwell is one of those given to this person for the day."""
    table = assignments.c
    working = at.connection.execute(
        select(table.account_id).where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.stairwell_id == stairwell_id,
            table.account_id == account_id,
            table.until.is_(None),
        )
    ).first()
    return working is not None


def stairwell_of(at: Moment, round_id: str, stairwell_id: int) -> AnyRow:
    """Where a stairwell goes on the day. Raises `Refused`."""
    table = test_stairwells.c
    row = at.connection.execute(
        select(test_stairwells).where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.stairwell_id == stairwell_id,
        )
    ).first()
    if row is None:
        raise Refused(scope.NOT_IN_ROUND)
    return row


def site_of(at: Moment, round_id: str, site_id: str) -> AnyRow:
    """A site of the day. Raises `Refused`."""
    table = sites.c
    row = at.connection.execute(
        select(sites).where(
            table.community_id == at.community_id,
            table.round_id == round_id,
            table.id == site_id,
        )
    ).first()
    if row is None:
        raise Refused(NO_SUCH_SITE)
    return row


def labels_of(at: Moment, stairwell_id: int) -> dict[int, str]:
    """What is painted on each floor's wall, by level."""
    rows = at.connection.execute(
        select(floors.c.level, floors.c.label).where(
            floors.c.community_id == at.community_id, floors.c.stairwell_id == stairwell_id
        )
    )
    return {row.level: row.label for row in rows}


def person_of(at: Moment, asked: Asked) -> Person:
    """Who asks."""
    return at.actors[asked.actor]  # type: ignore[return-value]


NO_SUCH_DAY = mark("There is no such testing day here.")
NO_SUCH_SITE = mark("There is no such site on this day.")
NOT_YOUR_SITE = mark("You do not work at the site of this stairwell.")
