"""What events add up to, whatever the order in which they arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.features.cases import rules
from server.oplog.events import Event
from server.oplog.kinds import Refused

STEPS = st.sampled_from(sorted(rules.STEPS))


def event(n: int, what: str, key: str = "", at: int | None = None, **said: object) -> Event:
    """The nth thing said, a minute after the one before."""
    when = n * clock.MINUTE if at is None else at
    if key == rules.COMING:
        said = {"expected": when + 20 * clock.MINUTE, "plate": "", "notices": []} | said
    return Event(f"e{n}", n, when, "mei", what, key, said)


@given(st.lists(st.tuples(STEPS, st.integers(0, 5)), max_size=8), st.randoms())
def test_a_case_comes_to_the_same_whatever_arrives_first(said, random):
    events = [
        event(n, "step", step, at=at * clock.HOUR) for n, (step, at) in enumerate(said, start=1)
    ]
    mixed = list(events)
    random.shuffle(mixed)
    assert rules.fold(mixed) == rules.fold(events)


@given(st.lists(STEPS, max_size=8))
def test_whatever_is_accepted_is_a_way_a_transfer_can_go(said):
    events: list[Event] = []
    for n, step in enumerate(said, start=1):
        new = event(n, "step", step)
        before = rules.fold(events).step_key
        try:
            again = rules.said_before(events, new)
        except Refused:
            assert before not in rules.FOLLOWS[step]
            continue
        assert again or before in (*rules.FOLLOWS[step], step)
        events.append(new._replace(again=again))


@pytest.mark.parametrize("last", ["", *rules.STEPS])
def test_what_a_page_offers_is_what_may_follow(last):
    offered = rules.may_follow(last)
    for step in offered:
        if step != last:
            rules.must_follow(last, step)
    assert len(set(offered)) == len(offered)


def test_two_phones_mean_the_same_vehicle_where_time_and_plate_may_be_the_same():
    first = event(1, "step", "asked")
    coming = event(2, "step", "coming", plate="A1")
    soon = event(3, "step", "coming")
    assert rules.said_before([first, coming], soon)
    other = event(4, "step", "coming", plate="B2")
    assert not rules.said_before([first, coming], other)
    later = event(5, "step", "coming", expected=3 * clock.HOUR)
    assert not rules.said_before([first, coming], later)


def test_what_was_taken_back_counts_no_more():
    asked, picked = event(1, "step", "asked"), event(2, "step", "picked_up")
    state = rules.fold([asked, picked._replace(undone=True)])
    assert (state.step_key, state.left_at) == ("asked", None)


def test_the_oldest_danger_comes_first():
    opened, asked = event(1, "open"), event(2, "step", "asked")
    worse = event(3, "call", "worse")
    found = rules.dangers(rules.fold([opened, asked, worse]), 2 * clock.DAY)
    assert [one.what for one in found] == ["owner", "worse", "awaiting", "call"]
    assert found == sorted(found, key=lambda one: one.since)


def test_a_closed_case_has_no_clocks():
    said = [event(1, "open"), event(2, "step", "asked"), event(3, "close", "recovered")]
    assert rules.deadlines(rules.fold(said)) == []


@pytest.mark.parametrize(
    ("until", "closed", "ends"),
    [
        (None, None, None),
        (500, None, 500),
        (None, rules.RECOVERED, 100),
        (500, rules.RECOVERED, 500),
        (500, rules.MISTAKE, 100),
        (50, rules.MISTAKE, 50),
    ],
)
def test_a_contact_stays_until_it_was_said_or_the_case_is_closed_and_never_for_a_mistake(
    until, closed, ends
):
    contact = Event("c", 1, 10, "a", "contact", "r1", {"until": until, "household": 7})
    close = [Event("d", 2, 100, "a", "close", closed, {})] if closed else []
    state = rules.fold([contact, *close])
    assert rules.ends_at(state, contact) == ends
    assert rules.freed(state) == ({7} if ends == 100 else set())
