"""Stewards add group bots and webhooks, try them and take them away; nobody reads an address."""

import time

import pytest
from sqlalchemy import select

from server.features.notices.tables import channels
from server.features.people.rules import STEWARD
from server.features.people.tables import roles
from server.oplog.tables import payloads
from tests.support.site import HTML, NOBODY

SECRET = "5ecre7-5ecre7"


@pytest.fixture(scope="module")
def relayed(site, services_of_module):
    """WeCom, and one host of a gateway, are a stand-in of ours."""
    known = site.app.state.services
    trusted = known.__class__(
        also=frozenset({services_of_module.origin}),
        relays={"https://qyapi.weixin.qq.com": services_of_module.origin},
    )
    site.app.state.services = trusted
    sender = site.app.state.groups
    sender._services, sender._poster._services = trusted, trusted
    yield services_of_module
    site.app.state.services = sender._services = sender._poster._services = known


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left(site):
    """Other modules make announcements here, and no group is to hear of them."""
    yield
    site.execute(channels.delete())


def form(**more):
    base = {"kind": "bot", "name": "12号楼群", "address": f"wecombot://{SECRET}"}
    return base | {"place": "community:0", "language": ""} | more


def rows(site, name):
    return site.rows(select(channels).where(channels.c.name == name))


def add(site, who="mei", **more):
    return site.post(who, "/channels", form(**more), headers=HTML | {"accept-language": "en"})


def test_a_steward_adds_tries_and_takes_away(site, relayed):
    answer = add(site, name="群甲", place=f"stairwell:{site.world.walk_up}", language="en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/channels")
    [row] = rows(site, "群甲")
    assert (row.scope, row.scope_id, row.language) == ("stairwell", site.world.walk_up, "en")
    page = site.get("mei", "/channels")
    assert "群甲" in page.text
    assert SECRET not in page.text
    assert page.headers["cache-control"] == "no-store"
    tried = site.post("mei", f"/channels/{row.id}/try")
    assert tried.status_code == 200
    assert relayed.posts[-1].path == f"/cgi-bin/webhook/send?key={SECRET}"
    assert SECRET not in tried.text
    assert rows(site, "群甲")[0].worked_at
    assert site.post("mei", f"/channels/{row.id}/take-away").status_code == 303
    assert "群甲" not in site.get("mei", "/channels").text
    assert rows(site, "群甲")[0].address == ""
    assert site.post("mei", f"/channels/{row.id}/take-away").status_code == 404
    assert site.post("mei", f"/channels/{row.id}/try").status_code == 404


def test_a_try_that_fails_says_what_the_service_answered(site, relayed):
    add(site, name="群乙")
    relayed.answers(429)
    [row] = rows(site, "群乙")
    headers = HTML | {"accept-language": "en"}
    answer = site.post("mei", f"/channels/{row.id}/try", headers=headers)
    assert "429" in answer.text
    assert "429" in site.get("mei", "/channels").text
    relayed.answers(200)


def test_a_webhook_is_told_that_it_is_only_tried(site, relayed):
    add(site, name="短信", kind="webhook", address=f"{relayed.origin}/sms/{SECRET}")
    [row] = rows(site, "短信")
    site.post("mei", f"/channels/{row.id}/try")
    post = relayed.posts[-1]
    assert (post.path, post.json["test"], post.json["to"]) == (f"/sms/{SECRET}", True, "")


def test_the_secret_stands_nowhere_in_the_history(site, relayed):
    add(site, name="群丙")
    for row in site.rows(select(payloads)):
        assert SECRET not in str(row)
    for path in ("/channels", "/", "/settings", "/notices", "/outbox", "/pack"):
        assert SECRET not in site.get("mei", path).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 41}, {"name": "a\nb"}, {"kind": "pigeon"}, {"kind": ""},
        {"address": ""}, {"address": "nonsense"}, {"address": "x" * 5000},
        {"address": "syslog://"}, {"address": "json://10.0.0.1"}, {"address": "file:///etc/passwd"},
        {"place": ""}, {"place": "community:1"}, {"place": "stairwell:99999"}, {"place": "x:y"},
        {"place": "household:1"}, {"place": "stairwell:" + "9" * 40},
        {"kind": "webhook", "address": "http://gateway.example.org/sms"},
        {"kind": "webhook", "address": "https://10.0.0.1/sms"},
        {"kind": "webhook", "address": "https://127.1/sms"},
        {"kind": "webhook", "address": "https://localhost/sms"},
        {"kind": "webhook", "address": "wecombot://abc"},
    ],
    ids=lambda wrong: str(wrong)[:60],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays_but_for_the_address(site, wrong):
    answer = add(site, **({"name": "错的群"} | wrong))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert SECRET not in answer.text
    if "name" not in wrong:
        assert 'value="错的群"' in answer.text
    assert rows(site, "错的群") == []


def test_a_language_that_there_is_not_is_the_communitys(site):
    add(site, name="群丁", language="tlh")
    assert rows(site, "群丁")[0].language == ""


@pytest.mark.parametrize("who", ["hao", "sun", "min", "bo", NOBODY])
def test_nobody_else_may(site, who):
    name = f"群戊 {who}"
    add(site, name=name)
    [row] = rows(site, name)
    for path, data in (
        ("/channels", form(name="不该有")),
        (f"/channels/{row.id}/try", {}),
        (f"/channels/{row.id}/take-away", {}),
    ):
        assert site.post(who, path, data).status_code in {303 if who == NOBODY else 403}
    assert rows(site, "不该有") == []
    assert rows(site, name)[0].revoked_at is None


def test_another_communitys_are_not_there(site):
    add(site, name="群己")
    [row] = rows(site, "群己")
    assert "群己" not in site.get("anna", "/channels").text
    for what in ("try", "take-away"):
        assert site.post("anna", f"/channels/{row.id}/{what}").status_code == 404
    assert (
        add(site, "anna", name="远山群", place=f"stairwell:{site.world.tower}").status_code == 200
    )
    assert rows(site, "远山群") == []


def test_a_steward_of_one_compound_may_not(site):
    """A group of the whole community would hear of what they say."""
    given = {
        "community_id": site.world.community, "account_id": site.world.yun, "role": STEWARD,
        "scope": "compound", "scope_id": 1, "since": 0,
    }  # fmt: skip
    site.execute(roles.insert().values(given))
    site.app.state.sessions.forget()
    try:
        assert site.get("yun", "/estates").status_code == 200
        assert site.get("yun", "/channels").status_code == 403
        assert "/channels" not in site.get("yun", "/notices").text
    finally:
        mine = (roles.c.account_id == site.world.yun) & (roles.c.role == STEWARD)
        site.execute(roles.delete().where(mine))
        site.app.state.sessions.forget()


def test_the_page_is_linked_where_a_steward_looks_for_it(site):
    for path in ("/notices", "/settings"):
        assert 'href="/channels"' in site.get("mei", path).text
        assert 'href="/channels"' not in site.get("sun", path).text


def test_what_became_of_it_in_groups_stands_on_the_announcements_page(site, relayed):
    relayed.answers(200)
    site.execute(channels.delete())
    add(site, name="群庚")
    said = {"title": {"zh-Hans": "停电"}, "stairwells": [site.world.neighbour]}
    notice = site.tell("mei", "notice.send", said)
    site.react()
    site.run(site.app.state.groups.send_due)
    headers = HTML | {"accept-language": "en"}
    page, give_up = "", time.monotonic() + 20
    # The application's own sender may have taken it first, and writes it down in its own time.
    while "Posted to 1 of 1 chat groups" not in page and time.monotonic() < give_up:
        page = site.get("mei", f"/notices/{notice}", headers=headers).text
    assert "Posted to 1 of 1 chat groups" in page
