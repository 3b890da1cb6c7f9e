"""One thing: who has it, what whoever looks may do with it, and every hand it went through."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from server import clock
from server.features.custody import access, rules
from server.features.custody.reads.parts import Names, lines
from server.features.custody.rules import ACCOUNT, Holder, State
from server.features.custody.tables import THING_EVENTS, things
from server.features.custody.views import ThingPage, ThingStory
from server.features.people import reads as people
from server.features.people.actors import Person
from server.features.people.register import NotThere
from server.features.people.rules import May, may_somewhere
from server.features.rounds.reads import parts as round_parts
from server.i18n import mark
from server.oplog.events import Event


def thing(connection: Connection, person: Person, thing_id: str) -> ThingPage:
    """One thing. Raises `NotThere`, also for who may not know of it.

    Whoever has it in their hands reads its number there, and no more than what it is.
    """
    now, community_id = clock.now(), person.community_id
    row = connection.execute(
        select(things).where(things.c.community_id == community_id, things.c.id == thing_id)
    ).first()
    if row is None:
        raise NotThere(thing_id)
    events = THING_EVENTS.of(connection, community_id, thing_id)
    state, place = rules.fold(events), access.place_of(connection, row)
    known = access.knows(person, row, place, state, now)
    may_claim = access.may_claim(person, row.only, now) and state.closed_at is None
    if not (known or may_claim):
        raise NotThere(thing_id)
    [line] = lines(connection, community_id, [row])
    mine = state.closed_at is None and state.holder == Holder.account(person.id)
    homes = person.homes(now)
    return ThingPage(
        line=line,
        about=row.about,
        mine=mine,
        offered=state.offered_to == person.id,
        whose=access.whose(person, row, now),
        answers=access.answers(person, place, now),
        may_claim=may_claim and not mine,
        may_object=rules.objects_to(state, person.id, homes, now) is not None
        and state.disputed is None,
        disputed=state.disputed is not None,
        why_missing=state.missing.said.get("words", "") if state.missing else "",
        others=tuple(_others(connection, person, row.only, now)) if mine else (),
        story=tuple(_story(connection, community_id, events, state)) if known else (),
        known=known,
        seq=round_parts.newest(connection, community_id),
    )


def story(connection: Connection, community_id: int, thing_id: str) -> tuple[ThingStory, ...]:
    """Every hand a thing went through, the newest first; who may know of it is settled before."""
    events = THING_EVENTS.of(connection, community_id, thing_id)
    return tuple(_story(connection, community_id, events, rules.fold(events)))


def _others(
    connection: Connection, person: Person, only: list[str] | None, now: int
) -> Iterable[tuple[str, str]]:
    """To whom it may be handed: everybody on duty, or those who were named."""
    held = people.staff_roles(connection, person.community_id, now)
    able = [
        one
        for one, roles in held.items()
        if one != person.id and may_somewhere(roles, May.HOLD, now) and (not only or one in only)
    ]
    known = people.accounts_by_id(connection, person.community_id, able)
    return sorted(((one, known[one].name) for one in able), key=lambda one: (one[1], one[0]))


def _story(
    connection: Connection, community_id: int, events: list[Event], state: State
) -> Iterable[ThingStory]:
    """Every word that counted, the newest first."""
    ends = [Holder(*one.said[end]) for one in events for end in ("from", "to") if end in one.said]
    accounts = {one.actor for one in events} | {
        one.key for one in events if one.what == "hand" or (one.what == "check" and one.key)
    }
    named = Names(connection, community_id, ends, accounts)
    moves = {move.op_id: move for move in state.moves}
    for event in sorted(events, key=lambda one: -one.seq):
        if event.again or event.said.get("confirms"):
            continue
        move = moves.get(event.op_id)
        offer = event.what == "hand" and move is None
        clash = event.what == "check" and bool(event.key)
        offered = Holder(ACCOUNT, event.key) if event.key else None
        yield ThingStory(
            event.at,
            SAID["clash" if clash else "offer" if offer else event.what],
            "" if event.what == "remind" or clash else named.account(event.actor),
            named.of(move.giver) if move else None,
            named.of(move.taker) if move else named.of(offered) if offered else None,
            str(event.said.get("words", "")),
            str(event.said.get("signature", "")),
            str(event.said.get("signed_by", "")),
            "" if move is None else "both" if move.given and move.got else "one",
            move is not None,
            event.what == "disinfect",
        )


SAID = {
    "take": mark("Taken along"),
    "hand": mark("Handed over"),
    "offer": mark("Handed to somebody who has not said so yet"),
    "receive": mark("Taken over"),
    "keep": mark("Kept after all"),
    "disinfect": mark("Disinfected"),
    "put": mark("Left at a place"),
    "return": mark("Brought back"),
    "dispute": mark("Somebody says it was otherwise"),
    "missing": mark("Missing"),
    "found": mark("Found again"),
    "remind": mark("Late: everybody concerned was told"),
    "check": mark("Asked who has it"),
    "clash": mark("A second hand-over that did not count"),
}
