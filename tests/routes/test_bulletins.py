"""Bulletins over HTTP: written with plain forms, read without signing in, naming nobody."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from server.features.bulletins.tables import bulletin_opens, bulletins
from server.features.notices.tables import reach
from server.features.people.tables import accounts, residents
from server.i18n import LANGUAGES
from tests.support.site import HTML, JSON, NOBODY

ENGLISH = HTML | {"accept-language": "en"}
DAY = "2022-04-21"


@pytest.fixture
def page(site):
    return f"/open/{site.world.community}/bulletins/{DAY}"


def opens(site):
    return sum(row.opens for row in site.rows(select(bulletin_opens.c.opens)))


def test_it_is_read_without_signing_in_in_the_language_of_the_link(site, page):
    for language in LANGUAGES:
        answer = site.get(NOBODY, f"{page}?lang={language}")
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.text
        assert "应为 2 例。" in answer.text
    assert "No new case today." in site.get(NOBODY, page + "?lang=en").text
    assert "当日没有新增。" in site.get(NOBODY, page + "?lang=zh-Hans").text
    assert "No new case today." in site.get(NOBODY, page + "?lang=fr", headers=ENGLISH).text


def test_no_page_about_bulletins_names_anybody_who_lives_here_or_a_flat(site, page):
    community = site.world.community
    names = {
        row.name
        for row in site.rows(select(residents.c.name).where(residents.c.community_id == community))
    }
    lists = f"/open/{community}/bulletins"
    desk = f"/bulletins/{site.bulletin}"
    for who, paths in ((NOBODY, (page, lists)), ("mei", (page, desk, f"{desk}/texts", "/control"))):
        for path in paths:
            text = site.get(who, path).text
            assert not [name for name in names if len(name) > 1 and name in text], path
            assert not re.search(r">\s*(302|401|1803)\s*<", text)
    staff = site.rows(select(accounts.c.name).where(accounts.c.household_id.is_(None)))
    text = site.get(NOBODY, page).text
    assert not [row.name for row in staff if len(row.name) > 1 and row.name in text]


def test_an_open_is_counted_and_a_copy_that_is_kept_fresh_is_not(site, page):
    before = opens(site)
    site.get(NOBODY, page)
    site.get("sun", page, headers=HTML | {"sec-fetch-dest": "document"})
    assert opens(site) == before + 2
    site.get("sun", page, headers=HTML | {"sec-fetch-dest": "empty"})
    assert opens(site) == before + 2
    columns = {column.name for column in bulletin_opens.columns}
    assert columns == {"community_id", "bulletin_id", "day", "opens"}


def test_the_ledger_hears_of_a_household_that_opens_it(site, page):
    text = site.get("sun", page).text
    [row] = site.rows(select(bulletins.c.notice_id).where(bulletins.c.id == site.bulletin))
    notice = row.notice_id
    assert f'data-opened="{notice}"' in text
    assert site.post("sun", "/ops/notice.seen", {"notice": notice}).status_code == 303
    key = f"h{site.world.sun_door}"
    [line] = site.rows(select(reach).where(reach.c.notice_id == notice, reach.c.recipient == key))
    assert line.opened_at is not None
    assert "data-opened" not in site.get("sun", page).text
    assert "data-opened" not in site.get(NOBODY, page).text
    assert "data-opened" not in site.get("anna", page).text


@pytest.mark.parametrize("day", ["2022-04-20", "20220421", "2022-4-21", "today", "2022-13-01"])
def test_a_day_without_one_is_not_there(site, day):
    path = f"/open/{site.world.community}/bulletins/{day}"
    assert site.get(NOBODY, path).status_code == 404
    assert site.get(NOBODY, f"/open/{site.world.elsewhere}/bulletins/{DAY}").status_code == 404


def test_it_is_written_checked_and_published_with_plain_forms(site):
    made = site.post("mei", "/ops/bulletin.draft", {"day": today(site)})
    assert made.status_code == 303
    desk = made.headers["location"]
    bulletin, seen = desk.split("/")[-1], 2**40
    said = {"bulletin": bulletin, "cases.en": "Ask 138 0013 8000.", "seen": str(seen)}
    assert site.post("mei", "/ops/bulletin.edit", said | {"next": desk}).status_code == 303
    text = site.get("mei", desk, headers=ENGLISH).text
    assert "138 0013 8000" in text
    assert "1 thing must not stand there" in text
    assert "/ops/bulletin.publish" not in text
    refused = site.post("mei", "/ops/bulletin.publish", {"bulletin": bulletin, "seen": str(seen)},
                        headers=ENGLISH)  # fmt: skip
    assert refused.status_code == 409
    assert "“New cases” holds a telephone number" in refused.text
    said = {"bulletin": bulletin, "cases.en": "All well.", "seen": str(seen + 1)}
    site.post("mei", "/ops/bulletin.edit", said)
    form = {"bulletin": bulletin, "seen": str(seen + 1)}
    assert site.post("mei", "/ops/bulletin.publish", form).status_code == 303
    public = f"/open/{site.world.community}/bulletins/{today(site)}"
    assert "All well." in site.get(NOBODY, public).text
    pack = site.get("sun", "/pack", headers=JSON).json()
    assert public in [one["url"] for one in pack["pages"]]
    inbox = site.get("sun", "/notices", headers=ENGLISH).text
    assert f'href="{public}"' in inbox
    site.post("mei", "/ops/bulletin.withdraw", {"bulletin": bulletin, "seen": str(seen + 2)})
    gone = site.get(NOBODY, public, headers=ENGLISH).text
    assert "taken back" in gone
    assert "All well." not in gone


def today(site):
    found = re.search(r'name="day" value="([\d-]+)"', site.get("mei", "/bulletins").text)
    if found:
        site.day = found[1]
    return site.day


def test_text_for_a_chat_group_warns_of_what_should_not_stand_there(site):
    said = {"title": {"en": "Water"}, "body": {"en": "Ask Grandma in Flat 302, 13800138000"},
            "stairwells": [site.world.walk_up]}  # fmt: skip
    notice = site.tell("mei", "notice.send", said)
    text = site.get("mei", f"/notices/{notice}/texts", headers=ENGLISH).text
    assert "Look again before you paste it" in text
    assert "Flat 302" in text
    fine = site.get("mei", f"/notices/{site.notice}/texts", headers=ENGLISH).text
    assert "Look again" not in fine


def test_everybody_sees_the_block_by_control_and_only_stewards_change_it(site):
    said = {"status": "sealed", "changes_when": "7 days", "stairwells[]": str(site.world.walk_up)}
    assert site.post("mei", "/ops/control.set", said).status_code == 303
    assert "/ops/control.set" in site.get("mei", "/control").text
    for who in ("hao", "sun", "min"):
        text = site.get(who, "/control", headers=ENGLISH).text
        assert "/ops/control.set" not in text
        assert 'data-control="sealed"' in text
    text = site.get("sun", "/", headers=ENGLISH).text
    assert "Your building: Sealed" in text
    assert "7 days" in text
    assert "陈梅" in site.get("mei", "/control/1").text
    assert "陈梅" not in site.get("sun", "/control/1").text
    assert site.get("sun", "/control/99").status_code == 404
    site.tell("mei", "control.set", {"status": "free", "stairwells": [site.world.walk_up]})


def test_a_service_telephone_is_set_with_the_places_and_called_from_a_households_page(site):
    assert "/ops/estate.phone" in site.get("mei", "/estates").text
    assert site.post("mei", "/ops/estate.phone", {"phone": "021-5550 0100"}).status_code == 303
    assert 'value="021-5550 0100"' in site.get("mei", "/estates").text
    text = site.get("sun", "/", headers=ENGLISH).text
    assert 'href="tel:021-55500100"' in text
    assert "Service telephone: 021-5550 0100" in text
