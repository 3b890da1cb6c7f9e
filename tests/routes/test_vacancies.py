"""Who reads of vacant flats, and what a phone keeps of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.features.vacancies.tables import vacancies
from tests.support.site import NOBODY

EVERYBODY = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)


@pytest.fixture
def sealed(site):
    """602 is kept as vacant, and is vacant again once the test has ended."""
    door = site.world.vacant
    site.tell("min", "vacancy.find", {"household": door, "evidence": "seal", "seal": "S-0412"})
    yield f'data-vacancy="{door}"'
    [row] = site.rows(select(vacancies).where(vacancies.c.household_id == door))
    if not row.vacant:
        site.tell("min", "vacancy.find", {"household": door, "evidence": "meter"})


def test_vacant_flats_are_for_those_who_keep_them_there(site, sealed):
    found = {who for who in EVERYBODY if sealed in site.get(who, "/vacancies").text}
    assert found == {"mei", "min"}
    assert "S-0412" in site.get("min", "/vacancies").text


def test_those_who_keep_them_have_the_page_without_a_signal(site, sealed):
    packs = {who: '"/vacancies"' in site.get(who, "/pack").text for who in ("mei", "min", "hao")}
    assert packs == {"mei": True, "min": True, "hao": False}


def test_one_tap_without_a_script_says_that_somebody_lives_there(site, sealed):
    said = {"household": str(site.world.vacant), "found": "lived_in", "next": "/vacancies"}
    assert site.post("min", "/ops/vacancy.recheck", said).status_code in (200, 303)
    assert sealed not in site.get("min", "/vacancies").text


def test_a_form_without_a_script_enters_a_flat_by_its_door(site, sealed):
    said = {"door": "8-1-602", "evidence": "meter", "seal": "", "words": "", "round": ""}
    assert site.post("mei", "/ops/vacancy.find", said).status_code in (200, 303)
    [row] = site.rows(select(vacancies).where(vacancies.c.household_id == site.world.vacant))
    assert row.evidence == "meter"
