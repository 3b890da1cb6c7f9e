"""When floors are called down to be tested, and what households are told about it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.clock import HOUR, MINUTE
from server.features.testing import pacing
from server.features.testing.pacing import (
    CROWD,
    HELD,
    LIFTS,
    RATE,
    ROOM,
    STILL_SITE,
    Called,
    Floor,
    Limits,
    Queue,
    Seen,
    farther,
    finish,
    left_to_call,
    on_their_way,
    propose,
    service_rate,
    stands_still,
    take_turns,
    taken_lifts,
    turn,
    ways_down,
)

NOW = 1_650_000_000_000
LIMITS = Limits(waiting=30, together=12)


def minutes(*counts):
    """Instants so many minutes before now."""
    return tuple(int(NOW - count * MINUTE) for count in counts)


def tower(stairwell, levels=10, people=10):
    return [Floor(stairwell, (level,), people) for level in range(1, levels + 1)]


def queue(*stairwells, **more):
    return Queue(take_turns([floor for one in stairwells for floor in tower(one)]), **more)


def call(ago, stairwell=1, levels=(1,), people=10, came=0, coming=0):
    """A call so many minutes ago; so many of its people came, one every half minute from 4 on."""
    at = int(NOW - ago * MINUTE)
    arrived = tuple(min(NOW, at + int((4 + nth / 2) * MINUTE)) for nth in range(came))
    return Called(at, stairwell, levels, people, coming, arrived)


def busy_site(per_minute=2.0, since=60, until=0, medics=1, waiting=10):
    """A site that has swabbed at that rate between so many minutes ago, and people wait there."""
    swabbed = minutes(
        *[since - nth / per_minute for nth in range(int((since - until) * per_minute))]
    )
    return Seen(
        swabbed=swabbed,
        walked_in=minutes(*[since + 1] * (len(swabbed) + waiting)),
        medics=medics,
    )


# How fast a site swabs


def test_before_anything_is_seen_the_published_rate_is_assumed_for_each_medic():
    assert service_rate(Seen()) == pytest.approx(RATE)
    assert service_rate(Seen(medics=3)) == pytest.approx(3 * RATE)


@pytest.mark.parametrize("rate", [1.0, 1.6, 2.4, 3.0])
def test_the_rate_is_learnt_from_what_the_site_shows(rate):
    assert service_rate(busy_site(rate)) == pytest.approx(rate, rel=0.15)


def test_a_lunch_break_does_not_lower_the_rate():
    before = busy_site(2, since=120, until=60)
    after = Seen(
        swabbed=before.swabbed + minutes(*[15 - nth / 2 for nth in range(30)]),
        walked_in=before.walked_in + minutes(*[130] * 30),
    )
    assert service_rate(after) == pytest.approx(service_rate(before), rel=0.03)


def test_a_medic_who_waits_for_people_is_not_slow():
    came = minutes(*range(60, 0, -5))
    seen = Seen(walked_in=came, swabbed=tuple(at + MINUTE // 2 for at in came))
    assert service_rate(seen) == pytest.approx(RATE)


def test_a_second_medic_who_comes_at_noon_is_noticed():
    morning = busy_site(2, since=180, until=30, waiting=200)
    swabbed = morning.swabbed + minutes(*[30 - nth / 4 for nth in range(120)])
    assert service_rate(replace(morning, swabbed=swabbed)) > 3


def test_swabs_entered_by_the_tube_of_ten_give_the_same_rate():
    tubes = minutes(*[minute for minute in range(60, 0, -5) for _ in range(10)])
    seen = Seen(swabbed=tubes, walked_in=minutes(*[70] * 150))
    assert service_rate(seen) == pytest.approx(2, rel=0.1)


def test_a_site_stands_still_only_while_people_wait():
    assert stands_still(busy_site(until=10), NOW)
    assert not stands_still(busy_site(until=10, waiting=0), NOW)
    assert not stands_still(busy_site(), NOW)


# How people come


def test_before_anything_is_seen_half_of_those_who_come_take_less_than_ten_minutes():
    assert 5 < ways_down(Seen(), NOW).delay() < 10


@pytest.mark.parametrize("takes", [3, 8, 14])
def test_the_way_down_is_learnt(takes):
    calls = [
        Called(NOW - ago * MINUTE, 1, (ago,), 10, came=minutes(*[ago - takes] * 10))
        for ago in range(20, 110, 5)
    ]
    assert ways_down(Seen(tuple(calls)), NOW).delay() == pytest.approx(takes + 0.5, abs=1)


def test_those_who_never_come_are_learnt_too():
    calls = tuple(call(ago, levels=(ago,), came=6) for ago in range(95, 120))
    assert ways_down(Seen(calls), NOW).share == pytest.approx(0.6, abs=0.08)


def test_whoever_was_called_just_now_counts_as_on_the_way():
    assert on_their_way(Seen((call(0),)), NOW) == pytest.approx(9.4, abs=0.1)


def test_a_no_show_fades_out():
    on_way = [on_their_way(Seen((call(ago),)), NOW) for ago in (1, 20, 60, 89, 200)]
    assert on_way == sorted(on_way, reverse=True)
    assert on_way[-1] == 0


def test_whoever_said_that_they_come_is_believed_for_half_an_hour():
    silent, said = Seen((call(20),)), Seen((call(20, coming=10),))
    assert on_their_way(silent, NOW) < on_their_way(said, NOW) == 10
    late = [Seen((call(40, coming=coming),)) for coming in (0, 10)]
    assert on_their_way(late[0], NOW) == on_their_way(late[1], NOW)


def test_a_stairwell_far_away_is_learnt_and_a_late_household_of_it_is_not_far():
    def ways(stairwell, takes, late):
        came = [60 - takes] * 8 + [60 - takes - late] * 2
        return Called(NOW - 60 * MINUTE, stairwell, (1,), 10, came=minutes(*came))

    assert farther(Seen(), NOW) == {}
    calls = (ways(1, 5, late=0), ways(2, 5, late=30), ways(3, 11, late=0))
    far = farther(Seen(calls), NOW)
    assert (far[1], far[2]) == (0, 0)
    assert 2 < far[3] < 6


# Whom to call, and when


def test_an_empty_queue_proposes_nothing():
    assert propose(Seen(), Queue(), NOW, LIMITS) is None


def test_when_everybody_was_called_nothing_is_proposed():
    calls = tuple(call(60, 1, (level,), came=10) for level in range(1, 11))
    assert propose(Seen(calls), queue(1), NOW, LIMITS) is None


def test_the_first_floor_is_called_as_soon_as_the_site_opens():
    proposal = propose(Seen(), queue(1, 2), NOW, LIMITS)
    assert (proposal.at, proposal.floors, proposal.why) == (NOW, (Floor(1, (1,), 10),), ROOM)


def test_small_floors_of_a_stairwell_are_called_together():
    floors = Queue(tuple(tower(1, people=4)))
    proposal = propose(Seen(), floors, NOW, LIMITS)
    assert [floor.levels for floor in proposal.floors] == [(1,), (2,), (3,)]


def test_floors_of_two_stairwells_are_never_one_call():
    floors = Queue(take_turns(tower(1, people=4) + tower(2, people=4)))
    proposal = propose(Seen(), floors, NOW, LIMITS)
    assert {floor.stairwell for floor in proposal.floors} == {1}


def test_a_stairwell_whose_last_call_is_on_its_way_is_passed_over():
    proposal = propose(Seen((call(2, stairwell=1),)), queue(1, 2), NOW, LIMITS)
    assert proposal.floors[0].stairwell == 2


def test_the_only_stairwell_waits_for_its_lift():
    proposal = propose(Seen((call(2),)), queue(1), NOW, LIMITS)
    assert (proposal.why, proposal.floors[0].levels) == (LIFTS, (2,))
    assert NOW < proposal.at <= NOW + pacing.LONGEST_HOLD * MINUTE


def test_the_lift_is_free_when_most_have_come():
    assert taken_lifts(Seen((call(8, came=3),)), NOW)
    assert not taken_lifts(Seen((call(8, came=8),)), NOW)


def test_a_floor_of_which_nobody_comes_does_not_hold_its_lift_for_ever():
    assert not taken_lifts(Seen((call(pacing.LONGEST_HOLD + 1),)), NOW)


def test_floors_of_which_nobody_comes_do_not_hold_the_site_for_ever():
    calls = tuple(call(91, stairwell, (1,), people=40) for stairwell in (1, 2, 3))
    proposal = propose(Seen(calls), queue(1, 2, 3), NOW, LIMITS)
    assert (proposal.at, proposal.why) == (NOW, ROOM)


def test_a_late_crowd_makes_it_wait():
    """Two floors that nobody had come from are all there now."""
    usual = tuple(call(60, stairwell, came=10) for stairwell in range(10, 18))
    swabbed = minutes(*[55 - nth / 2 for nth in range(80)])
    late = tuple(
        Called(NOW - 50 * MINUTE, one, (1,), 14, came=minutes(*[1] * 14)) for one in (2, 3)
    )
    floors = queue(1, 2, 3)
    assert propose(Seen(usual, swabbed), floors, NOW, LIMITS).at == NOW
    proposal = propose(Seen(usual + late, swabbed), floors, NOW, LIMITS)
    assert (proposal.why, proposal.at > NOW) == (CROWD, True)


def test_people_on_their_way_count_before_they_come():
    calls = tuple(call(1, stairwell, people=14) for stairwell in (2, 3))
    assert propose(Seen(calls), queue(1, 2, 3), NOW, LIMITS).at > NOW


def test_a_site_that_stands_still_calls_nobody_into_its_queue():
    proposal = propose(busy_site(until=10, waiting=25), queue(1), NOW, LIMITS)
    assert (proposal.why, proposal.at > NOW) == (STILL_SITE, True)


def test_held_stairwells_are_skipped():
    proposal = propose(Seen(), queue(1, 2, held=frozenset({1})), NOW, LIMITS)
    assert proposal.floors[0].stairwell == 2


def test_where_a_lead_holds_all_that_is_left_only_a_lead_can_go_on():
    proposal = propose(Seen(), queue(1, held=frozenset({1})), NOW, LIMITS)
    assert (proposal.floors, proposal.why) == ((), HELD)


def test_skipped_floors_and_called_ones_are_out():
    left = left_to_call(Seen((call(60),)), queue(1, skipped=frozenset({(1, 2)})))
    assert [floor.levels for floor in left] == [(level,) for level in range(3, 11)]


def test_of_floors_queued_together_only_those_left_are_called():
    joined = Queue((Floor(1, (1, 2, 3), 12),), skipped=frozenset({(1, 2)}))
    assert left_to_call(Seen(), joined) == [Floor(1, (1, 3), 8)]


def test_a_floor_larger_than_the_limit_is_called_to_an_empty_site():
    floors = Queue((Floor(1, (1,), 50),))
    assert propose(Seen(), floors, NOW, LIMITS).at == NOW


def test_a_bigger_limit_lets_more_be_called_at_once():
    def calls_at_opening(limit):
        calls, floors = (), queue(*range(20))
        while True:
            proposal = propose(Seen(calls, medics=4), floors, NOW, Limits(limit))
            if proposal.at > NOW:
                return len(calls)
            [floor] = proposal.floors
            calls += (Called(NOW, floor.stairwell, floor.levels, floor.people),)

    assert 1 <= calls_at_opening(30) < calls_at_opening(60) < calls_at_opening(120) < 20


def morning(waits, swab, comes=lambda nth: True, limit=30):
    """A site of one medic run by the rules: how many waited at most, how many came, when it ended.

    `waits` gives the minutes that the nth person takes to come, `swab` those that one swab takes.
    """
    floors, calls, coming, came, swabbed = queue(1, 2, 3), [], [], {}, []
    nth, most, free_at, now = 0, 0, 0.0, 0.0
    while now < 24 * 60:
        for at, which in [one for one in coming if one[0] <= now]:
            came.setdefault(which, []).append(at)
        coming = [one for one in coming if one[0] > now]
        arrived = sorted(at for each in came.values() for at in each)
        while len(swabbed) < len(arrived):
            done = max(free_at, arrived[len(swabbed)]) + swab
            if done > now:
                break
            swabbed.append(done)
            free_at = done
        most = max(most, len(arrived) - len(swabbed))
        seen = Seen(
            tuple(
                replace(one, came=tuple(int(at * MINUTE) for at in came.get(which, [])))
                for which, one in enumerate(calls)
            ),
            tuple(int(at * MINUTE) for at in swabbed),
        )
        proposal = propose(seen, floors, int(now * MINUTE), Limits(limit))
        if proposal is None and not coming and len(swabbed) == len(arrived):
            return most, len(swabbed), now
        if proposal and proposal.at <= now * MINUTE:
            for floor in proposal.floors:
                for _ in range(floor.people):
                    if comes(nth):
                        coming.append((now + waits(nth), len(calls)))
                    nth += 1
            one = proposal.floors[0]
            people = sum(floor.people for floor in proposal.floors)
            levels = tuple(level for floor in proposal.floors for level in floor.levels)
            calls.append(Called(int(now * MINUTE), one.stairwell, levels, people))
        else:
            now += 0.5
    raise AssertionError("it never ended")


@settings(max_examples=30)
@given(
    usual=st.integers(2, 12),
    late=st.integers(0, 30),
    every=st.integers(3, 10),
    swab=st.floats(0.3, 1.0),
)
def test_the_limit_holds_and_the_queue_comes_to_its_end(usual, late, every, swab):
    def waits(nth):
        return usual + nth % 5 + (late if nth % every == 0 else 0)

    most, served, _ = morning(waits, swab)
    assert most <= 30
    assert served == 300


def test_medics_hardly_ever_idle():
    _, _, ended = morning(lambda nth: 4 + nth % 5, swab=0.5)
    assert ended < 300 * 0.5 * 1.1 + 10


def test_where_a_third_never_comes_more_are_called_instead():
    most, served, ended = morning(lambda nth: 4 + nth % 5, 0.5, comes=lambda nth: nth % 3 != 0)
    assert (most <= 30, served) == (True, 200)
    assert ended < 200 * 0.5 * 1.3 + 10


# What people are told


def test_the_next_floor_is_told_that_it_is_next():
    told = turn(Seen(), queue(1, 2), NOW, LIMITS, 1, 1)
    assert (told.minutes, told.floors_before) == (0, 0)


def test_turns_come_in_the_order_of_the_queue():
    seen, floors = busy_site(), queue(1, 2, 3)
    told = [turn(seen, floors, NOW, LIMITS, f.stairwell, f.levels[0]) for f in floors.floors]
    assert [one.floors_before for one in told] == list(range(30))
    assert told[0].minutes < told[10].minutes < told[20].minutes < told[29].minutes


def test_thirty_floors_of_ten_take_a_site_of_two_a_minute_two_hours_and_a_half():
    told = turn(busy_site(), queue(1, 2, 3), NOW, LIMITS, 3, 10)
    assert told.minutes == pytest.approx(29 * 10 / 2, rel=0.15)


def test_one_stairwell_by_itself_is_as_slow_as_its_lift():
    told = turn(busy_site(8, medics=4), queue(1), NOW, Limits(100), 1, 10)
    assert told.minutes >= 9 * pacing.SHORTEST_HOLD


def test_a_floor_that_was_called_is_held_or_is_not_here_has_no_turn():
    seen, floors = Seen((call(5),)), queue(1, 2, held=frozenset({2}))
    assert turn(seen, floors, NOW, LIMITS, 1, 1) is None
    assert turn(seen, floors, NOW, LIMITS, 2, 1) is None
    assert turn(seen, floors, NOW, LIMITS, 9, 1) is None


def test_a_site_with_nothing_left_is_finished_now():
    assert finish(Seen(), Queue(), NOW) == NOW


def test_the_finish_is_what_is_left_at_the_rate_of_the_site():
    expected = (finish(busy_site(waiting=0), queue(1, 2, 3), NOW) - NOW) / MINUTE
    assert expected == pytest.approx(300 / 2, rel=0.1)


def test_the_last_people_on_their_way_are_waited_for():
    assert finish(Seen((call(0, people=2),)), Queue(), NOW) > NOW + 4 * MINUTE


def test_stairwells_take_turns():
    order = take_turns([*tower(1, 3), *tower(2, 1), *tower(3, 2)])
    assert [(floor.stairwell, floor.levels[0]) for floor in order] == [
        *((1, 1), (2, 1), (3, 1), (1, 2), (3, 2), (1, 3)),
    ]


# Whatever a clock says


def test_a_call_from_the_future_holds_neither_lift_nor_site_for_long():
    seen = Seen((Called(NOW + 5 * HOUR, 1, (1,), 100),))
    assert propose(seen, queue(1), NOW, LIMITS).at == NOW


INSTANTS = st.one_of(
    st.integers(NOW - 3 * HOUR, NOW + HOUR),
    st.sampled_from([-1, 0, 1, NOW, 253_370_764_800_000]),
)
CALLS = st.builds(
    Called,
    at=INSTANTS,
    stairwell=st.integers(1, 3),
    levels=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    people=st.integers(0, 40),
    coming=st.integers(0, 60),
    came=st.lists(INSTANTS, max_size=50).map(tuple),
)
SEEN = st.builds(
    Seen,
    calls=st.lists(CALLS, max_size=6).map(tuple),
    swabbed=st.lists(INSTANTS, max_size=60).map(tuple),
    walked_in=st.lists(INSTANTS, max_size=20).map(tuple),
    medics=st.integers(0, 4),
)


@given(seen=SEEN, now=INSTANTS, limit=st.integers(0, 60))
def test_broken_clocks_raise_nothing_and_make_no_nonsense(seen, now, limit):
    floors = queue(1, 2, 3)
    assert service_rate(seen) > 0
    ways = ways_down(seen, now)
    assert all(0 <= later <= sooner <= 1 for sooner, later in pairwise(ways.missing))
    assert 0 <= on_their_way(seen, now) <= sum(one.people for one in seen.calls)
    assert finish(seen, floors, now) >= now
    proposal = propose(seen, floors, now, Limits(limit))
    if proposal:
        assert now <= proposal.at <= now + 30 * MINUTE
        called = {(one.stairwell, level) for one in seen.calls for level in one.levels}
        assert not called & {(one.stairwell, one.levels[0]) for one in proposal.floors}
    told = turn(seen, floors, now, Limits(limit), 3, 4)
    assert told is None or (told.minutes >= 0 and told.floors_before >= 0)
