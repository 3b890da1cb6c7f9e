"""Things on pages: who has one, who may know of it, and what they may do with it there."""

from __future__ import annotations

import pytest

from server.features.custody.kinds import KINDS
from tests.features.custody.conftest import SIGNATURE
from tests.support.site import HTML, JSON, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)
SECRET = "LABEL-ONE"


@pytest.fixture(scope="module")
def card(site):
    """Grandma Sun's card, which Hao has."""
    return taken(site)


def taken(site, kind="card", **data):
    """A thing of Grandma Sun's that Hao has."""
    return site.tell(
        "hao", "thing.take",
        {"kind": kind, "label": SECRET, "household": site.world.sun_door, **data},
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_is_read_by_those_whom_it_concerns_and_by_nobody_else(site, kind):
    more = {"amount": 100} if kind == "cash" else {}
    thing = taken(site, kind, **more)
    for who in EVERYBODY:
        page = site.get(who, f"/things/{thing}", headers=ENGLISH)
        may = who in {"mei", "hao", "min", "sun"}
        assert (SECRET in page.text) == may, who
        # Whoever carries things and reads its number on it may say that they have it, no more.
        claims = who in {"yun", "qian"}
        wanted = 200 if may or claims else 303 if who == NOBODY else 404
        assert page.status_code == wanted, who
        if claims:
            assert "1单元" not in page.text
            assert "林浩" not in page.text
            assert "/ops/thing.receive" in page.text


def test_whoever_was_not_named_does_not_learn_that_it_is_there(site):
    thing = taken(site, only=[site.who("hao"), site.who("mei")])
    assert site.get("yun", f"/things/{thing}").status_code == 404
    assert site.get("hao", f"/things/{thing}").status_code == 200


def test_a_phone_keeps_what_its_owner_has_in_hand_and_no_health_of_others(site, card):
    def kept(who, path):
        return "no-store" not in site.get(who, path).headers["cache-control"]

    assert kept("hao", f"/things/{card}")
    assert kept("hao", "/things")
    assert not kept("mei", f"/things/{card}")
    assert not kept("mei", "/things/out")
    assert not kept("sun", "/things")
    assert not kept("yun", f"/things/{card}")


def test_what_somebody_has_and_what_is_handed_to_them_is_in_their_pack(site, card):
    def pack(who):
        return {one["url"] for one in site.get(who, "/pack", headers=JSON).json()["pages"]}

    assert {"/things", f"/things/{card}"} <= pack("hao")
    assert f"/things/{card}" not in pack("yun") | pack("mei")
    assert "/things" not in pack("sun")
    thing = taken(site)
    site.tell("hao", "thing.hand", {"thing": thing, "to": site.who("yun")})
    assert f"/things/{thing}" in pack("yun")
    assert any(url.endswith("/build/custody.js") for url in pack("yun"))
    site.tell("yun", "thing.receive", {"thing": thing})
    assert f"/things/{thing}" not in pack("hao")


def test_a_hand_over_goes_by_plain_forms_without_a_script(site):
    thing = taken(site, "key")
    form = {"thing": thing, "to": site.who("yun"), "signed_by": "赵芸", "next": "/things"}
    answer = site.post("hao", "/ops/thing.hand", {**form, "seen": "0"}, headers=ENGLISH)
    assert (answer.status_code, answer.headers["location"]) == (303, "/things")
    page = site.get("yun", f"/things/{thing}", headers=ENGLISH).text
    assert "/ops/thing.return" in page
    assert "赵芸" in page


def test_what_is_handed_to_somebody_stands_first_on_their_page(site):
    thing = taken(site, "parcel")
    site.tell("hao", "thing.hand", {"thing": thing, "to": site.who("min")})
    page = site.get("min", "/things", headers=ENGLISH).text
    assert page.index("林浩 hands it to you") < page.index("You have nothing of anybody")
    assert "In my hands · 1" in site.get("min", "/", headers=ENGLISH).text


def test_a_household_reads_in_sentences_where_its_things_are(site):
    thing = taken(site, "key")
    assert "林浩 has it since" in site.get("sun", "/things", headers=ENGLISH).text
    site.tell("hao", "thing.put", {"thing": thing, "place": "北门"})
    assert "It waits at 北门 since" in site.get("sun", "/things", headers=ENGLISH).text
    site.tell("mei", "thing.receive", {"thing": thing})
    site.tell("mei", "thing.return", {"thing": thing, "typed": "302", "signature": SIGNATURE})
    page = site.get("sun", f"/things/{thing}", headers=ENGLISH).text
    assert "I did not get it back" in page
    assert f'd="{SIGNATURE}"' in page


def test_those_who_answer_there_see_everything_that_is_out_and_nobody_elses(site, card):
    there = site.tell("anna", "thing.take", {"kind": "box", "label": "FAR", "place": "药店"})
    for who in ("mei", "min"):
        page = site.get(who, "/things/out").text
        assert f"/things/{card}" in page
        assert there not in page
    assert site.get("mei", f"/things/{there}").status_code == 404
    assert "FAR" in site.get("anna", "/things/out").text


def test_the_label_leads_to_the_thing_and_is_for_who_has_it(site, card):
    assert 'class="qr"' in site.get("hao", f"/things/{card}").text
    assert 'class="qr"' not in site.get("sun", f"/things/{card}").text
