"""Cases on pages: what their few see, and that nobody else can learn of one by any route."""

from __future__ import annotations

import re

import msgspec
import pytest
from sqlalchemy import insert, select, update

from server import clock
from server.features.cases.tables import cases
from server.features.estates.tables import buildings, stairwells
from server.features.notices.tables import channels, notices, reach
from server.features.people.rules import HOUSEHOLD, MEDICAL, STEWARD, VOLUNTEER
from server.features.people.tables import accounts, residents, roles, views
from server.oplog.tables import reactions
from server.push import payload
from server.push.tables import deliveries
from tests.routes.test_everybody import ROUTES, path_of
from tests.support.site import HTML, NOBODY, says

ENGLISH = {**HTML, "accept-language": "en"}
DOCTOR = "00000000-0000-7000-8000-0000000000e1"
FAMILY = "00000000-0000-7000-8000-0000000000e2"
CARER = "00000000-0000-7000-8000-0000000000e3"
OWN = "00000000-0000-7000-8000-0000000000e5"
OTHER = "00000000-0000-7000-8000-0000000000e6"
MET = "00000000-0000-7000-8000-0000000000e7"
GROUP = "00000000-0000-7000-8000-0000000000e4"

SECRETS = ("HALL-SEVEN", "BRING-IT", "CONTACT-X", "CARER-Y", "555-0199", "SAID-Z", "LAB-Q")
"""Words that were typed into the case and stand nowhere else."""

OUTSIDERS = ("hao", "yun", "min", "sun", "qian", "anna", "bo", CARER, OTHER, NOBODY)
"""Volunteers, an officer, another household, a guard, people of elsewhere, one who held a round,
the steward of another compound."""


@pytest.fixture(scope="module")
def ward(site):
    """A doctor, the household of 402 with an account, and one who carries its isolation round."""
    community, now = site.world.community, clock.now()
    door = site.world.doors["walk_up"]["402"]
    met = site.world.doors["walk_up"]["502"]
    people = (
        (DOCTOR, "刘医生", None, (MEDICAL, "community", community)),
        (FAMILY, "周家", door, (HOUSEHOLD, "household", door)),
        (CARER, "郑晓", None, (VOLUNTEER, "stairwell", site.world.walk_up)),
        (MET, "吴家", met, (HOUSEHOLD, "household", met)),
        (OWN, "梅管家", None, (STEWARD, "compound", compound_of(site, site.world.walk_up))),
        (OTHER, "荷管家", None, (STEWARD, "compound", compound_of(site, site.world.tower))),
    )
    if site.rows(select(accounts.c.id).where(accounts.c.id == DOCTOR)):
        return site  # the other tests of this module have it already
    for account, name, household, (role, scope, scope_id) in people:
        said = {"community_id": community, "id": account, "name": name, "made_at": now}
        site.execute(insert(accounts).values(household_id=household, **said))
        site.execute(
            insert(roles).values(
                community_id=community, account_id=account, role=role, scope=scope,
                scope_id=scope_id, since=0,
            )
        )  # fmt: skip
    site.execute(
        insert(channels).values(
            community_id=community, id=GROUP, kind="bot", name="8号楼群", address="json://x.example",
            scope="community", scope_id=community, made_by=site.world.mei, made_at=now,
        )
    )  # fmt: skip
    return site


@pytest.fixture(scope="module")
def case(ward):
    """A case of 402, everything said of it that can be."""
    site = ward
    who = people_of(site)
    door = site.world.doors["walk_up"]["402"]
    told = site.rows(select(cases.c.id).where(cases.c.resident_id == who[0].id))
    if told:  # these tests were here before, and others between
        return told[0].id
    opened = site.tell("mei", "case.open", {"resident": who[0].id, "household": door})
    for what, data in (
        ("own", {"phone": "555-0199"}),
        ("book", {"when": "2030-01-01T09:00", "where": "LAB-Q"}),
        ("contact", {"name": "CONTACT-X"}),
        ("contact", {"resident": people_of(site, "502")[0].id}),
        ("call", {"how": "well", "words": "SAID-Z"}),
        ("care", {"whom": "child", "who": "CARER-Y"}),
        ("step", {"step": "asked"}),
        ("step", {"step": "coming", "minutes": 20, "bring": "BRING-IT", "plate": "沪Q77777"}),
        ("step", {"step": "picked_up"}),
        ("step", {"step": "arrived", "where": "HALL-SEVEN"}),
        ("disinfect", {"state": "asked"}),
    ):
        site.tell("mei", f"case.{what}", {"case": opened, **data})
    site.react()
    return opened


LEADING = ("anna", OTHER)
"""Of those, who may see cases, elsewhere."""


def people_of(site, label="402"):
    """Everybody behind a door of the walk-up."""
    table = residents.c
    door = site.world.doors["walk_up"][label]
    query = select(residents).where(table.community_id == 1, table.household_id == door)
    return site.rows(query.order_by(table.id))


def compound_of(site, stairwell):
    """The compound that a stairwell is in."""
    query = (
        select(buildings.c.compound_id)
        .join(
            stairwells,
            (stairwells.c.community_id == buildings.c.community_id)
            & (stairwells.c.building_id == buildings.c.id),
        )
        .where(stairwells.c.community_id == 1, stairwells.c.id == stairwell)
    )
    return site.rows(query)[0].compound_id


def notices_of_cases(site):
    """What only the household of 402 and the staff meant may know of, by its titles."""
    others = select(reach.c.notice_id).where(
        reach.c.community_id == 1,
        reach.c.household_id != site.world.doors["walk_up"]["402"],
    )
    query = select(notices).where(notices.c.kind == "case", notices.c.id.not_in(others))
    return {row.content["title"]["text"]: row for row in site.rows(query)}


def told_to_the_contact(site):
    """Announcements to the household of the close contact."""
    meant = select(reach.c.notice_id).where(
        reach.c.community_id == 1,
        reach.c.household_id == site.world.doors["walk_up"]["502"],
    )
    return site.rows(select(notices).where(notices.c.kind == "case", notices.c.id.in_(meant)))


def test_a_case_is_for_those_who_run_it_and_a_desk_for_them_too(ward, case):
    for path in ("/cases", f"/cases/{case}"):
        for who in ("mei", DOCTOR):
            found = ward.get(who, path)
            assert found.status_code == 200
            assert found.headers["cache-control"] == "no-store"
        for who in OUTSIDERS:
            assert ward.get(who, path).status_code != 200 or who in LEADING
    for who in LEADING:
        assert ward.get(who, f"/cases/{case}").status_code == 404
        assert case not in ward.get(who, "/cases").text
    assert ward.get(OWN, f"/cases/{case}").status_code == 200


def test_who_may_not_see_cases_gets_the_same_answer_for_one_and_for_none(ward, case):
    for who in OUTSIDERS:
        real, none = ward.get(who, f"/cases/{case}"), ward.get(who, f"/cases/{ward.notice}")
        assert real.status_code == none.status_code
        assert real.text.replace(case, "") == none.text.replace(ward.notice, "")


def test_the_page_says_everything_and_every_look_is_written_down(ward, case):
    def looks(who):
        return ward.rows(
            select(views.c.household_id).where(
                views.c.what == "case", views.c.account_id == ward.who(who)
            )
        )

    before = len(looks(DOCTOR))
    text = ward.get(DOCTOR, f"/cases/{case}", headers=ENGLISH).text
    for secret in SECRETS:
        assert secret in text
    assert people_of(ward)[0].name in text
    assert len(looks(DOCTOR)) == before + 2  # of the household, and of that of the contact
    ward.get(DOCTOR, "/cases")
    door = ward.world.doors["walk_up"]["402"]
    assert {row.household_id for row in looks(DOCTOR)} == {door, ward.world.doors["walk_up"]["502"]}


def test_the_household_reads_its_own_and_who_has_looked(ward, case):
    ward.get("mei", f"/cases/{case}")
    found = ward.get(FAMILY, "/cases/mine", headers=ENGLISH)
    assert found.headers["cache-control"] == "no-store"
    assert "is now at HALL-SEVEN" in found.text
    assert 'href="tel:555-0199"' in found.text
    assert "陈梅" in found.text
    assert "SAID-Z" not in found.text
    assert ward.get(FAMILY, f"/cases/{case}").status_code == 403
    assert 'href="/cases/mine"' in ward.get(FAMILY, "/").text


LOOKED_AT = [one for one in ROUTES if one.startswith("GET") and "/live" not in one]
LOOKED_AT.append("POST /notices/{notice_id}/calls/{household_id}")


@pytest.mark.parametrize("route", LOOKED_AT)
def test_no_route_tells_anybody_else(ward, case, route):
    """Every page, with the ids of the case, its announcements and its door put into its address."""
    door = ward.world.doors["walk_up"]["402"]
    ids = [
        case,
        *(one.id for title, one in notices_of_cases(ward).items() if "medical" not in title),
    ]
    paths = {
        path_of(ward, route, household_id=door, door_id=door, case_id=case, notice_id=one)
        for one in ids
    }
    method = route.partition(" ")[0]
    for who in OUTSIDERS:
        for path in paths:
            text = ward.ask(who, method, path, headers=ENGLISH).text
            for secret in (*SECRETS, *ids):
                assert secret in path or secret not in text, (who, path, secret)
            assert "medical vehicle" not in text or who == "qian", (who, path)
            assert "News for your household</a></h2>" not in text, (who, path)


@pytest.mark.parametrize("route", LOOKED_AT)
def test_no_route_tells_the_household_of_a_contact_whose_contact_they_are(ward, case, route):
    """Whatever address they try, they read their own page and the number to call, and no more."""
    door = ward.world.doors["walk_up"]["402"]
    news = notices_of_cases(ward)["News for your household"].id
    [own] = told_to_the_contact(ward)
    method = route.partition(" ")[0]
    for notice in (news, own.id):
        path = path_of(ward, route, household_id=door, door_id=door, case_id=case, notice_id=notice)
        text = ward.ask(MET, method, path, headers=ENGLISH).text
        for secret in {*SECRETS, case, news, people_of(ward)[0].name} - {"555-0199"}:
            assert secret in path or secret not in text, (path, secret)


def test_the_household_of_a_contact_reads_what_to_do_and_who_has_looked(ward, case):
    ward.get("mei", f"/cases/{case}")
    found = ward.get(MET, "/cases/mine", headers=ENGLISH)
    [who, *_] = people_of(ward, "502")
    assert found.headers["cache-control"] == "no-store"
    assert f"{who.name} is a close contact: please stay at home" in found.text
    assert 'href="tel:555-0199"' in found.text
    assert "陈梅" in found.text
    [own] = told_to_the_contact(ward)
    for path in ("/cases/mine", "/notices", f"/notices/{own.id}", "/me", "/"):
        text = ward.get(MET, path, headers=ENGLISH).text
        assert not says(text, "402"), path
    assert 'href="/cases/mine"' in ward.get(MET, "/notices").text
    assert ward.get(MET, f"/cases/{case}").status_code == 403
    assert f"/notices/{own.id}/calls" in ward.get("mei", f"/cases/{case}").text


def test_a_contact_is_found_by_their_door_and_said_with_a_plain_form(ward, case):
    [who, *_] = people_of(ward, "501")
    page = ward.get("mei", f"/cases/{case}?door=8-1-501", headers=ENGLISH).text
    assert who.name in page
    form = {"case": case, "resident": who.id, "until": "", "next": f"/cases/{case}"}
    assert ward.post("mei", "/ops/case.contact", form).status_code == 303
    assert who.name in ward.get("mei", f"/cases/{case}").text
    ward.post("mei", "/ops/case.contact", form | {"is_contact": "false"})
    assert f'name="resident" value="{who.id}"' not in ward.get("mei", f"/cases/{case}").text


def test_the_few_see_the_announcements_and_nobody_else_does(ward, case):
    told = notices_of_cases(ward)
    news = told["News for your household"]
    for path in ("", "/calls", "/texts", "/sheet"):
        for who in OUTSIDERS:
            found = ward.get(who, f"/notices/{news.id}{path}")
            assert found.status_code in {303, 403, 404}, (who, path)
        for who in ("mei", OWN):
            assert ward.get(who, f"/notices/{news.id}{path}").status_code == 200
    assert ward.get(FAMILY, f"/notices/{news.id}").status_code == 200
    officer_of_all = {"account_id": ward.world.min, "role": "officer", "scope": "community"}
    ward.execute(insert(roles).values(community_id=1, scope_id=1, since=0, **officer_of_all))
    ward.app.state.sessions.forget()
    try:
        assert ward.get("min", f"/notices/{news.id}").status_code == 403
        sent = ward.get("min", "/notices/sent", headers=ENGLISH).text
        assert "A vehicle for a transfer comes" in sent
        assert "News for your household" not in sent
        assert "medical vehicle" not in sent
    finally:
        mine = (roles.c.account_id == ward.world.min) & (roles.c.scope == "community")
        ward.execute(update(roles).where(mine).values(until=1))
        ward.app.state.sessions.forget()


def test_nobody_finds_the_household_by_trying_doors(ward, case):
    news = notices_of_cases(ward)["News for your household"]
    door = ward.world.doors["walk_up"]["402"]

    def answer(who, kind, data):
        [said] = ward.send(who, ward.op(who, kind, data), headers=ENGLISH).json()["answers"]
        return said["outcome"], said["message"]

    for who in ("hao", "min", CARER, OTHER):
        for kind, field in (("notice.tell", "recipient"), ("notice.answer", "household")):
            data = {"notice": news.id}
            right, wrong = (
                answer(who, kind, data | {field: f"h{one}" if field == "recipient" else one})
                for one in (door, ward.world.sun_door)
            )
            assert right == wrong
            assert right[0] == "refused"
    assert answer("mei", "round.knock", {"notice": news.id})[0] == "refused"


def test_neither_push_nor_a_group_nor_a_short_message_says_who_or_what(ward, case):
    rows = ward.rows(select(notices))
    name = people_of(ward)[0].name
    of_case = {row.id for row in (*notices_of_cases(ward).values(), *told_to_the_contact(ward))} | {
        row.id for row in rows if row.content["title"].get("text", "").startswith("A vehicle")
    }
    told = [row for row in rows if row.id in of_case]
    assert len(told) >= 3
    for row in told:
        for language in ("en", "zh-Hans", "zh-Hant"):
            call = payload.Call(row.id, 1, row.content, True, row.asks)
            text = payload.message(call, language, 1, "https://x.example").decode()
            said = msgspec.json.decode(text)["notification"]
            shown = said["title"] + said["body"]
            for word in (*SECRETS, name, "402", "ositive", "阳", "陽", case):
                assert word not in shown
            assert case not in text
    posted = ward.rows(select(deliveries.c.notice_id).where(deliveries.c.channel == "bot"))
    assert not {row.notice_id for row in posted} & {row.id for row in told if row.kind == "case"}


def test_what_changes_live_names_no_case_and_no_household(ward, case, monkeypatch):
    heard = []
    monkeypatch.setattr(
        ward.hub.live, "tell", lambda community, seq, topics: heard.append(set(topics))
    )
    ward.tell("mei", "case.call", {"case": case, "how": "well"})
    ward.tell("mei", "case.remind", {"case": case, "what": "call"})
    ward.run(ward.hub.react)
    door = ward.world.doors["walk_up"]["402"]
    topics = set().union(*heard)
    assert "cases" in topics
    assert not [one for one in topics if case in one or one == f"household:{door}"]


def test_a_person_may_be_found_by_their_door_and_a_case_opened_with_a_plain_form(ward, case):
    found = ward.get(DOCTOR, "/cases?door=8-1-501", headers=ENGLISH).text
    [who, *_] = people_of(ward, "501")
    assert who.name in found
    form = {"resident": who.id, "household": who.household_id, "why": "told", "next": "/cases"}
    assert ward.post(DOCTOR, "/ops/case.open", form).status_code == 303
    [row] = ward.rows(select(cases).where(cases.c.resident_id == who.id))
    ward.tell(DOCTOR, "case.close", {"case": row.id, "why": "mistake"})
    assert ward.get("mei", "/cases?door=" + "%00" * 50).status_code < 500


def test_the_page_of_results_opens_a_case_and_then_leads_to_it(ward):
    site = ward
    made = {"title": "r", "sites": ["e"], "stairwells": [site.world.walk_up], "tube": "single"}
    day = site.tell("mei", "test.make", made)
    site.tell("mei", "round.open", {"round": day})
    who = people_of(site, "601")[0]
    site.tell("mei", "tube.fill", {"round": day, "code": "T1", "residents": [who.id]})
    site.tell("mei", "tube.result", {"round": day, "code": "T1", "result": "positive"})
    path = f"/testing/{day}/tubes"
    assert 'action="/ops/case.open"' in site.get(DOCTOR, path).text
    assert who.name not in site.get("min", path).text
    form = {"resident": who.id, "household": who.household_id, "why": "nucleic", "round": day}
    opened = site.post(DOCTOR, "/ops/case.open", form).headers["location"]
    assert re.fullmatch(r"/cases/[0-9a-f-]{36}", opened)
    assert f'href="{opened}"' in site.get(DOCTOR, path).text
    site.tell(DOCTOR, "case.close", {"case": opened.split("/")[-1], "why": "mistake"})
    site.tell("mei", "round.pause", {"round": day})


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_pages_are_drawn_in_every_language(ward, case, language):
    headers = HTML | {"accept-language": language}
    for who, path in (
        ("mei", "/cases"),
        ("mei", f"/cases/{case}"),
        (FAMILY, "/cases/mine"),
        (MET, "/cases/mine"),
    ):
        found = ward.get(who, path, headers=headers)
        assert found.status_code == 200
        assert f'lang="{language}"' in found.text
        assert " style=" not in found.text


def test_clocks_wait_in_the_database_and_not_in_a_process(ward, case):
    rows = ward.rows(select(reactions).where(reactions.c.name == "cases.clock"))
    assert {row.subject.split()[1] for row in rows if case in row.subject} >= {"call", "vehicle"}


def test_a_reader_of_the_ledger_is_one_who_may(ward, case):
    """The case says whether its household has heard, and leads to the telephone list."""
    text = ward.get("mei", f"/cases/{case}", headers=ENGLISH).text
    newest = max(notices_of_cases(ward).values(), key=lambda row: row.version)
    lines = ward.rows(select(reach).where(reach.c.notice_id == newest.id))
    assert lines
    assert "has not read it" in text
