"""Operations that no page makes: each is to be refused with words and to hold nothing up.

A poison is a kind, its data and what is odd about its envelope, made from a round and a door.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Poison = tuple[str, Any, dict[str, Any]]

ME = "me"
"""Stands for the account of whoever sends it."""

LAST = "last"
"""Stands for the mark made last on the same phone, wherever it was."""


def _mark(data: dict[str, Any], **odd: Any) -> Callable[[str, int], Poison]:
    def made(round_id: str, door: int) -> Poison:
        return "round.mark", {"round": round_id, "door": door, "answer": "delivered", **data}, odd

    return made


def _of(kind: str, data: Any = None, **odd: Any) -> Callable[[str, int], Poison]:
    def made(round_id: str, door: int) -> Poison:
        about = {"round": round_id, "door": door}
        return kind, about | data if isinstance(data, dict) else data, odd

    return made


def _plain(kind: str, data: Any) -> Callable[[str, int], Poison]:
    """Data as they are, without a round or a door."""
    return lambda _round, _door: (kind, data, {})


def _made(**data: Any) -> Callable[[str, int], Poison]:
    whole = {"title": "x", "kind": "delivery", "stairwells": [1], **data}
    return _plain("round.make", whole)


def _deep() -> Any:
    nested: Any = []
    for _ in range(300):
        nested = [nested]
    return nested


POISONS: tuple[Callable[[str, int], Poison], ...] = (
    # Kinds and versions
    _of("round.teleport", {}),
    _of("round.mark\u0000", {}),
    _of("k" * 40, {}),
    _of("k" * 41, {}),
    _mark({}, v=99),
    _mark({}, v=0),
    _mark({}, v="one"),
    # Envelopes
    _mark({}, id="42"),
    _mark({}, group="everybody"),
    _mark({}, seen=-1),
    _mark({}, seen=2**60),
    _mark({}, made_at="yesterday"),
    _mark({}, made_at="+275760-09-13T00:00:00.000Z"),
    _mark({}, made_at="0001-01-01T00:00:00.000+14:00"),
    _mark({}, made_at="9999-12-31T23:59:59.999-14:00"),
    _mark({}, server_seen_at="9999-12-31T23:59:59.999Z"),
    _mark({}, server_seen_at="0001-01-01T00:00:00.000Z"),
    # Data that is none
    _of("round.mark", None),
    _of("round.mark", []),
    _of("round.mark", "delivered"),
    _of("round.mark", _deep()),
    _of("round.mark", {}),
    # Doors
    _mark({"door": "the red one"}),
    _mark({"door": 2**31}),
    _mark({"door": -(2**31) - 1}),
    _mark({"door": 2**63}),
    _mark({"door": 2**70}),
    _mark({"door": 1.5}),
    _mark({"door": True}),
    _mark({"door": 999_999}),
    _mark({"round": "not a round"}),
    _mark({"round": "00000000-0000-7000-8000-000000000000"}),
    # Answers, counts, notes
    _mark({"answer": "eaten"}),
    _mark({"answer": "a" * 5000}),
    _mark({"answer": "delivered\u0000"}),
    _mark({"answer": "\ud800"}),
    _mark({"answer": "owed", "count": -1}),
    _mark({"answer": "owed", "count": 2**31}),
    _mark({"answer": "owed", "count": 2**70}),
    _mark({"answer": "owed"}),
    _mark({"note": "n" * 100_000}),
    _mark({"note": "楼" * 40_000}),
    _mark({"note": "a\u0000b"}),
    _mark({"note": "\udc00 alone"}),
    _mark({"answers": {"days_left": "\u0000"}}),
    _mark({"answers": {"no such question": "x" * 10_000}}),
    _mark({"answers": ["days_left"]}),
    _mark({"source": "resident"}),
    _mark({"source": "s" * 1000}),
    _of("round.undo", {"mark": "00000000-0000-7000-8000-000000000000"}),
    _of("round.undo", {"mark": "mine", "door": 2**40}),
    _of("round.undo", {"mark": LAST}),
    _of("round.undo", {"mark": LAST}),
    _of("round.undo", {"mark": "00000000-0000-7000-8000-000000000000", "door": 2**40}),
    _of("round.settle", {"answer": "delivered", "door": 2**40}),
    _of("round.dispute", {"door": 2**40}),
    _of("round.dispute", {"note": "n\u0000"}),
    _plain("op.redo", {"op": "00000000-0000-7000-8000-000000000000"}),
    _plain("op.discard", {"op": "everything"}),
    # What leads do
    _of("round.count", {"direction": "sideways", "items": 3}),
    _of("round.count", {"direction": "in", "items": -3}),
    _of("round.count", {"direction": "in", "items": 2**31}),
    _of("round.count", {"direction": "out", "items": 3, "stairwell": 2**40}),
    _of("round.count", {"direction": "out", "items": 3, "stairwell": 777}),
    _of("round.assign", {"stairwells": [], "accounts": []}),
    _of("round.assign", {"stairwells": [2**40], "accounts": ["me"]}),
    _of("round.assign", {"stairwells": [1, 1], "accounts": [ME]}),
    _of("round.assign", {"stairwells": [1], "accounts": [ME, ME]}),
    _of("round.assign", {"stairwells": [1], "accounts": [ME], "low": "6", "high": "2"}),
    _of("round.assign", {"stairwells": [1], "accounts": [ME], "low": "\u0000"}),
    _of("round.unassign", {"stairwells": [2**40]}),
    _of("round.unassign", {"stairwells": [1, 1]}),
    _of("round.assign_evenly", {"team": "C\u0000"}),
    _of("round.close", {"explanations": {"not_given": "because\u0000"}}),
    _of("round.close", {"explanations": {"not_given": "e" * 3000}}),
    _of("round.follow_up", {"title": "again\u0000"}),
    _made(title=" "),
    _made(title="t\u0000"),
    _made(title="t" * 81),
    _made(item="i\u0000"),
    _made(kind="parade"),
    _made(per="kilometre"),
    _made(quantity=2**31),
    _made(quantity=0),
    _made(stairwells=[2**40]),
    _made(stairwells=[1, 1, 2**70]),
    _made(compounds=[-1]),
    _made(deadline="soon"),
    _made(deadline="9999-12-31T23:59:59Z"),
    _made(deadline="0001-01-01T00:00"),
    _made(quiet_from="²:00"),
    _made(quiet_from="25:00", quiet_until="\u0000"),
    _made(repeats="hourly"),
    _made(follows="00000000-0000-7000-8000-000000000000"),
    _made(follows="the last one"),
)
