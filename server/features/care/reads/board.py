"""Everybody in care: for those who decide, and each keeper's own."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import Connection, func, select

from server import clock
from server.features.care import rules
from server.features.care.reads import parts
from server.features.care.reads.silent import count_silent
from server.features.care.tables import cared
from server.features.care.views import Board, Mine, PersonLine
from server.features.estates import reads as estates
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.rounds.reads import parts as round_parts


def board(connection: Connection, person: Person) -> Board:
    """Who is in care where the person may know of it. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_CARE, now):
        raise NotAllowed("care")
    places = estates.places(connection, community_id)
    seen = [one for one, place in places.items() if person.may(May.SEE_CARE, now, place)]
    rows = connection.execute(
        select(cared)
        .where(
            cared.c.community_id == community_id,
            cared.c.stairwell_id.in_(seen),
            cared.c.state.in_((rules.SUGGESTED, rules.CONFIRMED)),
        )
        .order_by(cared.c.id)
    ).all()
    found = parts.lines(connection, community_id, rows, now, needs=True)
    inside = [one for one in found if one.state == rules.CONFIRMED]
    by_place: dict[int, list[PersonLine]] = defaultdict(list)
    for one in inside:
        by_place[one.stairwell].append(one)
    counted = Counter(need for one in inside for need in one.needs)
    return Board(
        suggested=tuple(one for one in found if one.state == rules.SUGGESTED),
        unanswered=tuple(one for one in inside if one.alert),
        unkept=tuple(one for one in inside if not one.keeper),
        stairwells=tuple(
            (places[one].short_words, tuple(by_place[one])) for one in places if one in by_place
        ),
        needs=tuple((label, counted[key]) for key, label in rules.NEEDS.items() if counted[key]),
        people=len(inside),
        silent=count_silent(connection, person, now),
        may_run=person.may_somewhere(May.RUN_CARE, now),
        seq=round_parts.newest(connection, community_id),
    )


def mine(connection: Connection, person: Person) -> Mine:
    """Whom the person keeps, or steps in for. It says no needs: a phone keeps it."""
    now = clock.now()
    rows = []
    if person.may_somewhere(May.SEE_ESTATE, now):
        rows = list(
            connection.execute(
                select(cared)
                .where(
                    cared.c.community_id == person.community_id,
                    (cared.c.keeper == person.id) | (cared.c.deputy == person.id),
                    cared.c.state == rules.CONFIRMED,
                )
                .order_by(cared.c.stairwell_id, cared.c.id)
            )
        )
    found = parts.lines(connection, person.community_id, rows, now, needs=False)
    first = sorted(found, key=lambda one: (not one.alert, not one.silent))
    return Mine(tuple(first), round_parts.newest(connection, person.community_id))


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """Whom somebody keeps, and the form by which whoever works here suggests somebody at a door."""
    if not person.may_somewhere(May.SEE_ESTATE, clock.now()):
        return []
    newest = connection.execute(
        select(func.max(cared.c.version)).where(
            cared.c.community_id == person.community_id,
            (cared.c.keeper == person.id) | (cared.c.deputy == person.id),
        )
    ).scalar()
    pages = [("/care/new", "1")]
    return [*pages, ("/care/mine", str(newest))] if newest else pages
