"""Relays on pages: who may know of one, and two communities that meet at a gate."""

from __future__ import annotations

import pytest

from tests.support.site import HTML, JSON, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)


def made(site, who="hao", way="within", **data):
    """A relay for Grandma Sun."""
    said = {"way": way, "what": "PILLS", "household": site.world.sun_door, "gate": "东门"}
    return site.tell(who, "relay.make", said | data)


def halves(site, who, relay):
    """The halves of a code that a page shows: ours, and theirs while it is to be told."""
    page = site.get(who, f"/relays/{relay}", headers=ENGLISH).text
    ours = page.partition('<p class="half">')[2][:4]
    theirs = page.partition("their half by telephone: <strong>")[2][:4]
    return ours, theirs


def test_a_relay_is_read_by_those_whom_it_concerns_and_by_nobody_else(site):
    relay = made(site)
    for who in EVERYBODY:
        page = site.get(who, f"/relays/{relay}")
        wanted = 200 if who in {"hao", "mei", "min", "sun"} else 303 if who == NOBODY else 404
        assert page.status_code == wanted, who
        assert ("PILLS" in page.text) == (wanted == 200)
        listed = site.get(who, "/relays").text
        assert (f"/relays/{relay}" in listed) == (wanted == 200), who
    site.tell("hao", "relay.assign", {"relay": relay, "to": site.who("yun")})
    assert site.get("yun", f"/relays/{relay}").status_code == 200


def test_a_parcel_passes_between_two_communities_that_learn_nothing_of_each_other(site):
    """Plain forms all the way: each community sees its own, and when the other side had it."""
    out = made(site, way="out")
    ours, theirs = halves(site, "hao", out)
    there = site.world.doors["outside"]["301"]
    coming = made(site, "bo", "in", household=there, half=theirs, what="FOR-BO")
    site.tell("hao", "relay.told", {"relay": out})
    assert halves(site, "hao", out) == (ours, "")
    about = {"kind": "parcel", "about": f"/relays/{out}", "disinfect": "true"}
    thing = site.tell("hao", "thing.take", about | {"household": site.world.sun_door})
    site.tell("hao", "thing.disinfect", {"thing": thing})
    for who, kind, relay, half in (
        ("bo", "relay.fetch", coming, ours), ("hao", "relay.part", out, theirs),
    ):  # fmt: skip
        form = {"relay": relay, "half": half, "next": f"/relays/{relay}", "seen": "0"}
        assert site.post(who, f"/ops/{kind}", form).status_code == 303
    site.react()
    here = site.get("sun", f"/relays/{out}", headers=ENGLISH).text
    assert "It has passed the gate" in here
    assert "Taken over on the other side" in here
    far = site.get("bo", f"/relays/{coming}", headers=ENGLISH).text
    assert "柏 has it" in far
    assert "Handed over by the other side" in far
    for name in ("柏", "远山", "杏园", "FOR-BO"):
        assert name not in here
    for name in ("林浩", "孙", "百花", "梅园", "PILLS"):
        assert name not in far
    for who, relay in (("bo", out), ("anna", out), ("hao", coming), ("mei", coming)):
        assert site.get(who, f"/relays/{relay}").status_code == 404


def test_a_carrier_has_the_page_at_the_gate_and_nobody_else_keeps_it(site):
    relay = made(site)
    assert site.get("hao", f"/relays/{relay}").headers["cache-control"] == "private, no-cache"
    assert site.get("sun", f"/relays/{relay}").headers["cache-control"] == "no-store"
    assert site.get("mei", f"/relays/{relay}").headers["cache-control"] == "no-store"
    pages = {one["url"] for one in site.get("hao", "/pack", headers=JSON).json()["pages"]}
    assert f"/relays/{relay}" in pages


@pytest.mark.parametrize("kind", ["delivery", "medicine"])
def test_a_request_leads_to_its_relay(site, kind):
    request = site.tell("sun", "request.ask", {"kind": kind, "words": "降压药"})
    page = site.get("mei", f"/requests/{request}").text
    assert f"/relays/new?request_id={request}" in page
    new = site.get("mei", f"/relays/new?request_id={request}").text
    assert f'name="request" value="{request}"' in new
    relay = made(site, "mei", request=request)
    for who in ("mei", "sun"):
        assert f'href="/relays/{relay}"' in site.get(who, f"/requests/{request}").text
    assert site.get("qian", f"/relays/new?request_id={request}").status_code == 404
    assert site.get("mei", "/relays/new?request_id=nothing").status_code == 404


def test_who_only_waits_reads_no_code(site):
    out = made(site, way="out")
    ours, theirs = halves(site, "hao", out)
    page = site.get("sun", f"/relays/{out}").text
    assert ours not in page
    assert theirs not in page
