"""The door of a household that comes to a site, and who is expected there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from server import clock
from server.features.estates import reads as estates
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed, NotThere
from server.features.people.rules import May
from server.features.people.tables import residents
from server.features.rounds import rules as round_rules
from server.features.rounds.reads import parts as round_parts
from server.features.rounds.tables import round_doors
from server.features.testing import rules
from server.features.testing.reads import parts
from server.features.testing.tables import excuses, tubes
from server.features.testing.views import DoorPage, Expected, Spared
from server.i18n import say


def door(
    connection: Connection, person: Person, language: str, round_id: str, household_id: int
) -> DoorPage:
    """One household on a testing day. Raises `NotThere`, `NotAllowed`."""
    community_id, now = person.community_id, clock.now()
    found = parts.load(connection, community_id, round_id)
    place = estates.household(connection, community_id, household_id)
    row = connection.execute(
        select(round_doors).where(
            round_doors.c.community_id == community_id,
            round_doors.c.round_id == round_id,
            round_doors.c.household_id == household_id,
        )
    ).first()
    if place is None or row is None:
        raise NotThere(household_id)
    works = parts.works(connection, person, round_id, [place.stairwell])
    may_mark = works or person.may(May.LEAD, now, place)
    if not (may_mark or person.may(May.CALL, now, place) or person.may(May.SEE_PEOPLE, now, place)):
        raise NotAllowed(household_id)
    here = found.site_of(place.stairwell)
    return DoorPage(
        round=round_parts.head(found.round),
        household=household_id,
        stairwell=place.stairwell,
        place=say(language, place.words),
        site=here.site.name if here else "",
        card=place.card_number,
        due=row.due,
        answer=row.answer or "",
        people=tuple(_expected(connection, community_id, round_id, household_id)),
        may_mark=may_mark,
        seq=round_parts.newest(connection, community_id),
    )


def _expected(
    connection: Connection, community_id: int, round_id: str, household_id: int
) -> Iterable[Expected]:
    said = dict(
        connection.execute(
            select(excuses.c.resident_id, excuses.c.reason).where(
                excuses.c.community_id == community_id,
                excuses.c.round_id == round_id,
                excuses.c.household_id == household_id,
            )
        ).all()
    )
    tube_of = {
        resident: row.code
        for row in connection.execute(
            select(tubes.c.code, tubes.c.residents).where(
                tubes.c.community_id == community_id, tubes.c.round_id == round_id
            )
        )
        for resident in row.residents
    }
    for one in people.residents_of(connection, community_id, household_id):
        if one.present:
            yield Expected(one.id, one.name, said.get(one.id, ""), tube_of.get(one.id, ""))


def spared(connection: Connection, community_id: int, resident_id: int) -> tuple[Spared, ...]:
    """The days under way on which it can still be said whether somebody is expected."""
    home = connection.execute(
        select(residents.c.household_id).where(
            residents.c.community_id == community_id, residents.c.id == resident_id
        )
    ).scalar()
    if home is None:
        return ()
    under_way = parts.days_of(connection, community_id, home, UNDER_WAY)
    said = {
        row.round_id: row
        for row in connection.execute(
            select(excuses.c.round_id, excuses.c.reason, excuses.c.by_itself).where(
                excuses.c.community_id == community_id,
                excuses.c.resident_id == resident_id,
                excuses.c.round_id.in_([row.id for row in under_way]),
            )
        )
    }
    return tuple(
        Spared(
            row.id,
            said[row.id].reason if row.id in said else "",
            row.id not in said or bool(said[row.id].by_itself),
        )
        for row in under_way
        if row.answer in rules.YET_TO_COME
    )


UNDER_WAY = (round_rules.OPEN, round_rules.PAUSED)
"""Days on which who is expected has been counted, and may change."""


def door_by_card(connection: Connection, person: Person, card: str) -> tuple[str, int]:
    """The open testing day and the household that a card belongs to, for those who work there.

    Raises `NotThere`, to anybody else too: who guesses numbers learns nothing.
    """
    found = estates.household_by_card(connection, person.community_id, card)
    if found is None:
        raise NotThere(card)
    open_days = parts.days_of(connection, person.community_id, found.household, [round_rules.OPEN])
    if not open_days or not (
        person.may(May.CALL, clock.now(), found)
        or parts.works(connection, person, open_days[0].id, [found.stairwell])
    ):
        raise NotThere(card)
    return open_days[0].id, found.household
