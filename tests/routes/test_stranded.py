"""Who reads of people who are shut in: their hosts, the officer of the building, the committee."""

from __future__ import annotations

import re

import pytest

from tests.support.site import HTML, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
GUEST = "GUEST-ONE"


@pytest.fixture
def stay(site):
    """A guest of Grandma Sun's, gone afterwards: other tests count who is behind that door."""
    said = {"name": GUEST, "household": site.world.sun_door, "home": "8-2-202"}
    yield (found := site.tell("sun", "stranded.come", said))
    site.tell("sun", "stranded.leave", {"stay": found})


def test_the_desk_is_read_by_those_who_answer_there(site, stay):
    for who in ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY):
        page = site.get(who, "/stranded", headers=ENGLISH)
        assert (GUEST in page.text) == (who in {"mei", "min"}), who


def test_only_the_hosts_read_of_their_guests(site, stay):
    for who in ("mei", "hao", "min", "sun", "qian", "anna", "bo"):
        page = site.get(who, "/stranded/mine", headers=ENGLISH)
        assert (GUEST in page.text) == (who == "sun"), who


def test_a_form_without_scripts_registers_and_sees_off(site):
    said = {"name": "PLAIN-GUEST", "household": site.world.sun_door, "days_ago": "0", "seen": "0"}
    done = site.post("sun", "/ops/stranded.come", {**said, "next": "/stranded/mine"})
    assert done.status_code == 303
    page = site.get("sun", "/stranded/mine", headers=ENGLISH).text
    assert "PLAIN-GUEST" in page
    [found] = re.findall(r'action="/ops/stranded.leave".*?name="stay" value="([^"]+)"', page, re.S)
    gone = site.post("sun", "/ops/stranded.leave", {"stay": found, "next": "/stranded/mine"})
    assert gone.status_code == 303
    assert "PLAIN-GUEST" not in site.get("sun", "/stranded/mine", headers=ENGLISH).text


def test_the_page_for_hosts_is_in_their_pack_and_the_desk_in_nobodys(site, stay):
    for who, listed in (("sun", True), ("hao", False), ("mei", False)):
        pages = [one["url"] for one in site.get(who, "/pack").json()["pages"]]
        assert ("/stranded/mine" in pages) == listed, who
        assert "/stranded" not in pages
