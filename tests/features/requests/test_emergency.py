"""The steps of an emergency: who has each, whatever order words arrive in, and when others come."""

from __future__ import annotations

import pytest

from server import clock
from server.features.people.rules import GATE, OFFICER, PROPERTY, VOLUNTEER, Role, Where
from server.features.requests import emergency
from server.features.requests.emergency import CALLS, PATIENCE, STEPS, TAKEN, VEHICLE, fold
from server.oplog.events import Event

LI, WANG = "li", "wang"
MINUTE = clock.MINUTE


def event(what: str, at: int, key: str = "", actor: str = LI, seq: int = 0, **said) -> Event:
    return Event(f"{what}-{at}-{actor}", seq or at, at, actor, what, key, said)


CALL = event("ask", 0, "emergency", "sun")


def test_all_steps_begin_at_once_and_nobody_does_them():
    state = fold([CALL])
    assert (state.began, state.open, state.arrived) == (0, len(TAKEN), None)
    assert {*STEPS} - {*TAKEN} == {VEHICLE}


def test_of_two_who_take_one_step_the_earlier_has_it_whoever_is_heard_first():
    late = event("do", 2 * MINUTE, "lift", WANG, seq=5)
    early = event("do", MINUTE, "lift", LI, seq=9)
    for said in ([CALL, late, early], [CALL, early, late]):
        step = fold(said).steps["lift"]
        assert (step.who, step.since) == (LI, MINUTE)


def test_a_step_given_back_is_free_again_and_only_its_taker_gives_it_back():
    taken = [CALL, event("do", MINUTE, "gate")]
    assert fold([*taken, event("drop", 2 * MINUTE, "gate", WANG)]).steps["gate"].who == LI
    free = fold([*taken, event("drop", 2 * MINUTE, "gate")])
    assert (free.steps["gate"].free, free.steps["gate"].since) == (True, 2 * MINUTE)
    lead = event("drop", 2 * MINUTE, "gate", WANG, lead=True)
    assert fold([*taken, lead]).steps["gate"].free


def test_what_is_done_stays_done_and_says_who_did_it():
    said = [CALL, event("do", 1, "meet"), event("did", 2, "meet", WANG), event("did", 3, "meet")]
    step = fold([*said, event("do", 4, "meet")]).steps["meet"]
    assert (step.who, step.since, step.done) == (WANG, 2, True)


def test_the_vehicle_stops_the_clock_unless_it_was_not_there_after_all():
    came = event("did", 13 * MINUTE, VEHICLE)
    assert fold([CALL, came]).arrived == 13 * MINUTE
    assert fold([CALL, came, event("drop", 14 * MINUTE, VEHICLE)]).arrived is None


def test_opened_again_everything_begins_anew():
    said = [CALL, event("do", 1, "lift"), event("reopen", MINUTE, near=[WANG])]
    state = fold(said)
    assert (state.began, state.open, [*state.told]) == (MINUTE, len(TAKEN), [WANG])


def test_for_what_nobody_takes_others_are_called_twice_and_no_more():
    said = [CALL]
    for nth in range(1, len(CALLS) + 1):
        state = fold(said)
        assert emergency.next_due(state) == nth * PATIENCE
        assert emergency.waiting(state, nth * PATIENCE - 1) == []
        assert emergency.waiting(state, nth * PATIENCE) == [*TAKEN]
        said.append(event("call", nth * PATIENCE, steps=[*TAKEN], near=[]))
    assert emergency.next_due(fold(said)) is None


def test_a_step_that_is_given_back_waits_anew_from_then():
    said = [CALL, *(event("do", 1, key) for key in TAKEN)]
    assert emergency.next_due(fold(said)) is None
    state = fold([*said, event("drop", 10 * MINUTE, "lift")])
    assert emergency.next_due(state) == 10 * MINUTE + PATIENCE
    assert emergency.waiting(state, 13 * MINUTE) == ["lift"]


def test_once_the_vehicle_is_there_nobody_is_called_any_more():
    assert emergency.next_due(fold([CALL, event("did", MINUTE, VEHICLE)])) is None


@pytest.mark.parametrize(
    ("role", "scope", "helps", "near", "goes_up"),
    [
        (OFFICER, 3, True, True, True),
        (OFFICER, 4, False, False, False),
        (VOLUNTEER, 3, True, True, True),
        (PROPERTY, 3, True, True, True),
        (GATE, 3, True, False, False),
        ("household", 3, False, False, False),
    ],
)
def test_whoever_is_on_duty_there_helps_and_a_guard_need_not_know_the_floor(
    role, scope, helps, near, goes_up
):
    held, place = [Role(role, "building", scope, 0)], Where(1, 3, 12, 100)
    assert emergency.helps(held, place, 1) is helps
    assert emergency.is_near(held, place, 1) is near
    assert emergency.reads_the_floor(held, place, 1) is goes_up
