"""An operation happens once, however often, by however many ways and at once it arrives."""

import asyncio

import pytest
from sqlalchemy import select

from server.ids import uuid7
from server.oplog.apply import REUSED
from server.oplog.tables import operations, payloads
from tests.oplog.kinds import added
from tests.support.told import outcomes, words

pytestmark = pytest.mark.usefixtures("adding")


def asked(told, actor="hao", *, op_id=None, kind="tests.add", **data):
    return told.envelope(actor, kind, data, id=op_id, seen=0)


def history(told):
    return told.rows(select(operations).order_by(operations.c.seq))


def test_a_repeat_gets_the_answer_of_the_first_time(told):
    one = asked(told, number=7)
    [first], [second] = told.apply("hao", [one]), told.apply("hao", [one])
    assert (first.outcome, first.repeat, first.subject) == ("applied", False, "/added/7")
    assert (second.outcome, second.repeat) == ("applied", True)
    assert (second.seq, second.subject, second.message) == (first.seq, first.subject, None)
    assert added(told) == 7
    assert len(history(told)) == 1


@pytest.mark.parametrize(("do", "outcome"), [("refuse", "refused"), ("stale", "stale"),
                                             ("break", "failed")])  # fmt: skip
def test_what_was_not_applied_is_not_tried_again_by_itself(told, do, outcome):
    one = asked(told, do=do)
    [first], [second] = told.apply("hao", [one]), told.apply("hao", [one])
    assert (first.outcome, second.outcome) == (outcome, outcome)
    assert (second.repeat, second.message) == (True, first.message)
    assert added(told) == 0
    assert len(history(told)) == 1


def test_a_batch_that_is_sent_again_after_a_lost_reply_changes_nothing(told):
    batch = [asked(told, number=n) for n in range(1, 6)]
    first, second = told.apply("hao", batch), told.apply("hao", batch)
    assert [one.seq for one in first] == [one.seq for one in second]
    assert all(one.repeat for one in second)
    assert added(told) == 15


def test_half_a_batch_that_arrived_before_is_not_applied_twice(told):
    batch = [asked(told, number=n) for n in range(1, 6)]
    told.apply("hao", batch[:3])
    answers = told.apply("hao", batch)
    assert [one.repeat for one in answers] == [True, True, True, False, False]
    assert [one.id for one in answers] == [one.id for one in batch]
    assert added(told) == 15


def test_the_same_operation_twice_in_one_batch_is_one(told):
    one = asked(told, number=3)
    first, second = told.apply("hao", [one, one])
    assert (first.repeat, second.repeat) == (False, True)
    assert (first.outcome, first.seq) == (second.outcome, second.seq)
    assert added(told) == 3
    assert len(history(told)) == 1


def test_one_that_is_refused_twice_in_one_batch_is_refused_with_the_same_words(told):
    one = asked(told, do="refuse")
    first, second = told.apply("hao", [one, one])
    assert outcomes([first, second]) == ["refused", "refused"]
    assert first.message == second.message


# The same id for something else


def test_the_same_id_with_other_content_is_refused_and_recorded(told):
    first = asked(told, number=1)
    told.apply("hao", [first])
    [answer] = told.apply("hao", [asked(told, op_id=first.id, number=100)])
    assert (answer.id, answer.outcome, words(answer)) == (first.id, "refused", REUSED)
    assert added(told) == 1
    applied, refused = history(told)
    assert (applied.id, applied.outcome) == (first.id, "applied")
    assert (refused.outcome, refused.actor) == ("refused", told.world.hao)
    assert refused.id != first.id
    kept = told.rows(select(payloads.c.body).where(payloads.c.seq == refused.seq))
    assert any(b"100" in bytes(body) for (body,) in kept)


def test_sending_the_reused_id_again_records_it_once(told):
    first = asked(told, number=1)
    told.apply("hao", [first])
    other = asked(told, op_id=first.id, number=100)
    answers = [told.apply("hao", [other])[0] for _ in range(3)]
    assert outcomes(answers) == ["refused"] * 3
    assert len(history(told)) == 2


def test_an_id_reused_within_one_batch_is_refused_the_second_time(told):
    first = asked(told, number=1)
    other = asked(told, op_id=first.id, number=100)
    answers = told.apply("hao", [first, other, first, other])
    assert outcomes(answers) == ["applied", "refused", "applied", "refused"]
    assert added(told) == 1


@pytest.mark.parametrize("changed", ["kind", "actor", "version", "spacing"])
def test_other_content_is_any_other_content(told, changed):
    one = asked(told, number=1)
    told.apply("hao", [one])
    body = {"number": 1}
    actor, kind, v = "hao", "tests.add", 1
    if changed == "kind":
        kind = "tests.add_many"
    if changed == "actor":
        actor = "yun"
    if changed == "version":
        v = 2
    data = b'{ "number": 1 }' if changed == "spacing" else body
    other = told.envelope(actor, kind, data, id=one.id, v=v, seen=0)
    [answer] = told.apply(actor, [other])
    assert (answer.outcome, words(answer)) == ("refused", REUSED)
    assert added(told) == 1


# Who may hear


def test_somebody_else_who_sends_it_hears_nothing_of_it(told):
    one = asked(told, number=1, do="refuse")
    told.apply("hao", [one])
    [answer] = told.apply("yun", [one])
    assert (answer.outcome, words(answer), answer.repeat) == ("refused", REUSED, False)
    assert answer.subject is None


def test_who_carried_it_hears_what_came_of_it(told):
    one = asked(told, number=1)
    [first] = told.apply("hao", [one], carrier="yun")
    assert first.outcome == "applied"
    [row] = history(told)
    assert (row.actor, row.carrier) == (told.world.hao, told.world.yun)
    for sender in ("yun", "hao"):
        [again] = told.apply(sender, [one])
        assert (again.outcome, again.repeat) == ("applied", True)


def test_an_id_of_another_community_is_another_id(told):
    """Ids are made on devices: two communities may hold the same one."""
    one = asked(told, number=1)
    told.apply("hao", [one])
    there = told.envelope("bo", "tests.add", {"number": 5}, id=one.id, seen=0)
    [answer] = told.apply("bo", [there])
    assert (answer.outcome, answer.repeat) == ("applied", False)
    assert added(told) == 1


# At once


@pytest.mark.parametrize("times", [2, 20])
def test_one_batch_sent_many_times_at_once_happens_once(told, times):
    batch = [asked(told, number=n) for n in range(1, 4)]

    async def send():
        arrived = [told.received("hao", batch) for _ in range(times)]
        return await asyncio.gather(*(told.hub.apply(one) for one in arrived))

    answers = [one.answers for one in told.wait(send())]
    assert {tuple(outcomes(one)) for one in answers} == {("applied",) * 3}
    assert len({tuple(answer.seq for answer in one) for one in answers}) == 1
    assert sum(not answer.repeat for one in answers for answer in one) == 3
    assert added(told) == 6


def test_eighty_phones_at_once_are_all_heard(told):
    async def send():
        batches = [
            told.received("hao" if n % 2 else "yun", [asked(told, "hao" if n % 2 else "yun")])
            for n in range(80)
        ]
        return await asyncio.gather(*(told.hub.apply(one) for one in batches))

    answers = [answer for one in told.wait(send()) for answer in one.answers]
    assert outcomes(answers) == ["applied"] * 80
    assert len({one.seq for one in answers}) == 80
    assert added(told) == 80


def test_overlapping_batches_at_once_apply_each_operation_once(told):
    every = [asked(told, number=1, op_id=uuid7(told.now)) for _ in range(12)]

    async def send():
        parts = [told.received("hao", every[start : start + 6]) for start in range(0, 7)]
        parts += [told.received("hao", every[::-1])]
        return await asyncio.gather(*(told.hub.apply(one) for one in parts))

    told.wait(send())
    assert added(told) == 12
    assert len(history(told)) == 12
