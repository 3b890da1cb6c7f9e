"""What a need and a batch come to, in whatever order their words arrive."""

from __future__ import annotations

from itertools import permutations

import pytest

from server import clock
from server.features.medicine import rules
from server.oplog.events import Event

NEED, OTHER = "n1", "n2"


def told(seq, what, key="", at=None, actor="hao", again=False, **said):
    """An event made at its number in minutes, unless another time is said."""
    when = (seq if at is None else at) * clock.MINUTE
    return Event(f"op{seq}", seq, when, actor, what, key, said, again=again)


def said(seq, **more):
    return told(seq, "say", name="A", left=10, boxes=1, **more)


def bought(seq, need=NEED, what="as_asked", **more):
    return told(seq, "bought", what, need=need, **more)


def check(seq, who, of, **more):
    return told(seq, "check", actor=who, of=of, wrong=more.pop("wrong", ""), **more)


MADE = told(0, "make", buyer="hao", checkers=["lu", "min"], carriers=[])


def test_it_runs_out_so_many_days_after_it_was_said():
    need = rules.fold_need([said(5)])
    assert need.runs_out_at == 5 * clock.MINUTE + 10 * clock.DAY


def test_what_was_brought_lasts_so_many_days_longer_and_is_wanted_again_once_asked_for():
    events = [said(1, lasts=28), told(2, "met")]
    need = rules.fold_need(events)
    assert not need.wanted
    assert need.runs_out_at == clock.MINUTE + 38 * clock.DAY
    assert rules.fold_need([*events, told(3, "change")]).wanted


def test_what_had_run_out_lasts_from_when_it_was_brought():
    late = 20 * 24 * 60
    need = rules.fold_need([said(1, lasts=28), told(2, "met", at=late)])
    assert need.runs_out_at == late * clock.MINUTE + 28 * clock.DAY


def test_a_controlled_one_stays_so_until_that_is_said():
    once = [said(1, controlled=True), said(2, controlled=False)]
    assert rules.fold_need(once).controlled
    assert not rules.fold_need([*once, told(3, "change", controlled=False)]).controlled


def test_a_yes_holds_for_what_was_offered_last():
    events = [said(1), told(2, "offer", instead="B"), told(3, "substitute", instead="b", yes=True)]
    assert rules.fold_need(events).allows("B")
    assert not rules.fold_need(events).allows("C")
    anew = [*events, told(4, "offer", instead="C")]
    assert not rules.fold_need(anew).allows("B")
    assert rules.fold_need([said(1, substitute="yes")]).allows("anything")


def test_words_of_a_need_come_to_the_same_in_every_order():
    events = [
        said(1), told(2, "change", boxes=3), told(3, "ask"), told(4, "change"), told(5, "end"),
    ]  # fmt: skip
    wanted = rules.fold_need(events)
    assert all(rules.fold_need(order) == wanted for order in permutations(events))


def test_two_checks_of_what_was_bought_are_enough_in_every_order():
    events = [MADE, bought(1), check(2, "min", {NEED: 1}), check(3, "lu", {NEED: 1})]
    assert all(rules.fold_batch(order).is_checked(NEED) for order in permutations(events))


@pytest.mark.parametrize("last", [check(4, "min", {NEED: 1}), check(4, "lu", {NEED: 3})])
def test_one_person_twice_or_what_was_bought_before_is_not_enough(last):
    events = [MADE, bought(1), check(2, "min", {NEED: 1}), bought(3, fen=100), last]
    assert not rules.fold_batch(events).is_checked(NEED)


def test_a_word_that_something_is_wrong_takes_every_check_until_who_said_it_is_content():
    events = [
        MADE, bought(1), check(2, "min", {NEED: 1}), check(3, "lu", {NEED: 1}),
        check(4, "lu", {NEED: 1}, wrong="two boxes"),
    ]  # fmt: skip
    assert not rules.fold_batch(events).is_checked(NEED)
    other = [*events, check(5, "min", {NEED: 1})]
    assert NEED in rules.fold_batch(other).wrong
    content = [*events, check(5, "lu", {NEED: 1}), check(6, "min", {NEED: 1})]
    assert rules.fold_batch(content).is_checked(NEED)


def test_whoever_checked_before_others_were_named_counts_no_longer():
    events = [
        MADE,
        bought(1),
        check(2, "min", {NEED: 1}),
        check(3, "lu", {NEED: 1}),
        told(4, "name", buyer="min", checkers=["lu", "yun"], carriers=[]),
    ]
    assert not rules.fold_batch(events).is_checked(NEED)
    assert rules.fold_batch([*events, check(5, "yun", {NEED: 1})]).is_checked(NEED)


def test_the_steps_of_a_batch():
    events, needs = [MADE], [NEED, OTHER]

    def step():
        return rules.step(rules.fold_batch(events), needs)

    assert step() == rules.OPEN
    events.append(told(2, "collect"))
    assert step() == rules.COLLECTING
    events += [bought(3), bought(4, OTHER, "none")]
    assert step() == rules.BOUGHT
    events += [check(5, "min", {NEED: 3}), check(6, "lu", {NEED: 3})]
    assert step() == rules.CHECKED
    events += [told(7, "bag", "1"), told(8, "out")]
    assert step() == rules.OUT
    events.append(told(9, "close"))
    assert step() == rules.CLOSED


def test_it_is_asked_five_days_before_and_not_of_what_was_just_said():
    need = rules.fold_need([said(0)])
    assert need.ask_at(0) == 5 * clock.DAY
    assert need.ask_at(6 * clock.DAY) is None
