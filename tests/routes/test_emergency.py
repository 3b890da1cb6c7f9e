"""Who gets the steps of an emergency: those on duty there, and never a word of what happened."""

from __future__ import annotations

import re

import pytest

from server.features.requests.emergency import STEPS, TAKEN
from server.features.requests.kinds import KINDS
from tests.support.site import HTML, JSON, NOBODY, says

ENGLISH = {**HTML, "accept-language": "en"}
SECRET = "SECRET-OF-HEALTH"
TAKERS = ("mei", "hao", "yun", "min", "qian")


@pytest.fixture(scope="module")
def fallen(site):
    """Labour has begun at Grandma Sun's, and it is over after these tests."""
    said = {"kind": "emergency", "quick": "labour", "words": SECRET}
    found = site.tell("sun", "request.ask", said)
    yield found
    site.tell("sun", "request.withdraw", {"request": found})


def steps(site, who, request):
    """The page of the steps."""
    return site.get(who, f"/requests/{request}/steps", headers=ENGLISH)


def test_the_steps_are_for_those_on_duty_there_and_for_nobody_else(site, fallen):
    for who in (*TAKERS, "sun", "anna", "bo", NOBODY):
        page = steps(site, who, fallen)
        may = who in TAKERS
        assert page.status_code == (200 if may else 303 if who == NOBODY else 404), who
        none = steps(site, who, site.notice)
        if not may:
            assert page.text.replace(fallen, "") == none.text.replace(site.notice, "")


def test_the_steps_say_nothing_of_what_has_happened_and_a_phone_keeps_them(site, fallen):
    emergency = KINDS["emergency"]
    for who in TAKERS:
        page = steps(site, who, fallen)
        assert page.headers["cache-control"] != "no-store"
        for secret in (SECRET, emergency.label, *emergency.quick.values(), *emergency.quick):
            assert secret not in page.text, (who, secret)
        assert 'href="tel:120"' in page.text
        assert not says(page.text, "302")


def test_the_steps_are_the_same_whatever_has_happened(site, fallen):
    found = {}
    for quick in ("", *KINDS["emergency"].quick):
        request = site.tell("sun", "request.ask", {"kind": "emergency", "quick": quick})
        text = steps(site, "qian", request).text
        site.tell("sun", "request.withdraw", {"request": request})
        found[quick] = re.findall(r'<li id="([a-z]+)"', text)
    assert all(one == [*TAKEN] for one in found.values())


def test_a_guard_reads_the_stairwell_and_those_who_go_up_the_floor(site, fallen):
    for who in TAKERS:
        [sub] = re.findall(
            r'<div class="where"><h1>.*?</h1>(.*?)</div>', steps(site, who, fallen).text
        )
        assert bool(sub) == (who != "qian"), who
    site.tell("qian", "emergency.do", {"request": fallen, "step": "meet"})
    [sub] = re.findall(r"</h1>(<p>.*?</p>)?</div>", steps(site, "qian", fallen).text)
    assert "3" in sub
    site.tell("qian", "emergency.drop", {"request": fallen, "step": "meet"})


def test_who_cannot_know_what_has_happened_is_led_to_no_page_of_it(site, fallen):
    for who in TAKERS:
        linked = f'href="/requests/{fallen}"' in steps(site, who, fallen).text
        assert linked == (who in {"mei", "min"}), who
        assert linked == (site.get(who, f"/requests/{fallen}").status_code == 200), who


def test_its_page_is_in_the_pack_of_those_who_were_told_or_do_something(site, fallen):
    page = f"/requests/{fallen}/steps"

    def kept(who):
        return {one["url"] for one in site.get(who, "/pack", headers=JSON).json()["pages"]}

    # Of those who lead the nearest are told; others of these tests may have put somebody nearer.
    site.tell("mei", "emergency.do", {"request": fallen, "step": "lift"})
    for who in ("hao", "yun", "min", "qian", "mei"):
        assert page in kept(who), who
        assert any(url.endswith("build/emergency.js") for url in kept(who))
    for who in ("sun", "anna", "bo"):
        assert page not in kept(who), who
        assert not any("emergency" in url for url in kept(who))
    assert f"/requests/{fallen}" not in kept("mei")
    site.tell("mei", "emergency.drop", {"request": fallen, "step": "lift"})


def test_who_takes_a_step_may_say_that_it_is_done_and_others_see_who_it_is(site, fallen):
    site.tell("hao", "emergency.do", {"request": fallen, "step": "lift"})
    mine = steps(site, "hao", fallen).text
    [row] = re.findall(r'<li id="lift".*?</li>', mine, re.S)
    assert 'data-state="mine"' in row
    assert 'action="/ops/emergency.drop"' in row
    [row] = re.findall(r'<li id="lift".*?</li>', steps(site, "qian", fallen).text, re.S)
    assert 'data-state="theirs"' in row
    assert site.world.names[site.world.hao] in row
    assert "emergency.drop" not in row
    own = site.get("sun", f"/requests/{fallen}", headers=ENGLISH).text
    assert STEPS["lift"].label in own
    desk = site.get("mei", "/requests", headers=ENGLISH).text
    assert 'class="ticks"' in desk
    site.tell("hao", "emergency.done", {"request": fallen, "step": "lift"})
    assert STEPS["lift"].done in site.get("sun", f"/requests/{fallen}", headers=ENGLISH).text


def test_a_plain_form_takes_a_step_without_a_script(site, fallen):
    form = {"request": fallen, "step": "bag", "seen": "1", "next": f"/requests/{fallen}/steps"}
    origin = {**HTML, "origin": str(site.client.base_url)}
    answer = site.post("yun", "/ops/emergency.do", form, headers=origin)
    assert answer.status_code == 303, answer.text
    assert 'id="bag" data-state="mine"' in steps(site, "yun", fallen).text


def test_the_vehicle_stops_the_clock_for_everybody(site, fallen):
    assert "data-clock" in steps(site, "qian", fallen).text
    site.tell("qian", "emergency.done", {"request": fallen, "step": "vehicle"})
    for who, path in (("hao", "/steps"), ("mei", ""), ("sun", "")):
        text = site.get(who, f"/requests/{fallen}{path}", headers=ENGLISH).text
        assert "The vehicle was there after 0 min" in text
        assert "data-clock" not in text
    site.tell("qian", "emergency.drop", {"request": fallen, "step": "vehicle"})


def test_once_it_is_over_the_page_says_so_and_has_nothing_to_take(site):
    request = site.tell("sun", "request.ask", {"kind": "emergency", "quick": "fall"})
    other = site.tell("sun", "request.ask", {"kind": "emergency", "quick": "fall"})
    site.tell("mei", "request.join", {"request": request, "to": other})
    page = steps(site, "hao", request).text
    assert f'href="/requests/{other}/steps"' in page
    assert "/ops/emergency" not in page
    site.tell("sun", "request.withdraw", {"request": other})
    page = steps(site, "hao", other).text
    assert "/ops/emergency" not in page
    assert "data-clock" not in page


def test_no_other_request_has_a_page_of_steps(site):
    request = site.tell("sun", "request.ask", {"kind": "food"})
    assert steps(site, "mei", request).status_code == 404
    site.tell("sun", "request.withdraw", {"request": request})
