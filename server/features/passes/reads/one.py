"""One pass: its picture, how it stands, and every gate it went through."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server import clock
from server.db.base import AnyRow
from server.features.passes import rules
from server.features.passes.file import decides, place_of
from server.features.passes.reads import parts
from server.features.passes.tables import PASS_EVENTS, crossings, gates, passes
from server.features.passes.views import PassPage, PassStep
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark
from server.oplog.events import Event, in_order


def pass_page(connection: Connection, person: Person, pass_id: str) -> PassPage:
    """One pass. Raises `NotThere`, also for who may not know of it."""
    now, community_id = clock.now(), person.community_id
    row = connection.execute(
        select(passes).where(passes.c.community_id == community_id, passes.c.id == pass_id)
    ).first()
    if row is None:
        raise NotThere(pass_id)
    leads = decides(person, place_of(connection, row), now)
    own = row.household_id is None and row.owner == person.id
    theirs = own or row.household_id in person.homes(now)
    if not (leads or theirs):
        raise NotThere(pass_id)
    events = PASS_EVENTS.of(connection, community_id, pass_id)
    state = rules.fold(events)
    went = _crossings(connection, community_id, pass_id) if leads else []
    actors = [*(one.actor for one in events), *(one.actor for one in went)]
    known = {row.owner, state.decided_by, *actors} - {""}
    accounts = people.accounts_by_id(connection, community_id, known)
    names = {one: account.name for one, account in accounts.items()}
    [line] = parts.lines(connection, community_id, [row])
    return PassPage(
        line=line,
        token=row.token if state.state == rules.VALID else "",
        reason=rules.REASONS[row.reason] if leads else "",
        words=row.words if leads else "",
        why=state.why,
        about=row.about if leads else "",
        by=names[row.owner],
        decided_by=names.get(state.decided_by, ""),
        decides=leads,
        theirs=theirs,
        story=_story(events, went, names, state.clashes) if leads else (),
        seq=round_parts.newest(connection, community_id),
    )


def _crossings(connection: Connection, community_id: int, pass_id: str) -> list[AnyRow]:
    gate = (gates.c.community_id == crossings.c.community_id) & (gates.c.id == crossings.c.gate_id)
    return list(
        connection.execute(
            select(crossings, gates.c.name)
            .join(gates, gate)
            .where(crossings.c.community_id == community_id, crossings.c.pass_id == pass_id)
        )
    )


def _story(
    events: list[Event], went: list[AnyRow], names: dict[str, str], clashes: set[str]
) -> tuple[PassStep, ...]:
    """What was said and who went where, the newest first."""
    steps = [
        PassStep(
            one.at,
            SAID[one.key if one.what == "remind" else one.what],
            "" if one.what in ("remind", "clash") else names[one.actor],
            words=one.said.get("why", ""),
        )
        for one in in_order(events)
        if not one.again
    ]
    for row in went:
        said = rules.CROSSED[row.way] if row.let else TURNED_AWAY
        doubted = row.op_id if row.let and row.op_id not in clashes else ""
        steps.append(PassStep(row.at, said, names[row.actor], row.name, crossing=doubted))
    return tuple(sorted(steps, key=lambda one: one.at, reverse=True))


TURNED_AWAY = mark("Turned away")

SAID = {
    "ask": mark("Asked for"),
    "make": mark("Made"),
    "approve": mark("Approved"),
    "decline": mark("Not approved"),
    "withdraw": mark("Withdrawn"),
    "revoke": mark("Revoked"),
    "waits": mark("Nobody had decided: who leads was told"),
    "late": mark("Not back: the household and who leads were told"),
    "clash": mark("Used wrongly: both gates and who leads were told"),
}
