"""Who reads a standing trip and its plan, route by route; everybody else finds nothing there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from server import clock
from server.features.estates import reads as estates
from server.features.trips.operations.planning import id_of
from tests.support.site import HTML, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)
HOSPITAL, KIND = "NAME-OF-A-HOSPITAL", "Dialysis"


def tomorrow(site):
    """The day after this one, where people live."""
    zone = site.read(estates.zone, site.world.community)
    return datetime.fromtimestamp(clock.now() / 1000, zone).date() + timedelta(days=1)


def said(site, **more):
    """What a plan says: Hao drives, and Yun steps in."""
    return {
        "kind": "dialysis", "hospital": HOSPITAL, "days": [1, 2, 3, 4, 5, 6, 7],
        "leaves": "07:00", "back": "13:00", "driver": site.who("hao"),
        "deputy": site.who("yun"), "plate": "A-12345",
        "household": site.world.sun_door, "resident": site.world.sun_resident, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan(site):
    """Grandma Sun is driven to dialysis."""
    found = site.tell("min", "plan.make", said(site))
    yield found
    site.tell("min", "plan.end", {"plan": found})


@pytest.fixture(scope="module")
def trip(site, plan):
    """Tomorrow's."""
    day = tomorrow(site).isoformat()
    site.tell("min", "trip.make", {"plan": plan, "day": day})
    return id_of(plan, day)


def reading(site, path, word):
    """Those of the cast who read a word on a page."""
    return {who for who in EVERYBODY if word in site.get(who, path, headers=ENGLISH).text}


def test_the_list_is_for_those_who_answer_for_health_there_and_who_drives(site, trip):
    assert reading(site, "/trips", HOSPITAL) == {"mei", "min", "hao", "yun"}
    assert reading(site, "/trips", KIND) == {"mei", "min"}
    assert reading(site, "/trips/mine", HOSPITAL) == {"sun"}


def test_a_trip_is_for_its_household_its_drivers_and_who_runs_it(site, trip):
    path = f"/trips/{trip}"
    assert reading(site, path, HOSPITAL) == {"mei", "min", "hao", "yun", "sun"}
    found = {who: site.get(who, path).status_code for who in ("qian", "anna", "bo", NOBODY)}
    assert found == {"qian": 404, "anna": 404, "bo": 404, NOBODY: 303}


def test_whoever_drives_does_not_read_what_for_nor_why_a_check_was_set_aside(site, trip):
    site.tell("mei", "trip.allow", {"trip": trip, "why": "SECRET-REASON"})
    path = f"/trips/{trip}"
    assert reading(site, path, KIND) == {"mei", "min", "sun"}
    assert reading(site, path, "SECRET-REASON") == {"mei", "min", "sun"}


def test_a_plan_is_for_those_who_run_it_alone(site, plan):
    path = f"/trips/plans/{plan}"
    assert reading(site, path, HOSPITAL) == {"mei", "min"}
    found = {who: site.get(who, path).status_code for who in ("hao", "yun", "sun", "qian", "anna")}
    assert set(found.values()) == {404}


PAGES = (
    *("/", "/notices", "/notices/sent", "/outbox", "/people", "/requests", "/rounds"),
    *("/things", "/cases", "/pack", "/gates", "/medicine"),
)


@pytest.mark.parametrize("path", PAGES)
def test_no_other_page_says_a_word_of_it(site, trip, path):
    assert reading(site, path, HOSPITAL) == set()


def test_only_the_driver_has_the_trip_on_the_phone(site, plan, trip):
    for who, path in (
        ("mei", "/trips"), ("hao", "/trips"), ("sun", "/trips/mine"), ("min", "/trips/new"),
        ("min", f"/trips/plans/{plan}"), ("min", f"/trips/{trip}"), ("sun", f"/trips/{trip}"),
    ):  # fmt: skip
        assert site.get(who, path).headers["cache-control"] == "no-store", (who, path)
    assert site.get("hao", f"/trips/{trip}").headers["cache-control"] != "no-store"
    packed = {who for who in EVERYBODY if f"/trips/{trip}" in site.get(who, "/pack").text}
    assert packed == {"hao", "yun"}  # it is at most 31 hours away


def test_nobody_leaves_without_a_test_where_a_page_can_say_so(site, plan):
    day = (tomorrow(site) + timedelta(days=5)).isoformat()  # no test of today counts then
    site.tell("min", "trip.make", {"plan": plan, "day": day})
    path = f"/trips/{id_of(plan, day)}"
    site.tell("hao", "trip.step", {"trip": id_of(plan, day), "step": "ready"})
    drawn = site.get("hao", path, headers=ENGLISH).text
    assert 'value="off"' not in drawn
    assert "No test counts for this trip, so there is no pass." in drawn
    assert "/ops/trip.allow" not in drawn
    assert "/ops/trip.allow" in site.get("mei", path, headers=ENGLISH).text
    assert "/ops/trip.allow" not in site.get("min", path, headers=ENGLISH).text


def test_forms_without_scripts_plan_trips(site):
    door = site.get("min", "/trips/new?door=8-1-302", headers=ENGLISH).text
    assert f'name="household" value="{site.world.sun_door}"' in door
    wrong = site.get("min", "/trips/new?door=nowhere", headers=ENGLISH).text
    assert "is not one door" in wrong
    form = said(site, hospital="PLAIN-HOSPITAL") | {"seen": "0", "next": "/trips", "companion": ""}
    form["days[]"] = [str(one) for one in form.pop("days")]
    assert site.post("min", "/ops/plan.make", form).status_code == 303
    page = site.get("min", "/trips", headers=ENGLISH).text
    assert "PLAIN-HOSPITAL" in page
    [found] = {
        one.split('"')[0]
        for one in page.split('href="/trips/plans/')[1:]
        if "PLAIN-HOSPITAL" in one.split("</a>")[0]
    }
    assert site.get("min", f"/trips/plans/{found}").status_code == 200
    site.tell("min", "plan.end", {"plan": found})


@pytest.mark.parametrize("household", ["999999", "-3", "x", "99999999999999"])
def test_a_door_that_is_none_has_no_page(site, household):
    assert site.get("mei", f"/trips/new?household={household}").status_code == 404


def test_a_request_for_standing_trips_leads_to_the_plan_of_its_door(site):
    asked = site.tell("min", "request.ask", {"kind": "trip", "household": site.world.sun_door})
    link = f"/trips/new?household={site.world.sun_door}"
    assert link in site.get("mei", f"/requests/{asked}", headers=ENGLISH).text
    assert link not in site.get("sun", f"/requests/{asked}", headers=ENGLISH).text
    site.tell("sun", "request.withdraw", {"request": asked})
