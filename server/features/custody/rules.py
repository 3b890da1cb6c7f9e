"""What the events of a thing come to: who has it, who had it before, and who must answer for it.

No session, request or clock. Every move begins with whoever had the thing when it was counted, and
no earlier than they got it: so there is exactly one holder at every moment. Which move counts first
is settled on arrival; an event says what was decided, and folding never decides anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from server import clock
from server.oplog.events import Event

ACCOUNT, HOUSEHOLD, PLACE = "account", "household", "place"

MOVES = ("take", "hand", "receive", "put", "return", "dispute")
"""What may have a thing change hands, where the event says so (`said["to"]`)."""

OBJECTING = 3 * clock.DAY
"""How long after a hand-over somebody may say that it was otherwise."""


class Holder(NamedTuple):
    """Who has a thing: somebody's account, a household, or a place such as a pharmacy."""

    kind: str
    who: str

    @classmethod
    def account(cls, account_id: str) -> Holder:
        """Somebody with an account."""
        return cls(ACCOUNT, account_id)

    @classmethod
    def household(cls, household_id: int) -> Holder:
        """Those behind a door."""
        return cls(HOUSEHOLD, str(household_id))


@dataclass(slots=True)
class Move:
    """A thing passing from one to another; it is whole once both have said so."""

    op_id: str
    at: int
    giver: Holder
    taker: Holder
    given: bool  # whoever gave it said so
    got: bool  # whoever took it said so
    signed: bool  # or signed for it


@dataclass(slots=True)
class State:
    """What a thing has come to."""

    moves: list[Move] = field(default_factory=list)
    offered_to: str = ""
    missing: Event | None = None
    disputed: Event | None = None
    cleaned: Event | None = None  # by whoever has it, since they got it
    reminded: int = 0  # the term that ran out and was told of
    closed_at: int | None = None

    @property
    def last(self) -> Move:
        """How the thing came to whoever has it."""
        return self.moves[-1]

    @property
    def holder(self) -> Holder:
        """Who has it."""
        return self.last.taker

    @property
    def since(self) -> int:
        """Since when they have it."""
        return self.last.at

    @property
    def held(self) -> set[str]:
        """The accounts that have or had it."""
        ends = (one for move in self.moves for one in (move.giver, move.taker))
        return {one.who for one in ends if one.kind == ACCOUNT}


def fold(events: Iterable[Event]) -> State:
    """What the events come to, in the order in which they were counted."""
    state = State()
    for event in sorted(events, key=lambda one: one.seq):
        _SAID[event.what](state, event)
    return state


def _moved(state: State, event: Event) -> None:
    """A move, a word that confirms one, or an offer."""
    if "to" in event.said:
        _move(state, event)
    elif confirmed := event.said.get("confirms"):
        for move in state.moves:
            if move.op_id == confirmed:
                move.given = move.given or event.what == "hand"
                move.got = move.got or event.what == "receive"
    elif event.what == "hand" and not event.again:
        state.offered_to = event.key
    elif event.what == "dispute":
        state.disputed = event
        if event.actor == state.offered_to:
            state.offered_to = ""


def _move(state: State, event: Event) -> None:
    giver, taker = Holder(*event.said["from"]), Holder(*event.said["to"])
    offered = state.offered_to == taker.who
    state.moves.append(
        Move(
            event.op_id,
            event.at,
            giver,
            taker,
            given=event.what in ("hand", "put", "return", "dispute") or offered,
            got=event.what in ("take", "receive", "dispute"),
            signed=bool(event.said.get("signature") or event.said.get("signed_by")),
        )
    )
    state.offered_to, state.missing, state.cleaned = "", None, None
    state.disputed = event if event.what == "dispute" else None
    over = event.what == "return" or event.said.get("final")
    state.closed_at = event.at if over else None


def _kept(state: State, event: Event) -> None:
    state.offered_to = ""


def _cleaned(state: State, event: Event) -> None:
    state.cleaned = state.cleaned or event


def _missing(state: State, event: Event) -> None:
    state.missing = event


def _found(state: State, event: Event) -> None:
    state.missing = None


def _reminded(state: State, event: Event) -> None:
    state.reminded = int(event.said["due"])


def _checked(state: State, event: Event) -> None:
    """That people were asked who has it stays in the history and changes nothing."""


_SAID = dict.fromkeys(MOVES, _moved) | {
    "keep": _kept,
    "disinfect": _cleaned,
    "missing": _missing,
    "found": _found,
    "remind": _reminded,
    "check": _checked,
}


# What is said of which move


def other_half(state: State, giver: str, taker: str, what: str, made: int) -> Move | None:
    """The move of which a late word is the other half; None where there is none such.

    A word said after the thing came back to its speaker is of a new hand-over, and no other half.
    """
    new = state.closed_at is None and state.since <= made
    if what == "hand" and new and state.holder == Holder.account(giver):
        return None
    anew = state.offered_to == taker or new
    if what == "receive" and anew and state.holder != Holder.account(taker):
        return None
    for move in reversed(state.moves):
        if not ACCOUNT == move.giver.kind == move.taker.kind or move.taker.who != taker:
            continue
        missing = not move.given if what == "hand" else not move.got
        if missing and giver in ("", move.giver.who):
            return move
    return None


def objects_to(state: State, account: str, homes: Collection[int], at: int) -> Move | None:
    """The last move, where it was made in somebody's name who did not say so; None otherwise."""
    if not state.moves or at - state.since > OBJECTING:
        return None
    last = state.last
    if last.taker.kind == HOUSEHOLD:
        return last if int(last.taker.who) in homes and last.giver.kind == ACCOUNT else None
    if last.taker.who == account and not last.got and last.giver.kind == ACCOUNT:
        return last
    return last if last.giver == Holder.account(account) and not last.given else None


def goes_back(move: Move, account: str) -> bool:
    """True where an objection has the thing stay with its giver: nobody said that they got it.

    Whoever was said to have handed it on and denies it does not get it back by that: the other says
    that they have it, and answers for it.
    """
    return move.giver != Holder.account(account)
