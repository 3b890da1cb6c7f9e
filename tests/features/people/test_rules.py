"""Who may do what, where and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.features.people.rules import (
    ALLOWED,
    EVERYWHERE,
    May,
    Role,
    Where,
    is_a,
    may,
    scope_of,
)

NOON = 1_650_000_000_000
HOUR = 3_600_000

STAIRWELL = Where(compound=1, building=12, stairwell=3)
ITS_DOOR = Where(compound=1, building=12, stairwell=3, household=57)
ELSEWHERE = Where(compound=2, building=40, stairwell=90)


def role(name, scope="community", scope_id=1, since=NOON - HOUR, until=None):
    return Role(name, scope, scope_id, since, until)


def test_somebody_without_a_role_may_do_nothing():
    assert not any(may([], what, place, NOON) for what in May for place in (EVERYWHERE, ITS_DOOR))


def test_what_nobody_has_named_is_denied_even_to_a_steward():
    assert not may([role("steward")], "unlock_every_door", EVERYWHERE, NOON)


def test_an_unknown_role_or_scope_may_do_nothing():
    assert not may([role("mayor")], May.MARK, STAIRWELL, NOON)
    assert not may([role("steward", "galaxy")], May.MARK, STAIRWELL, NOON)


def test_every_right_is_carried_by_some_role():
    assert set(ALLOWED) == set(May)
    assert all(ALLOWED.values())


def test_a_steward_of_the_community_leads_everywhere():
    assert may([role("steward")], May.LEAD, EVERYWHERE, NOON)
    assert may([role("steward")], May.LEAD, STAIRWELL, NOON)


def test_a_steward_of_one_compound_leads_there_only():
    steward = [role("steward", "compound", 1)]
    assert may(steward, May.LEAD, STAIRWELL, NOON)
    assert not may(steward, May.LEAD, ELSEWHERE, NOON)
    assert not may(steward, May.LEAD, EVERYWHERE, NOON)


def test_a_volunteer_marks_but_never_leads():
    volunteer = [role("volunteer", "stairwell", 3)]
    assert may(volunteer, May.MARK, STAIRWELL, NOON)
    assert may(volunteer, May.MARK, ITS_DOOR, NOON)
    assert not may(volunteer, May.MARK, ELSEWHERE, NOON)
    assert not may(volunteer, May.LEAD, STAIRWELL, NOON)
    assert not may(volunteer, May.SEE_PEOPLE, STAIRWELL, NOON)


def test_a_household_speaks_for_its_own_door_only():
    household = [role("household", "household", 57)]
    assert may(household, May.DISPUTE, ITS_DOOR, NOON)
    assert not may(household, May.DISPUTE, Where(1, 12, 3, household=58), NOON)
    assert not may(household, May.SEE_PEOPLE, STAIRWELL, NOON)
    assert not may(household, May.MARK, ITS_DOOR, NOON)


@pytest.mark.parametrize("name", ["gate", "medical", "police", "property"])
def test_those_who_do_not_go_to_doors_do_not_mark_them(name):
    assert not may([role(name)], May.MARK, STAIRWELL, NOON)


def test_a_guard_checks_cards_and_does_not_see_who_lives_there():
    assert may([role("gate")], May.CHECK_CARD, EVERYWHERE, NOON)
    assert not may([role("gate")], May.SEE_PEOPLE, STAIRWELL, NOON)


def test_a_role_for_a_shift_begins_and_ends_with_it():
    shift = [role("volunteer", "stairwell", 3, since=NOON, until=NOON + HOUR)]
    moments = (NOON - 1, NOON, NOON + HOUR - 1, NOON + HOUR)
    assert [may(shift, May.MARK, STAIRWELL, at) for at in moments] == [False, True, True, False]
    assert [is_a(shift, "volunteer", at) for at in moments] == [False, True, True, False]


def test_the_usual_set_of_a_volunteer_is_what_the_roles_cover_now():
    roles = [
        role("volunteer", "stairwell", 3),
        role("volunteer", "stairwell", 4),
        role("volunteer", "stairwell", 5, until=NOON),
        role("officer", "stairwell", 9),
    ]
    assert scope_of(roles, "volunteer", NOON) == {"stairwell": {3, 4}}


ROLES = st.lists(
    st.builds(
        role,
        st.sampled_from(["steward", "officer", "volunteer", "gate", "household"]),
        st.sampled_from(["community", "compound", "building", "stairwell", "household"]),
        st.integers(1, 3),
    )
)
PLACES = st.builds(Where, *[st.integers(1, 3)] * 4)


@given(ROLES, ROLES, st.sampled_from(list(May)), PLACES)
def test_one_more_role_never_takes_a_right_away(some, more, what, place):
    if may(some, what, place, NOON):
        assert may(some + more, what, place, NOON)


@given(ROLES, st.sampled_from(list(May)), PLACES)
def test_whoever_may_everywhere_may_at_every_place(roles, what, place):
    if may(roles, what, EVERYWHERE, NOON):
        assert may(roles, what, place, NOON)
