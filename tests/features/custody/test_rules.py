"""What the words on a thing come to, and what the checker of custody notices."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from server.features.custody import rules
from server.features.custody.rules import Holder
from server.features.custody.tables import thing_events, things
from server.oplog.events import Event
from tests.features.custody.conftest import SIGNATURE
from tests.support import replay

HOME, A, B, C = Holder("household", "7"), *(Holder.account(one) for one in "abc")


def word(seq, what, actor, key="", *, at=None, **said):
    """A word on a thing, counted as `seq`."""
    said = {name: list(one) if isinstance(one, Holder) else one for name, one in said.items()}
    if "from_" in said:
        said["from"] = said.pop("from_")
    return Event(f"op{seq}", seq, seq if at is None else at, actor.who, what, key, said)


TAKEN = word(1, "take", A, from_=HOME, to=A)
CLAIMED = word(2, "receive", B, from_=A, to=B)


def test_what_is_folded_is_what_was_counted_and_not_what_was_made_first():
    late = word(3, "hand", A, "b", at=0, confirms="op2")
    state = rules.fold([late, CLAIMED, TAKEN])
    assert (state.holder, state.last.given, state.last.got) == (B, True, True)


def test_an_offer_ends_with_whatever_moves_the_thing():
    offered = word(2, "hand", A, "b")
    assert rules.fold([TAKEN, offered]).offered_to == "b"
    assert rules.fold([TAKEN, offered, word(3, "receive", C, from_=A, to=C)]).offered_to == ""
    assert rules.fold([TAKEN, offered, word(3, "keep", A)]).offered_to == ""


def test_a_late_word_finds_its_other_half_and_a_new_one_does_not():
    state = rules.fold([TAKEN, CLAIMED])
    assert rules.other_half(state, "a", "b", "hand", made=1) == state.last
    assert rules.other_half(state, "a", "c", "hand", made=1) is None
    back = word(3, "hand", B, "a", from_=B, to=A, signature=SIGNATURE)
    again = rules.fold([TAKEN, CLAIMED, back])
    assert rules.other_half(again, "a", "b", "hand", made=4) is None
    assert rules.other_half(again, "", "a", "receive", made=4) == again.last


def test_only_whoever_did_not_say_so_themselves_objects_and_not_for_ever():
    state = rules.fold([TAKEN, CLAIMED])
    assert rules.objects_to(state, "a", (), 3) == state.last
    assert rules.objects_to(state, "b", (), 3) is None
    assert rules.objects_to(state, "a", (), 3 + rules.OBJECTING) is None
    assert not rules.goes_back(state.last, "a")
    signed = rules.fold([TAKEN, word(2, "hand", A, "b", from_=A, to=B, signed_by="B")])
    assert rules.objects_to(signed, "a", (), 3) is None
    assert rules.goes_back(rules.objects_to(signed, "b", (), 3), "b")
    returned = rules.fold([TAKEN, word(2, "return", A, from_=A, to=HOME)])
    assert rules.objects_to(returned, "x", {7}, 3) == returned.last
    assert rules.objects_to(returned, "x", {8}, 3) is None


@pytest.mark.parametrize(
    ("table", "changed", "said"),
    [
        (things, {"holder": "somebody"}, "its moves end with"),
        (things, {"closed_at": 1}, "its last move says otherwise"),
        (things, {"only": ["nobody"]}, "may not have it"),
        (thing_events, {"at": 1}, "does not carry its operation's"),
        (thing_events, {"said": {"from": ["account", "x"], "to": ["account", "y"]}}, "moves thing"),
    ],
)
def test_the_checker_notices_a_thing_that_is_not_where_people_said(
    told, hands, table, changed, said
):
    card = hands.taken()
    hands.done(card, "hand", to="yun", signature=SIGNATURE)
    assert told.read(replay.problems) == []
    query = update(table)
    if table is thing_events:
        query = query.where(table.c.what == "hand")
    told.execute(query.values(**changed))
    assert any(said in one for one in told.read(replay.problems))
    told.asked = False  # it is wrong on purpose


def test_the_checker_notices_a_word_that_is_lost(told, hands):
    card = hands.taken()
    hands.done(card, "hand", to="yun", signature=SIGNATURE)
    told.execute(thing_events.delete().where(thing_events.c.what == "hand"))
    assert any("word on a thing" in one for one in told.read(replay.problems))
    told.asked = False
