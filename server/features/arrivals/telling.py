"""Who is told that somebody says they moved in or leave."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from server import clock
from server.features.arrivals.file import PATH
from server.features.arrivals.tables import arrivals
from server.features.estates import reads as estates
from server.features.estates.records import Household
from server.features.notices import announce
from server.features.notices import rules as notices
from server.features.notices.audience import Audience
from server.features.people import reads as people
from server.features.people.rules import PROPERTY, May
from server.i18n import Words, mark
from server.oplog.kinds import Asked, Moment

EVERY = clock.DAY
"""Those who confirm are told once in this time, however many move."""


def keepers(at: Moment, asked: Asked, door: Household) -> list[str]:
    """Tell the property company, else all who may; of one compound not again within a day."""
    table = arrivals.c
    places = estates.places(at.connection, at.community_id)
    beside = [one for one, place in places.items() if place.compound == door.compound]
    told_at = at.connection.execute(
        select(func.max(table.told_at)).where(
            table.community_id == at.community_id, table.stairwell_id.in_(beside)
        )
    ).scalar_one()
    if told_at is not None and asked.corrected_at - told_at < EVERY:
        return []
    able = _who_may(at, asked, door, May.KEEP_VACANCIES)
    working = people.staff_roles(at.connection, at.community_id, asked.corrected_at)
    theirs = [one for one in able if any(held.role == PROPERTY for held in working[one])]
    return _tell(at, asked, "keepers", SOMEBODY_MOVES, theirs or able)


def committee(at: Moment, asked: Asked, door: Household) -> list[str]:
    """Tell the stewards and officers there that a claim has waited too long."""
    return _tell(at, asked, "committee", NOBODY_CONFIRMS, _who_may(at, asked, door, May.LEAD))


def _tell(at: Moment, asked: Asked, whom: str, title: str, accounts: Iterable[str]) -> list[str]:
    meant = Audience(accounts=sorted({*accounts}))
    if not meant.accounts:
        return []
    return announce.tell(
        at, asked, whom, Words(title), Words(OPEN_IT), meant,
        kind=notices.VACANCY, opens=PATH, until=at.received_at + clock.DAY,
    )  # fmt: skip


def _who_may(at: Moment, asked: Asked, door: Household, what: May) -> list[str]:
    return people.who_may(at.connection, at.community_id, what, [door], asked.corrected_at)


OPEN_IT = mark("Open it: it says what is known.")
SOMEBODY_MOVES = mark("Somebody says that they moved in or leave")
NOBODY_CONFIRMS = mark("Nobody has confirmed for three days who moved in or leaves")
