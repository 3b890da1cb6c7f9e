"""What somebody has, what is handed to them, what is theirs, and what is out there."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from server import clock
from server.features.custody.reads import parts
from server.features.custody.tables import things
from server.features.custody.views import MyThings, ThingLine, ThingList
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import May
from server.features.rounds.reads import parts as round_parts

SHOWN = 100
SHOWN_AFTER = 7 * clock.DAY
"""How long a household's list still has what is back."""


def carries(person: Person, now: int) -> bool:
    """True for those who may have other people's things in their hands."""
    return person.may_somewhere(May.HOLD, now)


def mine(connection: Connection, person: Person) -> MyThings:
    """What somebody has and what is handed to them; what is late comes first."""
    now, community_id = clock.now(), person.community_id
    offered = parts.rows_of(connection, person, parts.offered_to(person))
    return MyThings(
        offered=parts.lines(connection, community_id, offered),
        held=parts.holding(connection, person, now),
        answers=person.may_somewhere(May.SEE_THINGS, now),
        at_home=bool(person.homes(now)),
        seq=round_parts.newest(connection, community_id),
    )


def ours(connection: Connection, person: Person) -> ThingList:
    """What belongs to somebody's household: what is out of the house first."""
    seq = round_parts.newest(connection, person.community_id)
    return ThingList(_own(connection, person, clock.now()), 0, seq)


def out(connection: Connection, person: Person) -> ThingList:
    """What is out there of those for whose things somebody answers. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.SEE_THINGS, now):
        raise NotAllowed("things")
    rows = connection.execute(
        select(things).where(
            things.c.community_id == community_id,
            things.c.closed_at.is_(None),
            parts.minded_by(connection, person, now),
        )
    ).all()
    found = sorted(parts.lines(connection, community_id, rows), key=_pressing)
    return ThingList(tuple(found[:SHOWN]), len(found), round_parts.newest(connection, community_id))


def waiting(connection: Connection, person: Person) -> int:
    """How many things wait for somebody: handed to them, or with them and late."""
    late = parts.held_by(person) & (things.c.due_at <= clock.now())
    query = (
        select(func.count())
        .select_from(things)
        .where(things.c.community_id == person.community_id, late | parts.offered_to(person))
    )
    return int(connection.execute(query).scalar_one())


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """Pages about what somebody has and what is handed to them, each with a version."""
    if not carries(person, clock.now()):
        return []
    rows = parts.rows_of(connection, person, parts.held_by(person), parts.offered_to(person))
    pages = sorted((f"/things/{row.id}", str(row.version)) for row in rows)
    newest = "-".join(sorted(version for _, version in pages))[-60:]
    return [("/things", f"{len(pages)}-{newest}"), *pages[:SHOWN]]


def _own(connection: Connection, person: Person, now: int) -> tuple[ThingLine, ...]:
    homes = person.homes(now)
    if not homes:
        return ()
    rows = connection.execute(
        select(things)
        .where(
            things.c.community_id == person.community_id,
            things.c.household_id.in_(homes),
            things.c.closed_at.is_(None) | (things.c.closed_at > now - SHOWN_AFTER),
        )
        .order_by(things.c.closed_at.is_not(None), things.c.since.desc())
        .limit(SHOWN)
    ).all()
    return parts.lines(connection, person.community_id, rows)


def _pressing(line: ThingLine) -> tuple[bool, int, int]:
    return (not line.missing, line.due_at or parts.NEVER, line.since)
