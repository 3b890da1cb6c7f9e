"""Announcements over HTTP: the inbox, answers without a script, numbers that are on record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import clock
from server.features.notices.tables import reach
from server.features.people.tables import views
from server.push import alarms, subscriptions
from server.push.intake import Subscription
from server.push.subscriptions import Holder
from server.push.tables import push_subscriptions
from tests.support.site import HTML

ENGLISH = HTML | {"accept-language": "en"}


@pytest.fixture
def notice(site):
    """Sun's stairwell is asked to come down."""
    said = {
        "title": {"zh-Hans": "下楼", "en": "Come down"},
        "body": {"en": "Site B"},
        "stairwells": [site.world.walk_up],
        "urgency": "urgent",
        "asks": "coming",
    }
    return site.tell("mei", "notice.send", said)


def line(site, notice):
    key = f"h{site.world.sun_door}"
    [row] = site.rows(select(reach).where(reach.c.notice_id == notice, reach.c.recipient == key))
    return row


def test_a_household_reads_it_in_its_own_language(site, notice):
    assert "Come down" in site.get("sun", "/notices", headers=ENGLISH).text
    assert "下楼" in site.get("sun", "/notices").text
    hant = HTML | {"accept-language": "zh-Hant"}
    assert "下楼" in site.get("sun", "/notices", headers=hant).text


def test_the_start_page_shows_what_waits_for_an_answer_until_it_is_given(site, notice):
    assert f'data-notice="{notice}"' in site.get("sun", "/").text
    answer = site.post("sun", "/ops/notice.answer", {"notice": notice, "answer": "coming"})
    assert answer.status_code == 303
    assert line(site, notice).answer == "coming"
    assert f'data-notice="{notice}"' not in site.get("sun", "/").text


def test_the_sender_sees_who_comes_and_who_was_not_reached(site, notice):
    site.post("sun", "/ops/notice.answer", {"notice": notice, "answer": "cannot"})
    text = site.get("mei", f"/notices/{notice}", headers=ENGLISH).text
    assert "cannot come" in text
    assert "Not reached" in text
    assert "401 · " in text


def test_an_announcement_is_made_with_a_plain_form(site):
    form = {
        "title.en": "No lift",
        "stairwells[]": str(site.world.walk_up),
        "urgency": "normal",
        "asks": "read",
    }
    answer = site.post("mei", "/ops/notice.send", form)
    assert answer.status_code == 303
    assert "No lift" in site.get("sun", "/notices", headers=ENGLISH).text


def test_an_announcement_to_nobody_says_why(site):
    answer = site.post("mei", "/ops/notice.send", {"title.en": "x"}, headers=ENGLISH)
    assert answer.status_code == 409
    assert "Nobody is meant by this" in answer.text


def test_a_number_is_shown_once_it_is_written_down_who_looked(site, notice):
    before = {row.id for row in site.rows(select(views))}
    path = f"/notices/{notice}/calls/{site.world.sun_door}"
    assert "tel:" not in site.get("hao", f"/notices/{notice}/calls").text
    shown = site.post("hao", path)
    assert "tel:000" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    [new] = [row for row in site.rows(select(views)) if row.id not in before]
    assert new.account_id == site.who("hao")


@pytest.mark.parametrize("who", ["yun", "qian", "sun", "anna"])
def test_a_number_is_for_those_whose_stairwell_it_is(site, who):
    said = {"title": {"en": "x"}, "stairwells": [site.world.neighbour]}
    notice = site.tell("mei", "notice.send", said)
    door = site.world.doors["neighbour"]["302"]
    assert site.post(who, f"/notices/{notice}/calls/{door}").status_code in {403, 404}


def test_another_site_cannot_ask_for_a_number(site, notice):
    path = f"/notices/{notice}/calls/{site.world.sun_door}"
    headers = HTML | {"origin": "https://elsewhere.example"}
    assert site.post("hao", path, headers=headers).status_code == 403


def test_text_for_the_chat_group_and_the_loudspeaker_is_in_its_own_language(site, notice):
    text = site.get("mei", f"/notices/{notice}/texts").text
    assert "【下楼】" in text
    assert "各位居民请注意：下楼" in text
    assert "Attention please: Come down." in text


@pytest.fixture
def refused(site):
    """A push service that takes no calls, with a phone of Sun's household."""
    held = Holder(site.world.community, site.who("sun"))
    endpoint = "https://push.example.org/sun"
    kept = Subscription(endpoint, bytes(65), bytes(16), "key")
    site.write(subscriptions.keep, held, kept, clock.now())
    said = {"https://push.example.org": alarms.Heard(403, "no such key")}
    said["https://elsewhere.example.org"] = alarms.Heard(403, "no such key")
    site.write(alarms.note, said, (), clock.now())
    yield "push.example.org"
    site.write(alarms.note, {}, said, clock.now())
    site.execute(push_subscriptions.delete().where(push_subscriptions.c.endpoint == endpoint))


def test_a_push_service_that_refuses_is_said_to_those_who_keep_channels_and_have_phones_there(
    site, refused
):
    text = site.get("mei", "/notices/sent", headers=ENGLISH).text
    assert "push.example.org has refused calls since" in text
    assert "Phones here that it rings: 1." in text
    assert "elsewhere.example.org" not in text
    assert "no such key" not in text
    for other in ("min", "anna"):
        assert refused not in site.get(other, "/notices/sent", headers=ENGLISH).text
    site.write(alarms.note, {}, ["https://push.example.org"], clock.now())
    assert refused not in site.get("mei", "/notices/sent", headers=ENGLISH).text
