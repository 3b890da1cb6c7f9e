"""Who gets a mediation's page: its officer and its sides. Everybody else finds nothing there."""

from __future__ import annotations

import pytest

from tests.support.site import HTML, NOBODY

ENGLISH = {**HTML, "accept-language": "en"}
SECRET = "SECRET-OF-TWO"


@pytest.fixture(scope="module")
def mediation(site):
    """Min mediates between Grandma Sun and 401."""
    said = {"about": SECRET, "doors": ["8-1-302", "8-1-401"]}
    found = site.tell("min", "mediation.open", said)
    site.tell("min", "mediation.say", {"mediation": found, "words": SECRET, "to": 1})
    return found


def test_its_page_is_for_its_officer_and_its_sides(site, mediation):
    for who in ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY):
        page = site.get(who, f"/mediation/{mediation}", headers=ENGLISH)
        may = who in {"min", "sun"}
        assert page.status_code == (200 if may else 303 if who == NOBODY else 404), who
        assert (SECRET in page.text) == may, who
        if may:
            assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/mediation", "/", "/notices", "/notices/sent", "/outbox", "/people", "/requests"]
)
def test_no_other_page_says_a_word_of_it(site, mediation, path):
    for who in ("mei", "hao", "qian", "anna", "bo"):
        page = site.get(who, path, headers=ENGLISH)
        assert SECRET not in page.text, who
        assert mediation not in page.text, who


def test_it_is_in_nobodys_pack(site, mediation):
    for who in ("mei", "min", "sun"):
        assert "/mediation" not in site.get(who, "/pack").text


def test_a_form_without_scripts_opens_one(site):
    said = {"about": "PLAIN", "doors[]": ["8-1-302", "8-1-501"], "seen": "0", "next": "/mediation"}
    assert site.post("min", "/ops/mediation.open", said).status_code == 303
    assert "PLAIN" in site.get("min", "/mediation", headers=ENGLISH).text
