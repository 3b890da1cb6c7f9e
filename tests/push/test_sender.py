"""Calls reach phones once, whatever push services do, and nothing ends that should not."""

import asyncio
import time

import pytest
from sqlalchemy import select, update

from server import clock
from server.p256 import SigningKey
from server.push import alarms, keys, lanes, post, sender
from server.push.tables import deliveries
from tests.push.conftest import BASE
from tests.support.push_service import CLOSE, HANG, Answer, PushService


@pytest.fixture
def impatient(monkeypatch):
    """Services have a second to answer, and half of one until they count as hanging."""
    monkeypatch.setattr(post, "PATIENCE", 1.0)
    monkeypatch.setattr(sender, "PATIENCE", 1.0)
    monkeypatch.setattr(lanes, "SILENCE", 0.3)


def test_a_call_reaches_every_phone_of_everybody_it_is_for(pushing):
    suns, haos = [pushing.phone("sun"), pushing.phone("sun")], pushing.phone("hao")
    stranger = pushing.phone("yun")
    notice = pushing.announce("sun", "hao")
    pushing.send()
    assert [len(phone.calls) for phone in (*suns, haos, stranger)] == [1, 1, 1, 0]
    assert pushing.service.wrong == []
    assert pushing.results() == {"sent": 3}
    assert pushing.reached(notice) == {"sun": pushing.told.now, "hao": pushing.told.now}


def test_a_call_says_what_the_notice_says_and_leads_to_it(pushing):
    phone = pushing.phone("sun")
    notice = pushing.announce("sun", urgency="urgent", asks="coming", title="下楼核酸")
    pushing.send()
    [call] = phone.calls
    shown = call.message["notification"]
    assert call.message["web_push"] == 8030
    assert call.message["app_badge"] == 1
    assert (shown["title"], shown["lang"]) == ("下楼核酸", "zh-Hans")
    assert shown["navigate"] == f"{BASE}/notices/{notice}"
    assert shown["tag"] == notice
    assert shown["require_interaction"] is True
    assert [one["action"] for one in shown["actions"]] == ["coming", "cannot"]
    assert call.headers["Urgency"] == "high"
    assert int(call.headers["TTL"]) == 3600
    assert call.claims["sub"] == BASE
    assert notice not in str(call.headers)


def test_everybody_reads_their_own_language(pushing):
    sun, hao = pushing.phone("sun"), pushing.phone("hao")
    pushing.speaks("hao", "en")
    content = {
        "title": {"typed": {"zh-Hans": "下楼", "en": "Come down"}},
        "body": {"typed": {"zh-Hans": "现在", "en": "Now"}},
    }
    pushing.announce("sun", "hao", content=content)
    pushing.send()
    assert sun.calls[0].message["notification"]["title"] == "下楼"
    assert hao.calls[0].message["notification"]["title"] == "Come down"


def test_the_badge_counts_what_waits_for_an_answer(pushing):
    phone = pushing.phone("sun")
    answered = pushing.announce("sun")
    pushing.change_reach(answered, "sun", answered_at=pushing.told.now, answer="read")
    pushing.announce("sun", queue=False)
    pushing.announce("sun")
    pushing.send()
    assert [call.message["app_badge"] for call in phone.calls] == [2]


def test_calls_of_one_notice_have_one_topic_and_those_of_another_another(pushing):
    phones = [pushing.phone("sun"), pushing.phone("hao")]
    pushing.announce("sun", "hao")
    pushing.announce("sun")
    pushing.send()
    topics = [{call.headers["Topic"] for call in phone.calls} for phone in phones]
    assert len(topics[0]) == 2
    assert topics[1] < topics[0]


def test_sending_again_sends_nothing(pushing):
    phone = pushing.phone("sun")
    notice = pushing.announce("sun")
    pushing.send()
    pushing.queue(notice)
    pushing.send()
    assert len(phone.calls) == 1


def test_a_ring_that_is_repeated_rings_again(pushing):
    phone = pushing.phone("sun")
    notice = pushing.announce("sun")
    pushing.send()
    pushing.change(notice, rang=2)
    pushing.queue(notice)
    pushing.send()
    assert [call.message["notification"]["data"]["rang"] for call in phone.calls] == [1, 2]


@pytest.mark.parametrize(
    ("change", "result"),
    [({"withdrawn_at": 1}, "withdrawn"), ({"until": 2}, "late"), ({"rang": 2}, "withdrawn")],
    ids=str,
)
def test_what_is_over_is_not_sent(pushing, change, result):
    phone = pushing.phone("sun")
    notice = pushing.announce("sun")
    pushing.change(notice, **change)
    pushing.send()
    assert phone.calls == []
    assert pushing.results() == {result: 1}
    assert pushing.in_force()


@pytest.mark.parametrize("how", ["answered_at", "told_at"])
def test_who_answered_or_was_told_meanwhile_is_not_called(pushing, how):
    phone = pushing.phone("sun")
    notice = pushing.announce("sun")
    pushing.change_reach(notice, "sun", **{how: pushing.told.now})
    pushing.send()
    assert phone.calls == []
    assert pushing.results() == {"withdrawn": 1}


# What services answer


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_ends_and_only_that_one(pushing, status):
    gone, there = pushing.phone("sun"), pushing.phone("sun")
    pushing.service.answer = lambda phone: Answer(status if phone is gone else 201)
    pushing.announce("sun")
    pushing.send()
    assert pushing.results() == {"gone": 1, "sent": 1}
    [left] = pushing.in_force()
    assert left.endpoint == there.endpoint
    [ended] = [row for row in pushing.subscriptions() if row.ended_at is not None]
    assert ended.why == "gone"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 413, 429, 500, 503, CLOSE])
def test_no_other_answer_ends_a_subscription(pushing, status):
    pushing.phone("sun")
    pushing.service.answers(status)
    notice = pushing.announce("sun")
    pushing.send()
    assert len(pushing.in_force()) == 1
    assert pushing.reached(notice) == {"sun": None}


def test_a_service_that_answers_403_to_everybody_alarms_and_costs_nobody_anything(pushing):
    told = pushing.told
    phones = [pushing.phone(who) for who in ("sun", "hao", "yun", "min", "qian", "mei")]
    pushing.service.answers(403, "bad key")
    pushing.announce("sun", "hao", "yun", "min", "qian", "mei")
    pushing.send()
    assert len(pushing.in_force()) == 6
    assert pushing.results() == {None: 6}
    [(origin, alarm)] = told.read(alarms.standing).items()
    assert (origin, alarm.status, alarm.said) == (pushing.service.origin, 403, "bad key")
    pushing.service.answers(201)
    pushing.sender._lanes.clear()
    told.later(minutes=20)
    pushing.send()
    assert {len(phone.calls) for phone in phones} == {1}
    assert told.read(alarms.standing) == {}


def test_a_redirect_is_not_followed(pushing):
    with PushService() as elsewhere:
        phone = pushing.phone("sun")
        elsewhere.phones.update(pushing.service.phones)
        pushing.service.answers(307, Location=phone.endpoint.replace(
            str(pushing.service.port), str(elsewhere.port)))  # fmt: skip
        pushing.announce("sun")
        pushing.send()
        assert (pushing.service.asked, elsewhere.asked) == (1, 0)
        assert pushing.results() == {None: 1}


def test_a_message_that_is_refused_is_not_sent_again_and_alarms(pushing):
    pushing.phone("sun")
    pushing.service.answers(413)
    pushing.announce("sun")
    pushing.send()
    assert pushing.results() == {"refused": 1}
    assert pushing.told.read(alarms.standing)[pushing.service.origin].status == 413


def test_one_who_asks_for_patience_is_given_it(pushing):
    phone = pushing.phone("sun")
    pushing.service.answers(429, Retry_After="120")
    pushing.announce("sun")
    pushing.send()
    [row] = pushing.deliveries()
    assert row.due_at == pushing.told.now + 120 * clock.SECOND
    assert row.attempts == 1
    pushing.service.answers(201)
    pushing.sender._lanes.clear()
    pushing.told.later(minutes=1)
    pushing.send()
    assert phone.calls == []
    pushing.told.later(minutes=1)
    pushing.send()
    assert len(phone.calls) == 1


def test_while_it_asks_for_patience_nothing_else_is_sent_to_it(pushing):
    for who in ("sun", "hao", "yun", "min"):
        pushing.phone(who)
    pushing.service.answers(429, Retry_After="120")
    pushing.announce("sun")
    pushing.send()
    pushing.announce("hao", "yun", "min")
    pushing.send()
    assert pushing.service.asked == 1
    assert pushing.results() == {None: 4}


def test_what_fails_is_tried_until_the_notice_is_over(pushing):
    phone = pushing.phone("sun")
    pushing.service.answers(500)
    pushing.announce("sun")
    for _ in range(20):
        pushing.sender._lanes.clear()
        pushing.send()
        pushing.told.later(minutes=6)
    assert phone.calls == []
    assert pushing.results() == {"late": 1}
    assert 3 < pushing.service.asked < 15
    assert len(pushing.in_force()) == 1


def test_a_notice_without_an_end_is_not_tried_for_ever(pushing):
    pushing.phone("sun")
    pushing.service.answers(500)
    pushing.announce("sun", until=None)
    pushing.told.execute(update(deliveries).values(attempts=40))
    pushing.send()
    assert pushing.results() == {"late": 1}


def test_a_service_that_hangs_holds_up_nobody_else(impatient, pushing, monkeypatch):
    monkeypatch.setattr(post, "PATIENCE", 5.0)
    monkeypatch.setattr(sender, "PATIENCE", 5.0)
    with PushService() as hanging:
        pushing.sender._services = pushing.sender._services.__class__(
            also=frozenset({pushing.service.origin, hanging.origin})
        )
        hanging.answers(HANG)
        for _ in range(20):
            pushing.phone("sun", service=hanging)
        phones = [pushing.phone("hao") for _ in range(20)]
        elsewhere = pushing.phone("bo")
        pushing.announce("sun")
        pushing.announce("hao")
        pushing.announce("bo")
        pushing.told.wait(_until(pushing, lambda: elsewhere.calls and all(p.calls for p in phones)))
        assert pushing.sender._held, "they were sent only after it had been given up"
        pushing.told.wait(_until(pushing, lambda: not pushing.sender._held))
        assert hanging.most_at_once <= lanes.NARROWEST
        assert len(pushing.in_force()) == 41
        assert pushing.results() == {"sent": 21, None: 20}


async def _until(pushing, there):
    """Let the sender work until something is so."""
    give_up = time.monotonic() + 20
    while not there():
        assert time.monotonic() < give_up
        await pushing.sender.take()
        await pushing.sender._record()
        await asyncio.sleep(0.005)


def test_a_name_that_has_turned_private_since_is_not_called(make_pushing, push_service):
    pushing = make_pushing(push_service, push_also=())
    for name in ("localhost", "127.0.0.1", "[::1]"):
        phone = push_service.phone(pushing.key.public)
        phone.endpoint = f"https://{name}/send/p0?v=%2F1"
        pushing.keep("sun", phone)
    pushing.announce("sun")
    pushing.send()
    assert push_service.asked == 0
    assert len(pushing.in_force()) == 3
    assert pushing.results() == {None: 3}
    assert "private" in str(pushing.told.read(alarms.standing)["https://localhost"])


def test_a_relay_is_posted_to_and_the_signature_stays_for_the_service(make_pushing, push_service):
    origin = "https://push.example.org"
    push_service.audiences.add(origin)
    pushing = make_pushing(push_service, push_also=(), push_relays=((origin, push_service.origin),))
    phone = pushing.phone("sun", origin=origin)
    pushing.announce("sun")
    pushing.send()
    assert [call.claims["aud"] for call in phone.calls] == [origin]
    assert push_service.wrong == []


# Keys


def test_a_subscription_is_called_with_the_key_it_was_made_with(pushing):
    old = pushing.phone("sun")
    new_key = pushing.told.write(keys.rotate)
    new = pushing.phone("sun", key=new_key)
    pushing.announce("sun")
    pushing.send()
    assert [len(old.calls), len(new.calls)] == [1, 1]
    assert pushing.service.wrong == []
    assert pushing.told.read(keys.in_use) == {pushing.key.id: 1, new_key.id: 1}


def test_a_key_that_is_missing_alarms(pushing):
    phone = pushing.service.phone(pushing.key.public)
    pushing.keep("sun", phone, SigningKey.new())
    pushing.announce("sun")
    pushing.send()
    assert len(pushing.in_force()) == 1
    assert "missing" in pushing.told.read(alarms.standing)[pushing.service.origin].said


# Several senders, and those that die


def test_what_a_dead_sender_had_taken_is_sent_once_its_lease_is_over(pushing):
    phone = pushing.phone("sun")
    pushing.announce("sun")
    now = pushing.told.now
    pushing.told.write(sender.ledger.claim, now, now + sender.LEASE, 10)
    pushing.send()
    assert phone.calls == []
    pushing.told.later(minutes=1)
    pushing.send()
    assert len(phone.calls) == 1


def test_on_sqlite_a_new_process_need_not_wait_for_a_lease(pushing):
    phone = pushing.phone("sun")
    pushing.announce("sun")
    now = pushing.told.now
    pushing.told.write(sender.ledger.claim, now, now + sender.LEASE, 10)
    pushing.others.append(pushing.new_sender())
    pushing.send()
    assert len(phone.calls) == (1 if pushing.told.database.single_process else 0)


def test_several_senders_share_the_work(pushing):
    phones = [pushing.phone(who) for who in ("sun", "hao", "yun", "min") for _ in range(20)]
    pushing.others += [pushing.new_sender(), pushing.new_sender()]
    pushing.announce("sun", "hao", "yun", "min")

    async def together():
        senders = (pushing.sender, *pushing.others)
        await asyncio.gather(*(one.send_due() for one in senders))

    pushing.told.wait(together())
    assert {len(phone.calls) for phone in phones} == {1}
    assert pushing.results() == {"sent": 80}


def test_a_sender_that_is_stopped_gives_back_what_it_did_not_send(impatient, pushing):
    pushing.service.answers(HANG)
    for _ in range(12):
        pushing.phone("sun")
    pushing.announce("sun")

    async def take_and_stop():
        await pushing.sender.take()
        await pushing.sender.close()

    pushing.told.wait(take_and_stop())
    rows = pushing.told.rows(select(deliveries.c.leased_until, deliveries.c.done_at))
    assert {row.done_at for row in rows} == {None}
    assert sum(row.leased_until is None for row in rows) >= 8


def test_pages_hear_of_it(pushing):
    pushing.phone("sun")
    notice = pushing.announce("sun")
    heard = []
    pushing.told.hub.live.tell = lambda community, seq, topics: heard.append((community, topics))
    pushing.send()
    assert heard == [(pushing.told.world.community, {f"notice:{notice}"})]


def test_what_is_over_does_not_hold_up_what_comes_after_it(pushing, monkeypatch):
    monkeypatch.setattr(sender, "BATCH", 2)
    for _ in range(9):
        pushing.phone("sun")
    phone = pushing.phone("hao")
    over = pushing.announce("sun")
    pushing.told.later(minutes=1)
    pushing.announce("hao")
    pushing.change(over, withdrawn_at=pushing.told.now)
    assert pushing.told.wait(pushing.sender.take())
    pushing.send()
    assert len(phone.calls) == 1
    assert pushing.results() == {"withdrawn": 9, "sent": 1}


def test_a_sender_that_runs_sends_what_is_queued_and_stops(pushing):
    phones = [pushing.phone("sun") for _ in range(5)]

    pushing.told.wait(pushing.sender.start())
    pushing.announce("sun")

    async def until_sent_and_stopped():
        pushing.sender.wake()
        give_up = time.monotonic() + 10
        while not all(phone.calls for phone in phones):
            assert time.monotonic() < give_up
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        async with asyncio.timeout(20):
            await pushing.sender.stop()

    pushing.told.wait(until_sent_and_stopped())
    pushing.sender = pushing.new_sender()
    assert pushing.results() == {"sent": 5}


def test_an_announcement_that_is_made_rings_and_one_that_rings_again_replaces(pushing):
    """The whole way: operations, reactions, sender, push service, ledger."""
    told = pushing.told
    phone = pushing.phone("sun")
    said = {"title": {"zh-Hans": "停水"}, "body": {"zh-Hans": "今晚八点"}, "asks": "coming"}
    made = told.ask("mei", "notice.send", said | {"stairwells": [told.world.walk_up]})
    assert made.outcome == "applied", made
    told.react()
    pushing.send()
    assert [call.message["notification"]["title"] for call in phone.calls] == ["停水"]
    assert pushing.reached(made.id)[f"h{told.world.sun_door}"] is not None
    told.later(minutes=5)
    assert told.ask("mei", "notice.recall", {"notice": made.id}).outcome == "applied"
    told.react()
    pushing.send()
    first, second = phone.calls
    assert first.headers["Topic"] == second.headers["Topic"]
    told.ask("sun", "notice.answer", {"notice": made.id, "answer": "coming"})
    told.ask("mei", "notice.recall", {"notice": made.id})
    told.react()
    pushing.send()
    assert len(phone.calls) == 2
