"""Batches: each item on its own, numbered in the order of commits, its time corrected."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from server import clock
from server.ids import uuid7
from server.oplog import apply as oplog
from server.oplog.apply import FAILED, UNKNOWN_KIND, UNKNOWN_VERSION, UNREADABLE, Received
from server.oplog.envelope import Unreadable
from server.oplog.tables import operations, payloads, reactions
from tests.oplog.kinds import AddMany, added
from tests.support.told import PHONE, outcomes, words
from tests.world import NOON

pytestmark = pytest.mark.usefixtures("adding")


def batch(told, *asked, kind="tests.add", actor="hao", **more):
    return told.apply(actor, [told.envelope(actor, kind, data, **more) for data in asked], **more)


def bodies(told, seq):
    rows = told.rows(select(payloads).where(payloads.c.seq == seq))
    return {row.retention: bytes(row.body) for row in rows}


# No item blocks another


@pytest.mark.parametrize("kind", ["tests.add", "tests.add_many"])
@pytest.mark.parametrize("do", ["break", "break the database"])
def test_one_that_raises_fails_and_the_rest_goes_on(told, kind, do):
    answers = batch(told, {"number": 1}, {"number": 10, "do": do}, {"number": 100}, kind=kind)
    assert outcomes(answers) == ["applied", "failed", "applied"]
    assert words(answers[1]) == FAILED
    assert added(told) == 101
    failed = told.operation(answers[1].id)
    assert (failed.outcome, failed.subject) == ("failed", None)
    assert b"10" in bodies(told, answers[1].seq)["work"]


def test_what_failed_leaves_nothing_behind_not_even_a_reaction(told):
    applied = told.take(
        told.received("hao", [told.envelope("hao", "tests.add", {"number": 1, "do": "break"})])
    )
    assert outcomes(applied.answers) == ["failed"]
    assert told.rows(select(reactions)) == []
    assert not applied.topics


@pytest.mark.parametrize("kind", ["tests.add", "tests.add_many"])
def test_refused_ones_block_nothing(told, kind):
    answers = batch(told, {"number": 1}, {"do": "refuse"}, {"number": 2}, kind=kind)
    assert outcomes(answers) == ["applied", "refused", "applied"]
    assert answers[1].message == {"text": "No, %(name)s.", "params": {"name": "林浩"}}


def test_one_that_comes_too_late_is_stale(told):
    [answer] = batch(told, {"do": "stale"})
    assert (answer.outcome, words(answer)) == ("stale", "Somebody was first.")
    assert added(told) == 0


def test_a_run_is_applied_at_once_and_one_by_one_only_where_that_raises(told):
    batch(told, *[{"number": 1}] * 4, kind="tests.add_many")
    assert AddMany.runs == [4]
    AddMany.runs.clear()
    answers = batch(told, {"number": 1}, {"do": "break"}, {"number": 1}, kind="tests.add_many")
    assert outcomes(answers) == ["applied", "failed", "applied"]
    assert AddMany.runs == [3, 1, 1, 1]
    assert added(told) == 6


def test_neighbours_of_one_kind_are_one_run_and_the_order_between_kinds_is_kept(told):
    kinds = ["tests.add_many"] * 2 + ["tests.add"] + ["tests.add_many"] * 3
    items = [told.envelope("hao", kind, {"number": 1}) for kind in kinds]
    assert outcomes(told.apply("hao", items)) == ["applied"] * 6
    assert AddMany.runs == [2, 3]


def test_answers_come_in_the_order_asked(told):
    every = [{"number": 1}, {"do": "refuse"}, {"do": "break"}, {"number": 2}] * 3
    items = [told.envelope("hao", "tests.add", data) for data in every]
    items.insert(2, Unreadable("what", "nonsense"))
    answers = told.apply("hao", items)
    assert [one.id for one in answers] == [item.id for item in items]


def test_an_empty_batch_is_answered(told):
    assert told.apply("hao", []) == []


# What cannot be read


def test_an_unreadable_item_is_answered_and_blocks_nothing(told):
    one = told.envelope("hao", "tests.add", {"number": 1})
    answers = told.apply("hao", [Unreadable("abc", "Expected `object`"), one])
    assert outcomes(answers) == ["refused", "applied"]
    assert (answers[0].id, words(answers[0])) == ("abc", UNREADABLE)
    assert answers[0].message["params"] == {"reason": "Expected `object`"}


def test_a_kind_nobody_knows_is_kept_no_longer_than_free_text(told):
    [answer] = batch(told, {"number": 1}, kind="tests.unheard_of")
    assert (answer.outcome, words(answer)) == ("refused", UNKNOWN_KIND)
    assert told.operation(answer.id).kind == "tests.unheard_of"
    assert set(bodies(told, answer.seq)) == {"notes"}


def test_another_version_of_a_kind_says_so(told):
    [answer] = batch(told, {"number": 1}, v=2)
    assert (answer.outcome, words(answer)) == ("refused", UNKNOWN_VERSION)


@pytest.mark.parametrize("data", [b"7", b"null", b"[]", b'"text"', b'{"number": "many"}'])
def test_data_of_another_shape_is_refused(told, data):
    [answer] = batch(told, data)
    assert (answer.outcome, words(answer)) == ("refused", UNREADABLE)
    assert told.operation(answer.id).outcome == "refused"


def test_fields_of_tomorrows_app_are_let_by(told):
    [answer] = batch(told, {"number": 1, "colour": "red"})
    assert answer.outcome == "applied"


# Numbers


def test_numbers_are_unique_and_in_the_order_of_commits(told):
    answers = [*batch(told, {}, {}, {}), *batch(told, {}), *batch(told, {"do": "break"}, {})]
    numbers = [one.seq for one in answers]
    assert numbers == sorted(set(numbers))
    assert told.seq() >= max(numbers)


def test_each_community_counts_for_itself(told):
    before = told.seq(told.world.elsewhere)
    batch(told, {}, {}, {})
    assert told.seq(told.world.elsewhere) == before
    [answer] = batch(told, {}, actor="bo")
    assert answer.seq == before + 1


def test_a_transaction_that_is_rolled_back_gives_its_numbers_back(told):
    before = told.seq()
    arrived = told.received("hao", [told.envelope("hao", "tests.add", {"number": 1})])

    def run(connection):
        oplog.apply(connection, arrived, lambda *_: {}, b"key")
        raise LookupError("the power goes")

    with pytest.raises(LookupError):
        told.write(run)
    assert told.seq() == before
    assert told.rows(select(operations)) == []


# What is recorded


def test_an_operation_says_who_when_with_what_and_in_which_group(told):
    group, made = uuid7(), told.now
    told.later(minutes=3)
    [answer] = batch(told, {"number": 1}, group=group, made=made, seen=0)
    row = told.operation(answer.id)
    assert (row.kind, row.v, row.actor, row.carrier) == ("tests.add", 1, told.world.hao, None)
    assert (row.device, row.group_id, row.seen) == (PHONE, group, 0)
    assert (row.made_at, row.corrected_at) == (made, made)
    assert row.received_at == made + 3 * clock.MINUTE
    assert (row.settled_by, len(bytes(row.digest))) == (None, 16)


def test_each_retention_class_has_a_row_of_its_own(told):
    [answer] = batch(told, {"number": 4, "note": "private", "secret": "very"})
    assert bodies(told, answer.seq) == {
        "work": b'{"number":4}', "notes": b'{"note":"private"}', "secrets": b'{"secret":"very"}',
    }  # fmt: skip


def test_content_without_notes_stays_as_it_came(told):
    [answer] = batch(told, b'{ "number" : 4 }')
    assert bodies(told, answer.seq) == {"work": b'{ "number" : 4 }'}


def test_two_contents_have_two_digests_and_the_key_matters(told):
    first, second = batch(told, {"number": 1}, {"number": 2})
    digests = {bytes(told.operation(one.id).digest) for one in (first, second)}
    assert len(digests) == 2
    told.hub._key = b"another key"
    [third] = batch(told, {"number": 1})
    assert bytes(told.operation(third.id).digest) not in digests


def test_topics_tell_which_pages_are_out_of_date(told):
    items = [told.envelope("hao", "tests.add", {"number": n}) for n in (3, 4)]
    applied = told.take(told.received("hao", items))
    assert applied.topics == {"added:3", "added:4"}
    assert applied.last_seq == told.seq()


# Time


def corrected(told, **when):
    [answer] = batch(told, {}, **when)
    return told.operation(answer.id).corrected_at


def test_a_clock_that_is_wrong_is_corrected_by_what_it_said_when_it_sent(told):
    for ahead in (7 * clock.DAY, -7 * clock.DAY, 90 * clock.SECOND):
        now = told.now
        made = now - clock.HOUR
        assert corrected(told, made=made + ahead, sent=now + ahead) == made


@given(
    made=st.integers(-(10**13), 10**13),
    sent=st.integers(-(10**13), 10**13),
    received=st.integers(0, 10**13),
    seen=st.none() | st.integers(0, 10**13),
)
def test_a_corrected_time_lies_between_what_was_seen_and_the_arrival(made, sent, received, seen):
    correct = oplog._Clock(Received(1, "a", None, received, sent, []))
    found = correct(made, seen)
    assert found <= received
    if seen is not None and seen <= received:
        assert found >= seen
    if seen is None and 0 <= made - (sent - received) <= received:
        assert found == made - (sent - received)


@given(
    times=st.lists(st.integers(0, 10**12), min_size=2, max_size=6, unique=True),
    ahead=st.integers(-(10**12), 10**12),
)
def test_correcting_keeps_the_order_of_what_one_phone_made(times, ahead):
    received = NOON + 10**12
    correct = oplog._Clock(Received(1, "a", None, received, received + ahead, []))
    made = [correct(NOON + one + ahead, None) for one in sorted(times)]
    assert all(one <= other for one, other in itertools.pairwise(made))
