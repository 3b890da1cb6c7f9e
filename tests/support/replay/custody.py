"""Has every thing exactly one holder at every moment, and is that what people said?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from server.db.base import AnyRow
from server.features.custody import file, rules
from server.features.custody.rules import ACCOUNT, PLACE, Holder
from server.features.custody.tables import THING_EVENTS, thing_events, things
from server.oplog.events import Event
from tests.support.replay.history import History, same

SAYING = tuple(
    f"thing.{what}"
    for what in (
        "take", "hand", "receive", "keep", "disinfect", "put", "return", "dispute", "missing",
        "found", "remind", "check",
    )
)  # fmt: skip
"""Kinds that say something of a thing, each once."""


def problems(history: History) -> Iterator[str]:
    """Everything that does not hold of things and their hand-overs, one sentence each."""
    yield from same("word on a thing", history, thing_events, "op_id", *SAYING)
    yield from same("thing", history, things, "id", "thing.take")
    told: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for row in history.connection.execute(select(thing_events).order_by(thing_events.c.seq)):
        event = THING_EVENTS.read(row)
        told[row.community_id, row.thing_id].append(event)
        yield from _said(history, row, event)
    rows = {(row.community_id, row.id): row for row in history.connection.execute(select(things))}
    for key, row in rows.items():
        yield from _held(key[1], row, told[key])


def _said(history: History, row: AnyRow, event: Event) -> Iterator[str]:
    """A word is its operation's: number, actor, kind, and a time that is only ever put off."""
    made = history.operations.get((row.community_id, row.op_id))
    if made is None:
        return
    said = (row.seq, row.actor, f"thing.{row.what}")
    late = "to" in event.said and row.at > made.corrected_at
    if said != (made.seq, made.actor, made.kind) or not (late or row.at == made.corrected_at):
        yield f"word {row.op_id} does not carry its operation's number, actor, kind and time"


def _held(thing: str, row: AnyRow, events: list[Event]) -> Iterator[str]:
    """One holder at each moment: every move begins where, and no earlier than, the last ended."""
    if not events or events[0].what != "take":
        yield f"thing {thing} was never taken"
        return
    holder: Holder | None = None
    since, closed = 0, False
    for event in events:
        if "to" not in event.said:
            continue
        giver, taker = Holder(*event.said["from"]), Holder(*event.said["to"])
        if holder is not None and giver != holder:
            yield f"{event.op_id} moves thing {thing} from {giver}, and {holder} had it"
        if event.at < since:
            yield f"{event.op_id} moves thing {thing} before {holder} had it"
        if closed and event.what != "dispute":
            yield f"{event.op_id} moves thing {thing}, which was back already"
        if why := _not_theirs(row, event, giver, taker):
            yield f"{event.op_id} moves thing {thing}: {why}"
        holder, since = taker, event.at
        closed = event.what == "return" or bool(event.said.get("final"))
    state = rules.fold(events)
    wanted: dict[str, Any] = file.kept(state) | {"version": events[-1].seq}
    found = {name: getattr(row, name) for name in wanted} | {"missing": bool(row.missing)}
    if found != wanted:
        yield f"thing {thing} is {found} and its history comes to {wanted}"
    if holder is None or (row.holder_kind, row.holder, row.since) != (*holder, since):
        yield f"thing {thing} is with {row.holder} and its moves end with {holder}"
    if (row.closed_at is not None) != closed:
        yield f"thing {thing} is closed at {row.closed_at} and its last move says otherwise"


def _not_theirs(row: AnyRow, event: Event, giver: Holder, taker: Holder) -> str:
    """Why a move is not one that its speaker could make; empty where it is."""
    actor = Holder.account(event.actor)
    own = None if row.household_id is None else Holder.household(row.household_id)
    wrong = {
        "take": taker != actor or not (giver == own or giver.kind == PLACE),
        "hand": giver != actor or taker.kind != ACCOUNT or taker == giver,
        "receive": taker != actor or taker == giver,
        "put": giver != actor or taker.kind != PLACE,
        "return": giver != actor or taker != own,
        "dispute": taker.kind != ACCOUNT,
    }
    if wrong.get(event.what, True):
        return f"{event.what} by {event.actor} cannot have it go from {giver} to {taker}"
    if row.only and taker.kind == ACCOUNT and taker.who not in row.only:
        return f"{taker.who} may not have it"
    return ""
