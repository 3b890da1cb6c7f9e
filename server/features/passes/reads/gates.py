"""Gates, and what a guard's phone needs without a signal."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from server import clock, p256
from server.db.base import AnyRow
from server.features.estates import reads as estates
from server.features.passes import keys, rules
from server.features.passes.file import limits
from server.features.passes.gate import find, where
from server.features.passes.reads import parts
from server.features.passes.tables import GATE_EVENTS, crossings, passes
from server.features.passes.tables import gates as gates_table
from server.features.passes.views import (
    GateCrossing,
    GateKey,
    GateLine,
    GateList,
    GateNote,
    GatePage,
)
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import May
from server.features.rounds.reads import parts as round_parts
from server.oplog.events import in_order

AHEAD, BEHIND = 36 * clock.HOUR, 12 * clock.HOUR
"""Which passes a guard's phone has: those that hold from soon on, or ran out a while ago."""

MOST = 400
LAST = 12


def gates(connection: Connection, person: Person) -> GateList:
    """Every gate: everybody may know when it is open and which number opens it."""
    now, community_id = clock.now(), person.community_id
    rows = connection.execute(
        select(gates_table)
        .where(gates_table.c.community_id == community_id, gates_table.c.removed_at.is_(None))
        .order_by(gates_table.c.kind.desc(), gates_table.c.name)
    ).all()
    sets = person.may(May.SET_GATES, now)
    tree = estates.tree(connection, community_id) if sets else ()
    return GateList(
        lines=tuple(_line(connection, person, row, now) for row in rows),
        compounds=tuple((one.id, one.name) for one in tree),
        limits=limits(connection, community_id),
        sets=sets,
        seq=round_parts.newest(connection, community_id),
    )


def gate(connection: Connection, person: Person, gate_id: str) -> GatePage:
    """One gate, for those who stand there. Raises `NotThere` for everybody else."""
    now, community_id = clock.now(), person.community_id
    row = find(connection, community_id, gate_id)
    if row is None or not person.may(May.GUARD, now, where(row)):
        raise NotThere(gate_id)
    today = _of_today(connection, community_id, now)
    return GatePage(
        line=_line(connection, person, row, now),
        community=community_id,
        zone=estates.zone(connection, community_id).key,
        as_of=now,
        keys=tuple(
            GateKey(one.id, p256.encode(bytes(one.public)), one.retired_at is not None)
            for one in keys.known(connection, community_id)
        ),
        passes=parts.lines(connection, community_id, today, places=False),
        crossings=_last(connection, community_id, gate_id),
        note=_note(connection, community_id, gate_id),
        stands=row.guard == person.id,
        seq=round_parts.newest(connection, community_id),
    )


def _of_today(connection: Connection, community_id: int, now: int) -> list[AnyRow]:
    """Passes that a guard may be shown: what holds, what was revoked, who is out."""
    table = passes.c
    soon = (table.until > now - BEHIND) & (table.since < now + AHEAD)
    return list(
        connection.execute(
            select(passes)
            .where(
                table.community_id == community_id,
                table.token != "",
                or_(table.away.is_(True), soon),
            )
            .order_by(table.away.desc(), table.since)
            .limit(MOST)
        )
    )


def _last(connection: Connection, community_id: int, gate_id: str) -> tuple[GateCrossing, ...]:
    same = (passes.c.community_id == crossings.c.community_id) & (
        passes.c.id == crossings.c.pass_id
    )
    rows = connection.execute(
        select(crossings, passes.c.name)
        .outerjoin(passes, same)
        .where(crossings.c.community_id == community_id, crossings.c.gate_id == gate_id)
        .order_by(crossings.c.at.desc())
        .limit(LAST)
    ).all()
    names = people.accounts_by_id(connection, community_id, {row.actor for row in rows})
    return tuple(
        GateCrossing(
            at=row.at,
            way=row.way,
            name=row.name or "",
            number=row.number,
            let=row.let,
            found=rules.FOUND[row.found],
            by=names[row.actor].name,
        )
        for row in rows
    )


def _note(connection: Connection, community_id: int, gate_id: str) -> GateNote | None:
    events = in_order(GATE_EVENTS.of(connection, community_id, gate_id))
    last = next((one for one in reversed(events) if one.what == "note"), None)
    if last is None:
        return None
    by = people.accounts_by_id(connection, community_id, [last.actor])[last.actor].name
    return GateNote(last.said["words"], by, last.at)


def _line(connection: Connection, person: Person, row: AnyRow, now: int) -> GateLine:
    guard = people.accounts_by_id(connection, row.community_id, [row.guard]) if row.guard else {}
    return GateLine(
        id=row.id,
        name=row.name,
        kind=row.kind,
        compound=row.compound_id,
        phone=row.phone,
        opens=row.opens,
        closes=row.closes,
        opened_at=row.opened_at,
        opened_why=row.opened_why,
        guard=guard[row.guard].name if row.guard in guard else "",
        guard_since=row.guard_since,
        mine=person.may(May.GUARD, now, where(row)),
        version=row.version,
    )
