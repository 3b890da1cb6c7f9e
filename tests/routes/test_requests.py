"""Requests on pages: each sees what is theirs to see, and nobody finds out anything else."""

from __future__ import annotations

import itertools
import re

import pytest
from sqlalchemy import insert, select, update

from server import clock
from server.features.people.rules import HOUSEHOLD, MEDICAL, POLICE, PROPERTY
from server.features.people.tables import accounts, residents, roles, views
from server.features.requests import rules
from server.features.requests.kinds import KINDS
from server.features.requests.tables import requests
from tests.routes.test_everybody import ROUTES, path_of
from tests.support.site import HTML, JSON, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
DOCTOR = "00000000-0000-7000-8000-0000000000d1"
LOCKSMITH = "00000000-0000-7000-8000-0000000000d2"
CONSTABLE = "00000000-0000-7000-8000-0000000000d3"
FAMILY = "00000000-0000-7000-8000-0000000000d4"
QUIET = "00000000-0000-7000-8000-0000000000d5"
"""A household that asks for one thing only, so that nothing of it is ever slowed."""
STAFF = ("mei", "hao", "yun", "min", DOCTOR, LOCKSMITH, CONSTABLE)

SECRETS = ("WORDS-ONE", "TEAM-TWO", "REPLY-THREE")
EVERYBODY = (*STAFF, "sun", FAMILY, "qian", "anna", "bo", NOBODY)


@pytest.fixture(scope="module")
def town(site):
    """A doctor, a locksmith, a police officer, and the households of 402 and 501 with accounts."""
    community, now = site.world.community, clock.now()
    door = site.world.doors["walk_up"]["402"]
    if site.rows(select(accounts.c.id).where(accounts.c.id == DOCTOR)):
        return site  # the other tests of this module have it already
    for account, name, household, role in (
        (DOCTOR, "刘医生", None, MEDICAL),
        (LOCKSMITH, "马师傅", None, PROPERTY),
        (CONSTABLE, "高警官", None, POLICE),
        (FAMILY, "周家", door, HOUSEHOLD),
        (QUIET, "李家", site.world.doors["walk_up"]["501"], HOUSEHOLD),
    ):
        said = {"community_id": community, "id": account, "name": name, "made_at": now}
        site.execute(insert(accounts).values(household_id=household, **said))
        scope = ("community", community) if household is None else ("household", household)
        site.execute(
            insert(roles).values(
                community_id=community, account_id=account, role=role, scope=scope[0],
                scope_id=scope[1], since=0,
            )
        )  # fmt: skip
    return site


def asked(site, kind, who=FAMILY, **data):
    """A request with a note for the team and a word to the asker; the same one for a kind."""
    [*known] = site.rows(
        select(requests.c.id).where(
            requests.c.kind == kind, requests.c.asked_by == site.who(who),
            requests.c.closed_at.is_(None),
        )
    )  # fmt: skip
    if known:
        return known[0].id
    request = site.tell(who, "request.ask", {"kind": kind, "words": SECRETS[0], **data})
    site.tell("mei", "request.add", {"request": request, "words": SECRETS[1], "for_team": True})
    site.tell("mei", "request.add", {"request": request, "words": SECRETS[2]})
    return request


SEEN_BY = {
    "see_requests": {*STAFF, FAMILY},
    "see_health_requests": {"mei", "min", DOCTOR, FAMILY},
    "see_private_requests": {"mei", "min", CONSTABLE, FAMILY},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_read_by_those_whom_it_concerns_and_by_nobody_else(town, kind):
    request = asked(town, kind)
    may = SEEN_BY[KINDS[kind].sees]
    for who in EVERYBODY:
        found = town.get(who, f"/requests/{request}", headers=ENGLISH)
        assert (found.status_code == 200) == (who in may), who
        if who in may:
            assert SECRETS[0] in found.text
            assert SECRETS[2] in found.text
            assert (SECRETS[1] in found.text) == (who != FAMILY)
        else:
            none = town.get(who, f"/requests/{town.notice}", headers=ENGLISH)
            assert found.status_code == none.status_code
            assert found.text.replace(request, "") == none.text.replace(town.notice, "")


@pytest.mark.parametrize("kind", ["doctor", "quarrel", "food"])
def test_the_desk_lists_what_its_reader_may_know(town, kind):
    request = asked(town, kind)
    may = SEEN_BY[KINDS[kind].sees]
    for who in EVERYBODY:
        text = town.get(who, "/requests", headers=ENGLISH).text
        assert (request in text) == (who in may), who
        for secret in SECRETS:
            assert secret not in text


LOOKED_AT = [one for one in ROUTES if one.startswith("GET") and "/live" not in one]
LOOKED_AT.append("POST /requests/{request_id}/phone")


@pytest.mark.parametrize("route", LOOKED_AT)
def test_no_route_tells_an_outsider_of_a_doctor_or_a_quarrel(town, route):
    ids = {kind: asked(town, kind) for kind in ("doctor", "quarrel")}
    for kind, request in ids.items():
        path = path_of(town, route, request_id=request, name=request, case_id=request)
        for who in {*EVERYBODY} - SEEN_BY[KINDS[kind].sees]:
            text = town.ask(who, route.partition(" ")[0], path, headers=ENGLISH).text
            assert request in path or request not in text, (who, path)
            if request in path:
                for secret in SECRETS:
                    assert secret not in text, (who, path)


def test_a_number_is_shown_to_who_answers_and_that_is_written_down(town):
    request = asked(town, "medicine")
    door = town.world.doors["walk_up"]["402"]
    [phone, *_] = [
        row.phone for row in town.rows(
            select(residents.c.phone).where(
                residents.c.household_id == door, residents.c.community_id == 1,
                residents.c.phone != "",
            ).order_by(residents.c.id)
        )
    ]  # fmt: skip
    looks = select(views.c.account_id).where(views.c.what == "phone", views.c.household_id == door)
    for who in EVERYBODY:
        before = len(town.rows(looks))
        found = town.post(who, f"/requests/{request}/phone", headers=ENGLISH)
        may = who in {"mei", "min", DOCTOR}
        assert (phone in found.text) == may, who
        assert len(town.rows(looks)) == before + may
        if may:
            assert found.headers["cache-control"] == "no-store"
            assert phone not in town.get(who, f"/requests/{request}").text


def test_what_says_something_of_health_is_kept_on_no_phone(town):
    for kind in KINDS:
        request = asked(town, kind)
        open_to_all = KINDS[kind].sees == "see_requests"
        for who in ("mei", FAMILY):
            kept = town.get(who, f"/requests/{request}").headers["cache-control"]
            assert (kept != "no-store") == open_to_all, kind
    assert town.get("mei", "/requests").headers["cache-control"] == "no-store"
    own = town.get(FAMILY, "/requests", headers=ENGLISH)
    assert own.headers["cache-control"] != "no-store"
    listed = re.findall(r"<strong>(.*?)</strong>", own.text)
    assert "Your request" in listed
    assert KINDS["doctor"].label not in listed


def test_the_pack_has_the_form_and_what_one_has_in_hand_and_nothing_of_health(town):
    food, medicine = asked(town, "food"), asked(town, "medicine")

    def pages(who):
        return {page["url"] for page in town.get(who, "/pack", headers=JSON).json()["pages"]}

    assert {"/requests", "/requests/new"} <= pages(FAMILY)
    for request in (food, medicine):
        town.tell("mei", "request.pass_on", {"request": request, "to": town.world.hao})
    assert town.get("hao", f"/requests/{medicine}").status_code == 200
    mine = pages("hao")
    assert "/requests/new" in mine
    assert f"/requests/{food}" in mine
    assert f"/requests/{medicine}" not in mine
    for request in (food, medicine):
        town.tell("mei", "request.withdraw", {"request": request})


def test_every_first_page_leads_to_help_in_one_tap_and_counts_what_waits(town):
    asked(town, "food")
    for who in ("mei", "hao", "sun", FAMILY, "min"):
        assert 'href="/requests"' in town.get(who, "/").text
    text = town.get(FAMILY, "/", headers=ENGLISH).text
    assert re.search(r"I need help · \d", text)


def test_each_kind_has_a_form_of_its_own_under_its_address(town):
    text = town.get("sun", "/requests/new").text
    for kind in KINDS:
        assert f'id="{kind}"' in text
        assert f'href="/requests/new#{kind}"' in text
    assert text.count(f'maxlength="{rules.LONGEST}"') == len(KINDS)
    assert 'name="door" required' not in text  # at home nobody types their own address
    assert 'name="door" required' in town.get("hao", "/requests/new").text


def test_asked_without_a_script_it_leads_to_its_own_page(town):
    form = {"kind": "food", "words": "plain form", "seen": "1"}
    answer = town.post(QUIET, "/ops/request.ask", form)
    assert answer.status_code == 303
    assert re.fullmatch(r"/requests/[0-9a-f-]{36}", answer.headers["location"])
    page = town.get(QUIET, answer.headers["location"], headers=ENGLISH).text
    assert "Somebody is being asked to help you" in page
    assert "1 person has been asked." in page
    town.tell(QUIET, "request.withdraw", {"request": answer.headers["location"].split("/")[-1]})


def test_a_megabyte_is_refused_in_words_and_the_form_does_not_take_it(town):
    for size in (rules.LONGEST + 1, 1_000_000):
        op = town.op("sun", "request.ask", {"kind": "food", "words": "x" * size})
        [answer] = town.send("sun", op, headers={"accept-language": "en"}).json()["answers"]
        assert answer["outcome"] == "refused"
        assert f"at most {rules.LONGEST}" in answer["message"]
    too_much = {"kind": "food", "words": "x" * (3 << 20)}
    assert town.post("sun", "/ops/request.ask", too_much).status_code in {409, 413}


def test_who_asked_for_the_same_reads_how_it_stands_and_none_of_the_others_words(town):
    main = town.tell("sun", "request.ask", {"kind": "food", "words": "MAIN-WORDS"})
    other = town.tell("yun", "request.ask", {"kind": "food", "door": "8-1-302", "words": "own"})
    town.tell("mei", "request.join", {"request": other, "to": main})
    town.tell("hao", "request.take", {"request": main})
    town.execute(update(roles).where(roles.c.account_id == town.world.yun).values(until=1))
    town.app.state.sessions.forget()
    try:
        text = town.get("yun", f"/requests/{other}", headers=ENGLISH).text
        assert "林浩 has it" in text
        assert "MAIN-WORDS" not in text
        assert main not in text
        for kind in ("withdraw", "add", "reopen", "nudge"):
            assert f"/ops/request.{kind}" not in text
    finally:
        town.execute(update(roles).where(roles.c.account_id == town.world.yun).values(until=None))
        town.app.state.sessions.forget()
    text = town.get("mei", f"/requests/{other}", headers=ENGLISH).text
    assert f'href="/requests/{main}"' in text
    assert "/ops/request.part" in text
    assert "/ops/request.escalate" not in text
    assert other in town.get("mei", f"/requests/{main}").text
    town.tell("hao", "request.step", {"request": main, "step": "done"})


def test_too_much_at_once_is_said_on_its_page(town):
    made = [town.tell("min", "request.ask", {"kind": "food", "door": "8-1-501"}) for _ in range(7)]
    page = town.get("min", f"/requests/{made[-1]}", headers=ENGLISH).text
    assert "nobody is told before" in page
    for request in made:
        town.tell("mei", "request.withdraw", {"request": request})


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("8-1-30", {"301", "302"}), ("8-1-302", {"302"}), ("孙奶奶", {"302"}), ("8-1", None)],
)
def test_a_household_is_found_while_one_types(town, typed, wanted):
    text = town.get("mei", f"/requests/phone?door={typed}").text
    found = set(re.findall(r'name="household" value="(\d+)"', text))
    if wanted is None:
        assert len(found) > 4
    else:
        doors = town.world.doors["walk_up"]
        assert {str(doors[one]) for one in wanted} == found
    for nonsense in ("%00" * 20, "%F0%9F%9A%AA", "'" * 99, "%25", "_"):
        assert town.get("mei", f"/requests/phone?door={nonsense}").status_code == 200


def test_who_informs_about_one_stairwell_finds_nobody_of_another(town):
    assert "孙奶奶" in town.get("min", "/requests/phone?door=孙奶奶").text
    other = town.get("min", "/requests/phone?door=8-2-302").text
    assert 'name="household"' not in other


def test_what_changes_live_names_no_request_and_no_household(town, monkeypatch):
    request = asked(town, "doctor")
    heard = []
    monkeypatch.setattr(
        town.hub.live, "tell", lambda community, seq, topics: heard.append(set(topics))
    )
    town.tell("mei", "request.add", {"request": request, "words": "x"})
    door = town.world.doors["walk_up"]["402"]
    topics = set().union(*heard)
    assert "requests" in topics
    assert not [one for one in topics if request in one or one == f"household:{door}"]


def test_the_note_of_a_shift_is_read_where_it_is_about(town):
    here = f"stairwell:{town.world.walk_up}"
    town.tell("hao", "shift.note", {"words": "NOTE-OLD", "place": here})
    town.tell("yun", "shift.note", {"words": "NOTE-NEW", "place": here})
    for who in ("mei", "hao", "min", DOCTOR):
        text = town.get(who, "/requests").text
        assert "NOTE-NEW" in text
        assert "NOTE-OLD" not in text
    for who in ("sun", "anna", "bo", "qian"):
        assert "NOTE-NEW" not in town.get(who, "/requests").text


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_pages_are_drawn_in_every_language(town, language):
    headers = HTML | {"accept-language": language}
    request = asked(town, "power", breadth="building")
    pages = ("/requests", "/requests/new", f"/requests/{request}")
    asked_for = [("mei", "/requests/phone"), *itertools.product(("mei", FAMILY), pages)]
    for who, path in asked_for:
        found = town.get(who, path, headers=headers)
        assert found.status_code == 200
        assert f'lang="{language}"' in found.text
        assert " style=" not in found.text


def test_everything_holds_together(town):
    town.check()
