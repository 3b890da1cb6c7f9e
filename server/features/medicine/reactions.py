"""What follows by itself: asking before it runs out, the rounds of a batch, its bags, its lateness.

Each has an id that follows from what it follows from, so that nothing is done twice.
"""

from __future__ import annotations

from typing import Any

from server import clock
from server.db.base import AnyRow
from server.features.custody import reads as custody
from server.features.custody.kinds import BAG, CASH
from server.features.custody.rules import ACCOUNT
from server.features.estates import reads as estates
from server.features.medicine import access, rules
from server.features.medicine.file import batch_row, door_of, need_row, needs_in, path_of
from server.features.medicine.tables import BATCH_EVENTS
from server.features.people import reads as people
from server.features.people.actors import actors
from server.features.people.rules import May
from server.i18n import DEFAULT, mark, translate
from server.ids import derived
from server.oplog.after import Reacting, reaction


@reaction("medicine.ask")
def ask(at: Reacting) -> None:
    """It runs out soon, unless it was said anew, ended, or is being bought."""
    need_id, runs_out_at = at.subject.split()
    row = need_row(at.connection, at.community_id, need_id)
    if row is None or row.ended_at is not None or row.runs_out_at != int(runs_out_at):
        return
    said = {"need": need_id, "runs_out_at": int(runs_out_at)}
    at.submit(_in_whose_name(at, row), derived(f"{at.subject}/ask"), "need.ask", said)


@reaction("medicine.collect")
def collect(at: Reacting) -> None:
    """The round in which cards, cash and boxes are collected."""
    row, inside = _batch(at)
    homes = {one.household_id for one in inside if not one.controlled}
    _round(at, row, homes, "collect", COLLECT)


@reaction("medicine.out")
def out(at: Reacting) -> None:
    """The round in which the bags are brought back, to each door for which something was bought."""
    row, inside = _batch(at)
    state = rules.fold_batch(BATCH_EVENTS.of(at.connection, at.community_id, row.id))
    packed = {*state.to_pack([one.id for one in inside])}
    homes = {one.household_id for one in inside if one.id in packed and not one.controlled}
    _round(at, row, homes, "bring_back", BRING_BACK)


def round_of(batch_id: str, kind: str) -> str:
    """The id of a batch's round of a kind."""
    return derived(f"{batch_id}/{kind}")


def _round(at: Reacting, row: AnyRow, homes: set[int], kind: str, title: str) -> None:
    """Make a round of these doors, give it to who goes there, open it; a lead does so by itself."""
    if not homes:
        return
    doors = estates.households_by_id(at.connection, at.community_id, homes)
    stairwells = sorted({one.stairwell for one in doors.values()})
    places = estates.places(at.connection, at.community_id, stairwells).values()
    actor = people.in_whose_name(
        at.connection, at.community_id, row.made_by, May.LEAD, places, at.now
    )
    made = round_of(row.id, kind)
    data: dict[str, Any] = {
        "title": translate(DEFAULT, title, title=row.title)[:80],
        "kind": kind,
        "doors": sorted(homes),
        "about": path_of(row.id),
        "deadline": clock.rfc3339(row.due_at),
    }
    at.submit(actor, made, "round.make", data)
    if row.carriers:
        given = {"round": made, "stairwells": stairwells, "accounts": list(row.carriers)}
        at.submit(actor, derived(f"{made}/assign"), "round.assign", given)
    at.submit(actor, derived(f"{made}/open"), "round.open", {"round": made})


@reaction("medicine.bag")
def bag(at: Reacting) -> None:
    """The bag for a door is a thing from now on, and so is the change of the money that was taken.

    Its label says nothing: what is in it stands on the batch's page alone.
    """
    batch_id, door = at.subject.split()
    row = batch_row(at.connection, at.community_id, batch_id)
    assert row is not None, "a batch is never deleted"
    inside = [
        one
        for one in needs_in(at.connection, at.community_id, batch_id)
        if one.household_id == int(door)
    ]
    state = rules.fold_batch(BATCH_EVENTS.of(at.connection, at.community_id, batch_id))
    actor = state.bags[int(door)].actor
    controlled = any(one.controlled for one in inside)
    taken: dict[str, Any] = {
        "household": int(door),
        "about": path_of(batch_id),
        "place": row.pharmacy or translate(DEFAULT, PHARMACY),
        "due_at": row.due_at,
        "within": LATE_MINUTES,
        **({"only": sorted(access.named(row))} if controlled else {}),
    }
    at.submit(actor, derived(f"{at.subject}/bag"), "thing.take", {**taken, "kind": BAG})
    spent = sum(int(state.bought[one.id].said["fen"]) for one in inside if one.id in state.bought)
    _change(at, actor, int(door), spent, taken)


def _change(at: Reacting, actor: str, door: int, spent: int, taken: dict[str, Any]) -> None:
    """The money stays at the pharmacy and what is left of it goes back, where one person has it."""
    lines = custody.of_about(at.connection, at.community_id, taken["about"])
    money = [
        one
        for one in lines
        if one.kind_key == CASH and one.household == door and one.closed_at is None
    ]
    left = sum(one.amount or 0 for one in money) - spent
    with_them = all(one.holder_kind == ACCOUNT and one.holder_id == actor for one in money)
    if not money or not spent or not with_them or left < 0:
        return
    for one in money:
        said = {"thing": one.id, "place": taken["place"], "final": True}
        at.submit(actor, derived(f"{one.id}/spent"), "thing.put", said)
    if left:
        change = {**taken, "kind": CASH, "amount": left}
        at.submit(actor, derived(f"{at.subject}/change"), "thing.take", change)


@reaction("medicine.late")
def late(at: Reacting) -> None:
    """Everything should be back by now."""
    row = batch_row(at.connection, at.community_id, at.subject)
    if row is None or row.closed_at is not None:
        return
    at.submit(row.buyer, derived(f"{row.id}/late"), "batch.remind", {"batch": row.id})


@reaction("medicine.closed")
def closed(at: Reacting) -> None:
    """What was bought is at its door: from now on it lasts so many days longer."""
    batch_id, actor = at.subject.split()
    state = rules.fold_batch(BATCH_EVENTS.of(at.connection, at.community_id, batch_id))
    inside = [one.id for one in needs_in(at.connection, at.community_id, batch_id)]
    for need in state.to_pack(inside):
        said = {"need": need, "batch": batch_id}
        at.submit(actor, derived(f"{batch_id}/{need}/met"), "need.met", said)


def _batch(at: Reacting) -> tuple[AnyRow, list[AnyRow]]:
    row = batch_row(at.connection, at.community_id, at.subject)
    assert row is not None, "a batch is never deleted"
    return row, needs_in(at.connection, at.community_id, row.id)


def _in_whose_name(at: Reacting, row: AnyRow) -> str:
    """In whose name it is asked: who last said what is needed, else somebody who answers there."""
    door = door_of(at.connection, row)
    held = people.staff_roles(at.connection, at.community_id, at.now)
    known = actors(at.connection, at.community_id, [row.said_by, *held])
    first = known.get(row.said_by)
    if first is not None and first.revoked_at is None:
        whose = access.whose(first, row.household_id, at.now)
        if whose or access.minds(first, door, row.controlled, at.now):
            return str(row.said_by)
    able = (one for one in sorted(held) if access.minds(known[one], door, row.controlled, at.now))
    return next(able, str(row.said_by))


LATE_MINUTES = 60
"""How long what is packed late may be on its way."""

COLLECT = mark("Collect: %(title)s")
BRING_BACK = mark("Bring back: %(title)s")
PHARMACY = mark("pharmacy")
