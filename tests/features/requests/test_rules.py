"""What events add up to, how clocks run, and whom a request is carried to."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.features.people.rules import (
    COMMUNITY,
    MEDICAL,
    OFFICER,
    PROPERTY,
    STEWARD,
    VOLUNTEER,
    Role,
    Where,
)
from server.features.requests import routing, rules
from server.features.requests.kinds import KINDS, NOW, URGENCIES
from server.oplog.events import Event
from tests.world import NOON

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = st.sampled_from(("a", "b", "c"))
WHATS = st.sampled_from(sorted(rules._TURNS.keys() - {"ask", "part"}))


def event(n: int, what: str, key: str = "", at: int | None = None, **more: object) -> Event:
    """The nth thing said, a minute after the one before."""
    when = NOON + (n * clock.MINUTE if at is None else at)
    actor = str(more.pop("actor", "a"))
    return Event(f"e{n}", n, when, actor, what, key, more)


def asked(kind: str = "food", **more: object) -> Event:
    """Somebody asked, and one was told."""
    return event(0, "ask", kind, **({"level": rules.FIRST, "asked": ["a"]} | more))


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Anything that may be said of a request, in any order and at any time."""
    told = [asked(draw(st.sampled_from(sorted(KINDS))))]
    for n in range(1, draw(st.integers(0, 9)) + 1):
        what = draw(WHATS)
        keys = {
            "step": st.sampled_from(sorted(rules.STEPS)),
            "pass_on": st.one_of(PEOPLE, st.just("")),
            "join": st.just("other"),
        }
        key = draw(keys.get(what, st.just("")))
        at = draw(st.integers(0, 9)) * clock.MINUTE
        more = {"level": draw(st.integers(1, 4)), "told": draw(st.booleans())}
        told.append(event(n, what, key, at, actor=draw(PEOPLE), **more))
    return told


@given(stories(), st.randoms())
def test_a_request_comes_to_the_same_whatever_arrives_first(told, random):
    mixed = list(told)
    random.shuffle(mixed)
    assert rules.fold(mixed) == rules.fold(told)


@given(stories())
def test_what_is_open_has_an_owner_or_is_asked_and_always_has_a_clock(told):
    state = rules.fold(told)
    assert state.state in rules.STATES
    assert (state.state == rules.ASKED) == (state.open and not state.owner)
    assert (state.state in rules.OWNED) <= bool(state.owner)
    due = rules.due_at(state, ZONE)
    assert (due is None) == (not state.open)
    assert due is None or due > state.wound
    assert (state.closed is None) == state.open


@given(stories())
def test_what_a_page_offers_is_what_may_follow(told):
    state = rules.fold(told)
    for step in rules.may_follow(state):
        assert not rules.must_follow(state, step)


@given(stories(), st.integers(0, 9))
def test_nobody_takes_what_somebody_has(told, minute):
    state = rules.as_of(told, NOON + minute * clock.MINUTE)
    taken = event(99, "take", at=minute * clock.MINUTE, actor="z")
    after = rules.as_of([*told, taken], NOON + minute * clock.MINUTE)
    assert (after.owner == "z") == (state.state == rules.ASKED)


def test_whoever_said_it_was_done_before_it_was_withdrawn_is_believed():
    told = [
        asked(),
        event(1, "take"),
        event(3, "withdraw", actor="sun"),
        event(2, "step", "done"),  # arrived last, from a phone without a signal
    ]
    assert rules.fold(told).state == rules.DONE


# Clocks


@pytest.mark.parametrize("urgency", URGENCIES)
@pytest.mark.parametrize("state", [rules.ASKED, *rules.OWNED])
def test_every_state_has_a_clock_by_day_and_by_night(urgency, state):
    day, night = rules.LIMITS[urgency][state]
    assert 0 < day <= night


def test_a_request_of_the_night_may_wait_until_the_morning_and_a_doctor_may_not():
    midnight = NOON + 12 * clock.HOUR
    food = rules.fold([asked()._replace(at=midnight)])
    doctor = rules.fold([asked("doctor")._replace(at=midnight)])
    assert rules.due_at(food, ZONE) == midnight + 8 * clock.HOUR
    assert rules.due_at(doctor, ZONE) == midnight + 3 * clock.MINUTE


def test_a_clock_with_nobody_left_to_ask_runs_longer_each_time_and_never_for_more_than_a_day():
    told = [asked("doctor")]
    waits = []
    for n in range(1, 20):
        state = rules.fold(told)
        due = rules.due_at(state, ZONE)
        assert due is not None
        waits.append(due - state.wound)
        level = min(state.level + 1, rules.EVERYBODY)
        told.append(event(n, "escalate", at=due - NOON, level=level))
    assert waits == sorted(waits)
    assert waits[0] == 3 * clock.MINUTE
    assert waits[-1] == clock.DAY


@given(st.integers(0, 60))
def test_too_much_in_a_minute_waits_by_growing_steps_and_a_doctor_never(before):
    food, doctor = KINDS["food"], KINDS["doctor"]
    assert rules.put_off(doctor, before) == 0
    assert rules.put_off(food, before) <= rules.put_off(food, before + 1) <= rules.LONGEST_PUT_OFF
    assert (rules.put_off(food, before) == 0) == (before < rules.FREE_IN_A_MINUTE)


# Whom it is carried to

HERE = Where(compound=1, building=2, stairwell=3, household=4)


def role(name: str, scope: str = COMMUNITY, scope_id: int = 1) -> tuple[Role, ...]:
    """One role in force."""
    return (Role(name, scope, scope_id, 0),)


STAFF = {
    "near": role(VOLUNTEER, "stairwell", 3),
    "far": role(VOLUNTEER, "stairwell", 9),
    "wide": role(VOLUNTEER, "compound", 1),
    "officer": role(OFFICER, "stairwell", 3),
    "compound": role(STEWARD, "compound", 1),
    "steward": role(STEWARD),
    "doctor": role(MEDICAL),
    "property": role(PROPERTY),
    "late": (Role(VOLUNTEER, "stairwell", 3, 0, until=5),),
}


def carried(kind: str, load: dict[str, int] | None = None) -> list[tuple[int, list[str]]]:
    """Each level that it comes to, and who is asked then."""
    heard: list[str] = []
    found, level = [], rules.FIRST
    while True:
        one = routing.carry(KINDS[kind], HERE, STAFF, load or {}, heard, (), level, 10)
        found.append((one.level, one.accounts))
        heard += one.accounts
        if one.level == rules.EVERYBODY:
            return found
        level = one.level + 1


def test_the_nearest_comes_first_then_the_next_then_who_leads_there_then_everybody():
    assert carried("food") == [
        (rules.FIRST, ["near"]),
        (rules.NEXT, ["wide"]),
        (rules.LEAD, ["compound"]),
        (rules.EVERYBODY, ["compound", "doctor", "near", "officer", "property", "steward", "wide"]),
    ]


def test_who_has_much_to_do_comes_after_who_is_as_near():
    also = {**STAFF, "beside": role(VOLUNTEER, "stairwell", 3)}
    ranked = routing.ranked(KINDS["food"], HERE, also, {"beside": 2, "near": 3}, 10)
    assert ranked[:2] == ["beside", "near"]


def test_skill_comes_before_nearness():
    assert carried("doctor")[0] == (rules.FIRST, ["doctor", "officer", "compound"])
    assert carried("power")[0] == (rules.FIRST, ["property"])


def test_health_is_carried_to_nobody_who_may_not_know_of_it():
    for kind in KINDS.values():
        everybody = {one for _, accounts in carried(kind.key) for one in accounts}
        assert kind.health <= everybody.isdisjoint({"near", "wide", "property"})
        assert "far" not in everybody
        assert "late" not in everybody


def test_every_kind_can_be_led_and_what_is_wanted_now_is_asked_of_several():
    for kind in KINDS.values():
        assert STEWARD in kind.takers
        assert kind.urgency in URGENCIES
        assert rules.WIDTH[kind.urgency] > 1 or kind.urgency != NOW
