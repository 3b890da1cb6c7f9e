"""What marks add up to, whatever the order, the clocks and the number of times they arrive."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.features.rounds import rules
from server.features.rounds.kinds import KINDS
from server.features.rounds.rules import (
    CLOSED,
    MAY_BECOME,
    OPEN,
    PAUSED,
    PLANNED,
    Assigned,
    Change,
    Mark,
    Sums,
)
from server.oplog.kinds import Refused

DELIVERY = KINDS["delivery"]


def said(seq, answer="delivered", *, by="hao", at=None, seen=0, source="door", owed=0, **more):
    """A mark; by default made when it was numbered, having seen nothing."""
    return Mark(
        op_id=f"op{seq}", seq=seq, at=seq * 100 if at is None else at, actor=by, source=source,
        answer=answer, given=0, owed=owed, seen=seen, **more,
    )  # fmt: skip


def answer_of(marks):
    head = rules.fold(marks).head
    return head.answer if head else None


@st.composite
def histories(draw, most=6):
    """Marks of a few people at one door, each having seen some part of what came before it."""
    marks = []
    for seq in range(1, draw(st.integers(1, most)) + 1):
        source = draw(st.sampled_from(["door", "door", "door", "paper", "lead", "resident"]))
        marks.append(
            said(
                seq * 10,
                "not_received" if source == "resident" else draw(
                    st.sampled_from(["delivered", "nobody", "owed"])
                ),
                by=draw(st.sampled_from(["hao", "yun", "mei"])),
                at=draw(st.integers(0, 100)),
                seen=draw(st.integers(0, seq - 1)) * 10,
                source=source,
                owed=draw(st.integers(0, 2)),
                undone=draw(st.booleans()) and draw(st.booleans()),
            )
        )  # fmt: skip
    return marks


# A function of the set


@given(histories(most=5))
def test_the_order_of_arrival_makes_no_difference(marks):
    wanted = rules.fold(marks)
    assert all(rules.fold(order) == wanted for order in permutations(marks))


@given(histories())
def test_hearing_it_twice_makes_no_difference(marks):
    assert rules.fold([*marks, *marks]) == rules.fold(marks)


@given(histories())
def test_undone_marks_are_as_if_never_made(marks):
    assert rules.fold(marks) == rules.fold([one for one in marks if not one.undone])


@given(histories())
def test_a_door_that_was_marked_says_something(marks):
    """No circle of people replacing each other makes a mark disappear."""
    spoken = [one for one in marks if not one.undone and one.source != "resident"]
    assert (rules.fold(marks).head is None) == (not spoken)


@given(histories())
def test_what_stands_was_said_and_not_taken_back(marks):
    head = rules.fold(marks).head
    assert head is None or (head in marks and not head.undone and head.source != "resident")


@given(histories(), st.sampled_from(["delivered", "nobody"]))
def test_who_saw_everything_and_speaks_last_stands(marks, answer):
    last = said(1000, answer, by="yun", at=0, seen=999)
    standing = rules.fold([*marks, last])
    assert standing.head == last


@given(histories(), st.sampled_from(["delivered", "nobody"]))
def test_a_lead_who_saw_everything_leaves_no_disagreement(marks, answer):
    settled = said(1000, answer, by="mei", at=0, seen=999, source="lead")
    standing = rules.fold([*marks, settled])
    assert (standing.head, standing.disputed) == (settled, False)


@given(histories())
def test_undoing_the_last_word_reveals_what_was_before(marks):
    last = said(1000, "delivered", seen=999)
    assert rules.fold([*marks, last._replace(undone=True)]) == rules.fold(marks)


# Case by case


def test_nothing_said_is_nothing():
    assert rules.fold([]) == (None, False)


def test_one_mark_stands_alone():
    mark = said(1)
    assert rules.fold([mark]) == (mark, False)


def test_one_mark_that_was_taken_back_is_nothing():
    assert rules.fold([said(1, undone=True)]) == (None, False)


def test_hao_changes_his_mind():
    assert rules.fold([said(1, "nobody"), said(2, "delivered")]) == (said(2, "delivered"), False)


def test_haos_later_word_counts_though_it_arrived_first():
    """His phone sent the two in two batches, the second before the first."""
    early, late = said(2, "nobody", at=10), said(1, "delivered", at=20)
    assert rules.fold([early, late]) == (late, False)


def test_having_seen_it_beats_any_clock():
    first = said(1, "nobody", by="hao", at=900)
    second = said(2, "delivered", by="yun", at=5, seen=1)
    assert rules.fold([first, second]) == (second, False)


def test_having_seen_it_beats_ones_own_clock():
    """Hao's phone was set back between the two."""
    first, second = said(1, "nobody", at=900), said(2, "delivered", at=5, seen=1)
    assert rules.fold([first, second]) == (second, False)


def test_a_clock_set_back_and_forth_leaves_something_standing():
    """Each of three marks would replace another: the first saw the second, which is later than
    the third, which is later than the first."""
    first = said(1, "nobody", at=30)
    second = said(2, "delivered", at=10, seen=1)
    third = said(3, "refused", at=20)
    assert rules.fold([first, second, third]).head is not None


def test_two_people_who_could_not_see_each_other_disagree():
    hao, yun = said(1, "delivered", by="hao", at=50), said(2, "nobody", by="yun", at=40)
    assert rules.fold([hao, yun]) == (hao, True)


def test_two_people_who_say_the_same_agree():
    hao, yun = said(1, by="hao", at=50), said(2, by="yun", at=40)
    assert rules.fold([hao, yun]) == (hao, False)


def test_two_people_who_owe_different_numbers_disagree():
    hao, yun = said(1, "owed", by="hao", owed=1), said(2, "owed", by="yun", owed=2)
    assert rules.fold([hao, yun]).disputed


def test_of_two_made_at_one_moment_the_later_number_stands():
    hao, yun = said(1, "delivered", by="hao", at=50), said(2, "nobody", by="yun", at=50)
    assert rules.fold([hao, yun]).head == yun


def test_a_third_who_saw_one_of_them_settles_nothing_with_the_other():
    hao, yun = said(1, "delivered", by="hao"), said(3, "nobody", by="yun")
    min_ = said(4, "refused", by="min", seen=1)
    standing = rules.fold([hao, yun, min_])
    assert (standing.head, standing.disputed) == (min_, True)


def test_a_lead_settles_what_she_saw():
    hao, yun = said(1, "delivered", by="hao"), said(2, "nobody", by="yun")
    mei = said(3, "nobody", by="mei", seen=2, source="lead")
    assert rules.fold([hao, yun, mei]) == (mei, False)


def test_a_mark_that_the_lead_had_not_seen_opens_it_again():
    hao = said(1, "delivered", by="hao")
    mei = said(3, "nobody", by="mei", seen=1, source="lead")
    yun = said(4, "refused", by="yun", seen=1)
    assert rules.fold([hao, mei, yun]).disputed


def test_a_household_disputes_without_changing_what_was_marked():
    hao, sun = said(1), said(2, "not_received", by="sun", source="resident", seen=1)
    assert rules.fold([hao, sun]) == (hao, True)


def test_a_household_alone_is_a_disagreement_about_nothing():
    sun = said(1, "not_received", by="sun", source="resident")
    assert rules.fold([sun]) == (None, True)


def test_only_a_lead_who_read_the_claim_answers_it():
    hao, sun = said(1), said(2, "not_received", by="sun", source="resident", seen=1)
    again = said(3, by="hao", seen=2)
    unread = said(4, by="mei", seen=1, source="lead")
    read = said(5, by="mei", seen=4, source="lead")
    assert rules.fold([hao, sun, again]).disputed
    assert rules.fold([hao, sun, unread]).disputed
    assert not rules.fold([hao, sun, again, read]).disputed


# Items


@pytest.mark.parametrize("key", [one.key for one in DELIVERY.answers])
@given(due=st.integers(1, 1000), count=st.none() | st.integers(-5, 1100))
def test_given_and_owed_are_never_below_zero_or_above_what_is_due(key, due, count):
    answer = DELIVERY.answer(key)
    try:
        given_, owed = rules.items(answer, due, count)
    except Refused:
        short = answer.counted
        assert (count is None and short) or (
            count is not None and not (1 if short else 0) <= count <= due
        )
        return
    assert 0 <= given_ <= due
    assert 0 <= owed <= due
    assert given_ + owed in {0, due}


@pytest.mark.parametrize(
    ("key", "given_", "owed"),
    [("delivered", 5, 0), ("at_door", 5, 0), ("nobody", 0, 0), ("refused", 0, 0), ("owed", 3, 2)],
)
def test_items_case_by_case(key, given_, owed):
    count = 2 if key == "owed" else None
    assert rules.items(DELIVERY.answer(key), 5, count) == (given_, owed)


def test_owing_everything_gives_nothing():
    assert rules.items(DELIVERY.answer("owed"), 5, 5) == (0, 5)


def test_finished_is_what_leaves_nothing_to_do():
    done = {one.key for one in DELIVERY.answers if rules.finished(one)}
    assert done == {"delivered", "at_door", "refused"}
    assert not rules.finished(None)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_offers_distinct_answers_and_first_the_one_for_a_tap(kind):
    keys = [one.key for one in kind.answers]
    assert len(set(keys)) == len(keys)
    assert rules.NOT_RECEIVED not in keys
    assert not kind.answers[0].counted
    assert all(len(key) <= 16 for key in keys)


# Sums


def sums(**known):
    return Sums(**{
        "came_in": 0, "carried": 0, "back": 0, "due": 0, "given": 0, "owed": 0, "again": 0,
        "declined": 0, "unmarked": 0,
    } | known)  # fmt: skip


def test_what_adds_up_differs_in_nothing():
    assert rules.differences(sums(came_in=10, carried=10, due=10, given=10)) == {}
    assert rules.differences(sums(due=10, given=8, declined=2)) == {}
    assert (
        rules.differences(sums(came_in=10, carried=10, back=2, due=10, given=8, declined=2)) == {}
    )


@pytest.mark.parametrize(
    ("known", "difference"),
    [
        ({"due": 10, "given": 7, "owed": 3}, {"not_given": 3}),
        ({"due": 10, "given": 10, "came_in": 9}, {"not_counted_in": 1}),
        ({"due": 10, "given": 10, "came_in": 10, "carried": 12},
         {"carried_not_in": 2, "carried_not_given": 2}),
        ({"due": 10, "given": 10, "carried": 8}, {"given_not_carried": 2}),
        ({"due": 10, "given": 10, "carried": 12, "back": 2}, {}),
        ({"due": 10, "given": 10, "disputed_doors": 1}, {"disputed_doors": 1}),
    ],
)  # fmt: skip
def test_each_difference_is_named_by_what_it_means(known, difference):
    assert rules.differences(sums(**known)) == difference


def test_a_small_round_that_counts_only_at_doors_need_not_count_elsewhere():
    assert rules.differences(sums(due=10, given=10)) == {}


# Status


CHANGES = [
    Change(100, 1, OPEN),
    Change(200, 2, PAUSED),
    Change(300, 3, OPEN),
    Change(400, 4, CLOSED),
]


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (0, PLANNED), (99, PLANNED), (100, OPEN), (199, OPEN), (200, PAUSED), (299, PAUSED),
        (300, OPEN), (399, OPEN), (400, CLOSED), (10**15, CLOSED),
    ],
)  # fmt: skip
def test_a_rounds_status_is_what_it_was_at_the_moment(moment, status):
    assert rules.status_at(CHANGES, moment) == status


@given(st.permutations(CHANGES), st.integers(0, 500))
def test_its_changes_may_be_known_in_any_order(changes, moment):
    assert rules.status_at(changes, moment) == rules.status_at(CHANGES, moment)


def test_of_two_changes_at_one_moment_the_later_counts():
    assert rules.status_at([Change(5, 2, PAUSED), Change(5, 1, OPEN)], 5) == PAUSED


@pytest.mark.parametrize("status", [PLANNED, OPEN, PAUSED, CLOSED])
@pytest.mark.parametrize("wanted", [OPEN, PAUSED, CLOSED])
def test_every_step_is_allowed_or_refused_in_words(status, wanted):
    if wanted in MAY_BECOME[status]:
        rules.must_be_able_to_become(status, wanted)
    else:
        with pytest.raises(Refused) as refused:
            rules.must_be_able_to_become(status, wanted)
        assert refused.value.words.text


@pytest.mark.parametrize("status", [PLANNED, PAUSED, CLOSED])
def test_only_an_open_round_takes_marks(status):
    rules.must_be_open(OPEN)
    with pytest.raises(Refused):
        rules.must_be_open(status)


# Assignments


@pytest.mark.parametrize(
    ("low", "high", "level", "theirs"),
    [
        (None, None, 1, True), (None, None, -2, True), (3, None, 3, True), (3, None, 2, False),
        (None, 3, 3, True), (None, 3, 4, False), (2, 4, 3, True), (2, 4, 5, False), (2, 2, 2, True),
    ],
)  # fmt: skip
def test_a_part_is_from_floor_to_floor_with_both(low, high, level, theirs):
    assert Assigned("hao", 1, low, high, 0, None).covers(level, 10) is theirs


@pytest.mark.parametrize(
    ("moment", "theirs"), [(99, False), (100, True), (199, True), (200, False), (201, False)]
)
def test_it_is_theirs_from_when_it_was_given_up_to_when_it_was_taken(moment, theirs):
    assert Assigned("hao", 1, None, None, 100, 200).covers(1, moment) is theirs


# Sharing

estates = st.dictionaries(st.integers(1, 500), st.integers(1, 80), min_size=1, max_size=60)
teams = st.lists(st.integers(0, 100).map(str), min_size=1, max_size=12, unique=True)


@given(estates, teams)
def test_every_stairwell_goes_to_exactly_one_of_them(doors, people):
    shared = rules.share_evenly(doors, people)
    assert shared.keys() == doors.keys()
    assert set(shared.values()) <= set(people)


def loads_of(doors, shared, people, carried=None):
    loads = {person: (carried or {}).get(person, 0) for person in people}
    for stairwell, person in shared.items():
        loads[person] += doors[stairwell]
    return loads


@given(estates, teams)
def test_nobody_carries_more_than_a_stairwell_above_their_share(doors, people):
    loads = loads_of(doors, rules.share_evenly(doors, people), people)
    assert max(loads.values()) <= sum(doors.values()) / len(people) + max(doors.values())


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 80))
def test_equal_stairwells_are_shared_to_within_one(stairwells, people, size):
    doors, team = dict.fromkeys(range(stairwells), size), [str(n) for n in range(people)]
    loads = loads_of(doors, rules.share_evenly(doors, team), team)
    assert max(loads.values()) - min(loads.values()) <= size


def test_a_block_of_towers_and_walk_ups_leaves_nobody_idle():
    doors = {n: (12, 12, 44, 72, 12)[n % 5] for n in range(169)}
    team = [str(n) for n in range(40)]
    loads = loads_of(doors, rules.share_evenly(doors, team), team)
    fair = sum(doors.values()) / len(team)
    assert min(loads.values()) >= fair - 72
    assert max(loads.values()) <= fair + 72


@given(estates, teams)
def test_everybody_gets_neighbours(doors, people):
    """Each person's stairwells follow one another in walking order: nobody crosses the block."""
    walk = list(rules.share_evenly(doors, people).values())
    turns = sum(one != other for one, other in pairwise(walk))
    assert turns == len(set(walk)) - 1


@given(estates, teams, st.data())
def test_who_carries_most_already_is_asked_last(doors, people, data):
    carried = {person: data.draw(st.integers(0, 200)) for person in people}
    shared = rules.share_evenly(doors, people, carried)
    assert shared.keys() == doors.keys()
    loads = loads_of(doors, shared, people, carried)
    asked = set(shared.values())
    for person in set(people) - asked:
        assert all(carried[person] >= carried[other] for other in asked)
        assert carried[person] + max(doors.values()) >= min(loads[other] for other in asked)


def test_of_three_the_one_who_has_a_tower_is_left_out_and_the_others_share():
    doors = dict.fromkeys(range(6), 10)
    shared = rules.share_evenly(doors, ["hao", "yun", "min"], {"min": 100})
    assert loads_of(doors, shared, ["hao", "yun", "min"]) == {"hao": 30, "yun": 30, "min": 0}


def test_six_equal_stairwells_are_two_each():
    shared = rules.share_evenly(dict.fromkeys(range(1, 7), 20), ["a", "b", "c"])
    assert list(shared.values()) == ["a", "a", "b", "b", "c", "c"]


def test_who_carries_a_tower_gets_nothing_more():
    shared = rules.share_evenly({1: 12, 2: 12}, ["hao", "yun"], {"hao": 72})
    assert set(shared.values()) == {"yun"}


def test_with_nobody_to_share_among_nobody_gets_anything():
    assert rules.share_evenly({1: 10}, []) == {}
