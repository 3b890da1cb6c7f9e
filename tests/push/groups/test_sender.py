"""Announcements stand in chat groups once, whatever services do, and no group waits for another."""

import asyncio

import pytest
from sqlalchemy import select

from server import clock
from server.features.notices.tables import notices
from server.push.groups import sender, unfit
from server.push.groups.sender import TooSoon
from tests.push.groups.conftest import BASE
from tests.support.services import HANG, Answer


@pytest.fixture
def impatient(monkeypatch):
    """Services have half a second to answer."""
    monkeypatch.setattr(sender, "PATIENCE", 0.5)


def test_an_announcement_is_posted_to_the_groups_of_its_places(groups):
    groups.bot("everybody")
    groups.bot("walk-up", place=groups.place("walk_up", "building"))
    groups.bot("tower", place=groups.place("tower", "compound"))
    notice = groups.send()
    groups.post()
    assert sorted(post.path.rpartition("=")[2] for post in groups.services.posts) == [
        "everybody", "walk-up",
    ]  # fmt: skip
    text = groups.services.posts[0].text
    assert text == f"【停水】\n今晚八点\n到 16:00\n{BASE}/notices/{notice}"
    assert groups.posted(notice).posted == groups.posted(notice).groups == 2


def test_a_group_reads_its_own_language(groups):
    groups.bot("here")
    groups.bot("english", language="en")
    groups.send(title={"zh-Hans": "停水", "en": "No water"}, body={})
    groups.post()
    [english] = groups.services.to("english")
    assert english.text.startswith("【No water】\nuntil 16:00\n")
    assert groups.services.to("here")[0].text.startswith("【停水】")


@pytest.mark.parametrize(
    ("address", "path", "text"),
    [
        ("dingtalk://abcd", "/robot/send?access_token=abcd", ("text", "content")),
        ("feishu://abcd", "/open-apis/bot/v2/hook/abcd/", ("content", "text")),
    ],
)
def test_other_services_are_posted_to_as_they_want_it(groups, address, path, text):
    groups.bot(address=address)
    groups.send()
    groups.post()
    [post] = groups.services.posts
    assert post.path == path
    assert post.json[text[0]][text[1]].startswith("【停水】")


def test_posting_again_posts_nothing_and_ringing_again_does(groups):
    groups.bot()
    notice = groups.send()
    groups.post()
    groups.post()
    assert len(groups.services.posts) == 1
    assert groups.told.ask("mei", "notice.recall", {"notice": notice}).outcome == "applied"
    groups.told.react()
    groups.post()
    assert len(groups.services.posts) == 2
    assert groups.posted(notice).groups == 1


def test_what_was_taken_back_is_not_posted(groups):
    groups.bot()
    notice = groups.send()
    groups.told.ask("mei", "notice.withdraw", {"notice": notice})
    groups.post()
    assert groups.services.posts == []
    assert groups.results() == {"withdrawn": 1}


def test_a_group_taken_away_is_not_posted_to(groups):
    channel = groups.bot()
    groups.send()
    told = groups.told
    told.write(sender.channels.take_away, told.person("mei"), channel, told.now)
    groups.post()
    assert groups.services.posts == []
    assert groups.results() == {"gone": 1}
    assert groups.channel(channel).address == ""


# What services answer


def test_a_bot_that_answers_429_for_ten_minutes_is_tried_until_it_takes_it(groups):
    channel = groups.bot()
    notice = groups.send()
    began = groups.told.now
    groups.services.answer = lambda _: (
        Answer(429) if groups.told.now < began + 10 * clock.MINUTE else Answer()
    )
    groups.post()
    [why] = groups.posted(notice).missing
    assert (why.waits, why.why.text) == (True, "the service answers %(number)s")
    assert why.why.params == {"number": "429"}
    for _ in range(25):
        groups.told.later(minutes=1)
        groups.post()
    assert groups.results() == {"sent": 1}
    assert 4 <= len(groups.services.posts) <= 8
    assert groups.channel(channel).failures == 0
    assert groups.posted(notice).missing == ()


def test_retry_after_is_honoured(groups):
    channel = groups.bot()
    groups.send()
    groups.services.answers(429, Retry_After="1500")
    groups.post()
    assert groups.channel(channel).quiet_until >= groups.told.now + 1500 * clock.SECOND
    groups.services.answers(200)
    groups.told.later(minutes=20)
    groups.post()
    assert groups.results() == {None: 1}
    groups.told.later(minutes=6)
    groups.post()
    assert groups.results() == {"sent": 1}


def test_what_no_service_took_until_it_mattered_no_more_is_late(groups):
    groups.bot()
    notice = groups.send()
    groups.services.answers(500)
    for _ in range(50):
        groups.post()
        groups.told.later(minutes=5)
    asked = len(groups.services.posts)
    assert groups.results() == {"late": 1}
    groups.told.later(hours=2)
    groups.post()
    assert len(groups.services.posts) == asked
    assert groups.posted(notice).missing[0].why.text == "could not be posted in time"


def test_wecom_answers_200_and_means_too_often(groups):
    """apprise takes that for success, and the announcement would be lost."""
    channel = groups.bot()
    groups.send()
    groups.services.answers(200, '{"errcode": 45009, "errmsg": "api freq out of limit"}')
    groups.post()
    assert groups.results() == {None: 1}
    assert groups.channel(channel).failed == "code 45009"
    assert groups.channel(channel).quiet_until >= groups.told.now + 40 * clock.SECOND


def test_a_bot_that_is_no_more_is_said_and_tried_at_a_slow_pace(groups):
    channel = groups.bot()
    groups.send()
    groups.services.answers(200, '{"errcode": 93000, "errmsg": "invalid webhook url"}')
    groups.post()
    groups.told.later(minutes=0.2)
    groups.post()
    assert len(groups.services.posts) == 1
    assert groups.channel(channel).failed == "code 93000"
    assert groups.results() == {None: 1}


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_wrong_address_ends_nothing(groups, status):
    channel = groups.bot()
    groups.send()
    groups.services.answers(status)
    groups.post()
    assert groups.results() == {None: 1}
    assert groups.channel(channel).revoked_at is None
    assert groups.channel(channel).failed == f"status {status}"


def test_what_a_service_will_never_take_is_settled_and_silences_nobody(groups):
    channel = groups.bot()
    notice = groups.send()
    groups.services.answers(400)
    groups.post()
    assert groups.results() == {"refused": 1}
    assert groups.posted(notice).missing[0].why.params == {"number": "400"}
    groups.services.answers(200)
    groups.send(title={"zh-Hans": "来水"})
    groups.post()
    assert groups.results() == {"refused": 1, "sent": 1}
    assert groups.channel(channel).failures == 0


def test_a_bot_that_hangs_keeps_no_other_waiting(groups, impatient):
    groups.bot("hangs")
    for number in range(4):
        groups.bot(f"well-{number}")
    groups.services.answer = lambda post: Answer(HANG) if "hangs" in post.path else Answer()
    groups.send()

    async def until_others_have_it():
        sending = asyncio.create_task(groups.sender.send_due())
        for _ in range(500):
            await asyncio.sleep(0.01)
            if len(groups.services.posts) == 4 or sending.done():
                break
        waited = not sending.done()
        await sending
        return waited

    assert groups.told.wait(until_others_have_it())
    assert groups.results() == {"sent": 4, None: 1}
    [why] = [row for row in groups.told.rows(select(sender.ledger.channels)) if row.failures]
    assert (why.name, why.failed) == ("hangs", "silent")


def test_a_service_that_cannot_be_reached_is_said(groups):
    channel = groups.bot()
    groups.send()
    groups.services.close()
    groups.post()
    assert groups.channel(channel).failed == "unreachable"
    assert groups.results() == {None: 1}


def test_nothing_is_sent_to_a_private_address_whatever_dns_says(groups):
    """The name is public when it is added; here it leads to this machine."""
    groups.settings = groups.settings.__class__(base_url=BASE)
    groups.others.append(groups.sender)
    groups.sender = groups.new_sender()
    port = groups.services.origin.rpartition(":")[2]
    channel = groups.bot(address=f"json://localhost:{port}/hook")
    groups.send()
    groups.post()
    assert groups.services.posts == []
    assert groups.channel(channel).failed == "private"


# Pace


def test_many_announcements_are_joined_and_a_bot_is_never_asked_too_often(groups):
    groups.bot()
    for number in range(40):
        groups.send(title={"zh-Hans": f"第{number}号"}, body={"zh-Hans": "字" * 100})
    groups.post()
    first = len(groups.services.posts)
    assert first <= 15
    for _ in range(4):
        groups.told.later(minutes=1)
        groups.post()
    assert groups.results() == {"sent": 40}
    said = "".join(post.text for post in groups.services.posts)
    assert all(said.count(f"第{number}号") == 1 for number in range(40))
    assert all(len(post.text.encode()) <= 2048 for post in groups.services.posts)


def test_one_at_a_time_they_are_held_to_fifteen_a_minute(groups):
    groups.bot()
    for number in range(20):
        groups.send(title={"zh-Hans": f"第{number}号"})
        groups.post()
        groups.told.now -= clock.SECOND  # asking took one
    assert len(groups.services.posts) == 15
    groups.told.later(minutes=1.1)
    groups.post()
    assert groups.results() == {"sent": 20}
    assert len(groups.services.posts) == 20


def test_a_bot_is_tried_with_one_line_and_only_so_often(groups):
    channel = groups.bot()
    community = groups.world.community

    def once():
        return groups.told.wait(groups.sender.try_out(community, channel))

    assert once().well
    assert groups.services.posts[0].text
    assert groups.channel(channel).worked_at == groups.told.now
    groups.services.answers(404)
    assert once().why == "status 404"
    for _ in range(13):
        once()
    with pytest.raises(TooSoon):
        once()


# What must not be posted


@pytest.mark.parametrize(
    ("body", "why"),
    [("找陈梅 13800001234", "telephone"), ("310101199001011234", "id_card")],
)
def test_what_is_nobodys_business_is_not_posted_and_it_is_said_why(groups, body, why):
    groups.bot()
    notice = groups.send(body={"zh-Hans": body})
    groups.post()
    assert groups.services.posts == []
    assert groups.results() == {why: 1}
    assert groups.posted(notice).missing[0].why.text == unfit.WORDS[why]


# Dying


def test_a_sender_that_dies_loses_nothing_and_repeats_only_what_was_in_flight(groups):
    groups.bot("one")
    groups.bot("two")
    groups.send()
    groups.post()
    groups.send(title={"zh-Hans": "来水"})
    dead = groups.sender
    told = groups.told

    async def dies():
        """It has taken its work, and one post went out, when it is killed."""
        now = clock.now()
        turns, _ = await told.database.write(
            sender.ledger.claim, now, now + sender.LEASE, 200, BASE, []
        )
        line = turns[0].due[0].piece.title
        await dead._in_a_thread(turns[0].channel, line)

    told.wait(dies())
    groups.others.append(dead)
    groups.sender = groups.new_sender()  # on SQLite it lets go of all leases
    told.later(minutes=2)  # on PostgreSQL they have run out
    groups.post()
    assert groups.results() == {"sent": 4}
    assert sorted((len(groups.services.to("one")), len(groups.services.to("two")))) in [
        [2, 3],
    ]
    assert told.rows(select(notices.c.id))


def test_two_senders_share_the_work_and_post_once(groups):
    for number in range(5):
        groups.bot(f"group-{number}")
    other = groups.new_sender()
    groups.others.append(other)
    groups.send()

    async def both():
        await asyncio.gather(groups.sender.send_due(), other.send_due())

    groups.told.wait(both())
    groups.post()
    assert groups.results() == {"sent": 5}
    assert len(groups.services.posts) == 5
