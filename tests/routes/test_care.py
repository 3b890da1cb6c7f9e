"""Who reads of special care, route by route, and what a phone may keep."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from server.features.care.tables import cared
from server.features.people.tables import residents, views
from tests.support.site import HTML, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)
NEED, HINT = "Dementia", "KNOCK-LOUDLY"


@pytest.fixture
def person(site):
    """Grandma Sun is in care: Hao keeps her. Left behind by nobody: it ends with the test."""
    found = site.tell("qian", "care.suggest", {"household": site.world.sun_door, "needs": ["old"]})
    row = site.rows(select(cared).where(cared.c.household_id == site.world.sun_door))[0]
    plan = {
        "needs": ["old", "dementia"], "keeper": site.who("hao"), "words": HINT, "visits": 1,
        "meals": 1,
    }  # fmt: skip
    site.tell("min", "care.confirm", {"person": row.id, **plan})
    yield row.id
    assert found
    site.tell("min", "care.end", {"person": row.id, "why": "better"})


def reading(site, path, word):
    """Those of the cast who read a word on a page."""
    return {who for who in EVERYBODY if word in site.get(who, path, headers=ENGLISH).text}


def test_one_person_is_for_those_who_may_see_care_there_and_the_keeper(site, person):
    path = f"/care/{person}"
    assert reading(site, path, NEED) == {"mei", "min", "hao"}
    found = {who: site.get(who, path).status_code for who in ("yun", "qian", "sun", "anna", "bo")}
    assert set(found.values()) == {404}


def test_the_board_is_for_those_who_may_see_care_and_says_the_totals(site, person):
    assert reading(site, "/care", NEED) == {"mei", "min"}
    assert person in site.get("min", "/care").text
    assert person not in site.get("anna", "/care").text


def test_pages_with_needs_are_kept_on_no_phone_and_a_keepers_page_has_none(site, person):
    for who, path in (("mei", "/care"), ("hao", f"/care/{person}"), ("sun", "/care/ours"),
                      ("mei", "/care/silent")):  # fmt: skip
        assert "no-store" in site.get(who, path).headers["cache-control"]
    mine = site.get("hao", "/care/mine", headers=ENGLISH)
    assert HINT in mine.text
    assert person in mine.text
    assert NEED not in mine.text
    assert "no-store" not in mine.headers["cache-control"]
    assert person not in site.get("yun", "/care/mine").text


def test_the_pack_has_the_form_for_those_at_doors_and_a_keepers_own(site, person):
    packs = {who: site.get(who, "/pack").text for who in ("hao", "qian", "sun")}
    assert ['"/care/mine"' in packs[who] for who in packs] == [True, False, False]
    assert ['"/care/new"' in packs[who] for who in packs] == [True, True, False]


def test_a_household_reads_what_is_noted_of_it_and_who_looked(site, person):
    assert person not in site.get("hao", "/care/ours").text
    site.get("min", f"/care/{person}")
    found = site.get("sun", "/care/ours", headers=ENGLISH).text
    assert NEED in found
    assert "王敏" in found


def test_a_round_of_those_in_care_is_on_no_public_page(site):
    made = {"title": "Visits", "kind": "visit", "doors": [site.world.sun_door], "hints": [""]}
    found = site.tell("mei", "round.make", made)
    site.tell("mei", "round.open", {"round": found})
    path = f"/open/{site.world.community}/rounds/{found}"
    assert {site.get(who, path).status_code for who in ("sun", NOBODY)} == {404}
    site.tell("mei", "round.close", {"round": found, "explanations": {"not_given": "a test"}})


def test_every_look_is_written_down(site, person):
    site.execute(delete(views).where(views.c.what == "care"))
    site.get("min", f"/care/{person}")
    site.get("min", f"/care/{person}")
    found = site.rows(select(views).where(views.c.what == "care"))
    assert [(row.account_id, row.household_id) for row in found] == [
        (site.who("min"), site.world.sun_door)
    ]


def test_a_number_is_shown_to_those_who_know_of_them_and_on_record(site, person):
    grandma = (
        residents.c.community_id == site.world.community,
        residents.c.id == site.world.sun_resident,
    )
    [before] = site.rows(select(residents.c.phone).where(*grandma))
    number = "13800001111"
    site.execute(update(residents).where(*grandma).values(phone=number))
    assert number not in site.get("hao", f"/care/{person}").text
    assert number in site.post("hao", f"/care/{person}").text
    assert site.post("yun", f"/care/{person}").status_code == 404
    site.execute(update(residents).where(*grandma).values(phone=before.phone))
    looks = site.rows(select(views).where(views.c.what == "phone"))
    assert site.who("hao") in {row.account_id for row in looks}


def test_a_form_filled_in_without_a_script_suggests_somebody_by_the_door(site):
    data = {"door": "8-1-402", "needs[]": "newborn", "household": "", "name": "", "words": ""}
    answer = site.post("hao", "/ops/care.suggest", data)
    assert answer.status_code in (200, 303)
    [row] = site.rows(select(cared).where(cared.c.needs.is_not(None), cared.c.name == ""))
    assert row.needs == ["newborn"]
    site.tell("min", "care.decline", {"person": row.id})


def test_who_lives_behind_a_door_is_told_only_to_those_who_may_know(site):
    path = f"/care/new?household={site.world.sun_door}"
    assert reading(site, path, "孙奶奶") - {"sun"} == {"mei", "min"}


def test_of_everybody_who_is_old_or_alone_those_are_listed_who_were_not_heard_of(site):
    old = f'data-household="{site.world.sun_door}"'
    site.execute(
        update(residents).where(residents.c.id == site.world.sun_resident).values(born=1936)
    )
    site.get("sun", "/")  # she reads on a phone, and so she was heard of
    assert old not in site.get("mei", "/care/silent").text
    lonely = site.world.doors["neighbour"]["101"]
    found = site.rows(select(residents).where(residents.c.household_id == lonely))
    site.execute(update(residents).where(residents.c.household_id == lonely).values(born=1930))
    assert found
    line = f'data-household="{lonely}"'
    assert line in site.get("mei", "/care/silent").text
    assert line not in site.get("min", "/care/silent").text  # another building's
    site.tell("mei", "care.contact", {"household": lonely, "how": "phone"})
    assert line not in site.get("mei", "/care/silent").text
