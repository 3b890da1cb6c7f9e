"""Lists of passes: for those who approve them, for a household, and for phones to keep."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, or_, select

from server import clock
from server.db.base import AnyRow
from server.features.passes import rules
from server.features.passes.file import decides, limits, place_of
from server.features.passes.reads import parts
from server.features.passes.tables import PASS_EVENTS, crossings, gates, passes
from server.features.passes.views import Desk, OwnPasses, PassLine
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotAllowed
from server.features.people.rules import EVERYWHERE, May, Where
from server.features.rounds.reads import parts as round_parts

SHOWN = 60
SHOWN_AFTER = clock.DAY
"""How long lists still have what is over."""


def desk(connection: Connection, person: Person) -> Desk:
    """Everything for those who approve passes. Raises `NotAllowed`."""
    now, community_id = clock.now(), person.community_id
    if not person.may_somewhere(May.APPROVE_PASSES, now):
        raise NotAllowed("passes")
    rows = connection.execute(
        select(passes)
        .where(
            passes.c.community_id == community_id,
            or_(
                passes.c.state == rules.ASKED,
                passes.c.away.is_(True),
                (passes.c.state == rules.VALID) & (passes.c.until > now),
                passes.c.clashed.is_(True) & (passes.c.until > now - SHOWN_AFTER),
            ),
        )
        .order_by(passes.c.until)
    ).all()
    sorts: dict[str, list[AnyRow]] = {"waiting": [], "wrong": [], "out": [], "holding": []}
    for row in rows:
        if decides(person, place_of(connection, row), now):
            sorts[_sort(row)].append(row)
    drawn = {
        name: parts.lines(connection, community_id, found[:SHOWN]) for name, found in sorts.items()
    }
    seq = round_parts.newest(connection, community_id)
    return Desk(**drawn, everywhere=decides(person, EVERYWHERE, now), seq=seq)


def _sort(row: AnyRow) -> str:
    if row.clashed:
        return "wrong"
    if row.state == rules.ASKED:
        return "waiting"
    return "out" if row.away else "holding"


def mine(connection: Connection, person: Person) -> OwnPasses:
    """The passes of those for whom somebody speaks, the newest first."""
    now, community_id = clock.now(), person.community_id
    homes = sorted(person.homes(now))
    rows = connection.execute(
        select(passes)
        .where(
            passes.c.community_id == community_id,
            passes.c.household_id.in_(homes),
            or_(
                passes.c.until > now - SHOWN_AFTER,
                passes.c.state_at > now - SHOWN_AFTER,
                passes.c.away.is_(True),
            ),
        )
        .order_by(passes.c.state.in_((rules.ASKED, rules.VALID)).desc(), passes.c.since)
        .limit(SHOWN)
    ).all()
    home = person.household_id if person.household_id is not None else next(iter(homes), None)
    living = people.residents_of(connection, community_id, home) if home is not None else ()
    return OwnPasses(
        lines=parts.lines(connection, community_id, rows),
        people=tuple((one.id, one.name) for one in living),
        household=home,
        limits=limits(connection, community_id),
        seq=round_parts.newest(connection, community_id),
    )


def of_about(connection: Connection, community_id: int, about: str) -> tuple[str, ...]:
    """The passes made for a page of something else. Whoever asks has settled who may know."""
    same = passes.c.about == about
    query = select(passes.c.id).where(passes.c.community_id == community_id, same)
    return tuple(connection.execute(query.order_by(passes.c.opened_at)).scalars())


def made_for(connection: Connection, community_id: int, about: str) -> tuple[PassLine, ...]:
    """The same, as pages draw them, in the order in which they were made; without the place."""
    query = select(passes).where(passes.c.community_id == community_id, passes.c.about == about)
    rows = connection.execute(query.order_by(passes.c.opened_at, passes.c.id)).all()
    return parts.lines(connection, community_id, rows, places=False)


def ended_by(connection: Connection, community_id: int, ids: Collection[str]) -> dict[str, str]:
    """The operation by which each of these was withdrawn or revoked; the others are left out."""
    return {
        pass_id: event.op_id
        for pass_id, event in PASS_EVENTS.by_thing(connection, community_id, ids)
        if event.what in ("withdraw", "revoke") and not event.again
    }


def pack(connection: Connection, person: Person) -> list[tuple[str, str]]:
    """Own passes that hold, and the gates where somebody stands, to have without a signal."""
    now, community_id = clock.now(), person.community_id
    pages: list[tuple[str, str]] = []
    homes = sorted(person.homes(now))
    if homes and not person.may_somewhere(May.APPROVE_PASSES, now):
        rows = connection.execute(
            select(passes.c.id, passes.c.version).where(
                passes.c.community_id == community_id,
                passes.c.household_id.in_(homes),
                passes.c.state == rules.VALID,
                passes.c.until > now,
            )
        ).all()
        pages += [(f"/passes/{row.id}", str(row.version)) for row in rows]
    if person.may_somewhere(May.GUARD, now):
        pages += _gates(connection, person, now)
    return pages


def _gates(connection: Connection, person: Person, now: int) -> list[tuple[str, str]]:
    """A gate's page changes with every pass and with everybody who went through any gate."""
    community_id = person.community_id
    newest = connection.execute(
        select(func.max(passes.c.version)).where(passes.c.community_id == community_id)
    ).scalar()
    last = connection.execute(
        select(func.max(crossings.c.seq)).where(crossings.c.community_id == community_id)
    ).scalar()
    query = select(gates).where(gates.c.community_id == community_id, gates.c.removed_at.is_(None))
    return [
        (f"/gates/{row.id}", f"{row.version}-{newest or 0}-{last or 0}")
        for row in connection.execute(query.order_by(gates.c.name))
        if person.may(May.GUARD, now, Where(compound=row.compound_id))
    ]
