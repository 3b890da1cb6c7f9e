"""Testing days over HTTP: who sees which site, what households are told, results kept apart."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.cases.tables import cases
from server.features.estates.tables import households
from server.features.testing.tables import sites
from tests.support.site import HTML, NOBODY

ENGLISH = HTML | {"accept-language": "en"}


@pytest.fixture
def day(site):
    """An open day of the walk-up; Hao works at its only site, and everybody is expected."""
    open_cases = select(cases.c.id).where(
        cases.c.community_id == site.world.community,
        cases.c.household_id == site.world.sun_door,
        cases.c.closed_at.is_(None),
    )
    for case in site.rows(open_cases):  # of other tests here: who has one is not called
        site.tell("mei", "case.close", {"case": case.id, "why": "mistake"})
    made = {"title": "Round 3", "sites": ["East gate"], "stairwells": [site.world.walk_up]}
    day = site.tell("mei", "test.make", made)
    site.tell("mei", "round.open", {"round": day})
    given = {"round": day, "stairwells": [site.world.walk_up], "accounts": [site.who("hao")]}
    site.tell("mei", "round.assign", given)
    yield day
    site.tell("mei", "round.pause", {"round": day})


@pytest.fixture
def east(site, day):
    """The day's site."""
    [row] = site.rows(select(sites.c.id).where(sites.c.round_id == day))
    return f"/testing/{day}/sites/{row.id}"


def statuses(site, path):
    cast = ("mei", "hao", "yun", "min", "sun", "qian", "anna", NOBODY)
    return {who: site.get(who, path).status_code for who in cast}


def test_the_day_is_for_those_who_call_and_a_site_for_those_who_work_there_too(site, day, east):
    assert statuses(site, f"/testing/{day}") == {
        "mei": 200, "hao": 403, "yun": 403, "min": 403, "sun": 403, "qian": 403, "anna": 404,
        NOBODY: 303,
    }  # fmt: skip
    assert statuses(site, east) == {
        "mei": 200, "hao": 200, "yun": 403, "min": 403, "sun": 403, "qian": 403, "anna": 404,
        NOBODY: 303,
    }  # fmt: skip


def test_results_are_for_those_who_may_know_and_are_kept_nowhere(site, day):
    door = site.world.sun_door
    site.tell("hao", "tube.fill", {"round": day, "code": "T1", "households": [door]})
    site.tell("mei", "tube.result", {"round": day, "code": "T1", "result": "invalid"})
    path = f"/testing/{day}/tubes"
    found = site.get("mei", path, headers=ENGLISH)
    assert 'data-tone="wait">invalid' in found.text
    assert found.headers["cache-control"] == "no-store"
    assert 'data-tone="wait">invalid' not in site.get("hao", path, headers=ENGLISH).text
    assert site.get("sun", path).status_code == 403
    own = site.get("sun", "/testing/mine", headers=ENGLISH)
    assert "please come again" in own.text
    assert own.headers["cache-control"] == "no-store"
    assert "please come again" not in site.get("sun", "/", headers=ENGLISH).text


def test_a_household_is_told_its_turn_and_then_to_come(site, day):
    text = site.get("sun", "/", headers=ENGLISH).text
    assert "Please wait at home until your floor is called." in text
    called = {"round": day, "stairwell": site.world.walk_up, "levels": [3]}
    site.tell("mei", "test.call", called)
    text = site.get("sun", "/", headers=ENGLISH).text
    assert "Come down now" in text
    assert "East gate" in text
    assert "We are coming" in text
    site.send("hao", site.mark("hao", day, "302", answer="came"))
    assert "You have been tested today" in site.get("sun", "/", headers=ENGLISH).text


def test_a_floor_is_called_with_a_plain_form(site, day, east):
    form = {"round": day, "stairwell": site.world.walk_up, "levels[]": "4", "next": east}
    answer = site.post("hao", "/ops/test.call", form)
    assert (answer.status_code, answer.headers["location"]) == (303, east)
    assert 'data-state="called"' in site.get("hao", east).text


def test_a_card_leads_to_its_household_on_the_open_day(site, day):
    [row] = site.rows(
        select(households.c.card_number).where(
            households.c.community_id == site.world.community,
            households.c.id == site.world.sun_door,
        )
    )
    door = f"/testing/{day}/doors/{site.world.sun_door}"
    typed = site.get("hao", f"/testing/card?number={row.card_number.lower()}")
    assert typed.headers["location"].endswith(row.card_number.lower())
    found = site.get("hao", typed.headers["location"])
    assert found.headers["location"] == door
    for who in ("sun", "min", "yun", "qian"):
        assert site.get(who, typed.headers["location"]).status_code == 404
    assert statuses(site, door) == {
        "mei": 200, "hao": 200, "yun": 403, "min": 200, "sun": 200, "qian": 403, "anna": 404,
        NOBODY: 303,
    }  # fmt: skip


def test_sites_are_in_the_pack_of_those_who_work_there(site, day, east):
    pages = site.get("hao", "/pack", headers={"accept": "application/json"}).json()["pages"]
    assert east in {page["url"] for page in pages}


def test_a_testing_day_is_not_offered_among_rounds_that_go_to_doors(site, day):
    text = site.get("mei", "/rounds/new").text
    assert 'value="nucleic"' not in text
    assert 'href="/testing/new"' in text
    assert f'href="/testing/{day}"' in site.get("mei", "/rounds").text
