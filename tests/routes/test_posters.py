"""A poster leads everybody to a page that knows nothing of them until they show where they live."""

import re

import pytest
from sqlalchemy import select

from server.features.declarations.tables import declarations
from server.features.estates import reads as estates
from server.features.people.tables import residents
from server.features.posters.tables import posters
from server.features.rounds.rules import DIFFERENCES
from server.web.guard import Throttle
from tests.support.site import NOBODY, says

PHONE = "13812345678"


@pytest.fixture(autouse=True)
def nobody_has_guessed(site):
    guessing = site.app.state.guessing
    guessing.address._wrong.clear()
    guessing.flat._wrong.clear()


@pytest.fixture
def screening(site):
    return site.open_round(kind="screening", quantity=1)


@pytest.fixture
def code(site, screening):
    """What stands in the address of a poster of the walk-up's building."""
    place = site.read(estates.places, site.world.community)[site.world.walk_up]
    said = {"purpose": "screening", "buildings": [place.building], "round": screening}
    site.tell("mei", "poster.make", said)
    sun = (residents.c.community_id == site.world.community) & (
        residents.c.id == site.world.sun_resident
    )
    [(before,)] = site.rows(select(residents.c.phone).where(sun))
    site.execute(residents.update().where(sun).values(phone=PHONE))
    query = select(posters.c.id, posters.c.code).where(posters.c.round_id == screening)
    [row] = site.rows(query)
    yield row.code
    site.tell("mei", "poster.end", {"poster": row.id})
    site.execute(residents.update().where(residents.c.phone == PHONE).values(phone=before))


def prove(site, code, flat="1-302", proof="5678", who=NOBODY):
    return site.post(who, f"/at/{code}", {"flat": flat, "proof": proof})


def fields(page):
    return dict(re.findall(r'name="(id|flat|proof)" value="([^"]*)"', page))


def declare(site, code, page, **more):
    return site.post(NOBODY, f"/at/{code}/declare", fields(page) | more)


def made(site, screening):
    return site.rows(select(declarations).where(declarations.c.round_id == screening))


def test_whoever_scans_it_sees_the_building_and_nobodys_name(site, code):
    answer = site.get(NOBODY, f"/at/{code}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert 'placeholder="1-' in answer.text
    assert "孙" not in answer.text


def test_the_flat_and_the_end_of_a_number_open_a_form_that_knows_nothing(site, code, screening):
    form = prove(site, code)
    assert form.status_code == 200
    assert 'name="here[]"' in form.text
    assert "孙" not in form.text
    thanks = declare(site, code, form.text, **{"here[]": ["孙奶奶", "护工"]})
    assert thanks.status_code == 200
    assert "护工" not in thanks.text
    assert len(made(site, screening)) == 1
    again = prove(site, code)
    assert "护工" not in again.text
    assert "孙" not in again.text


def test_sent_twice_it_is_declared_once_and_said_twice(site, code, screening):
    form = prove(site, code).text
    for _ in range(2):
        assert declare(site, code, form, **{"here[]": "孙奶奶"}).status_code == 200
    assert len(made(site, screening)) == 1


def test_what_cannot_be_is_said_and_what_was_typed_stays(site, code, screening):
    form = prove(site, code).text
    answer = declare(site, code, form, **{"here[]": "护工", "since": "soon"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "护工" in answer.text
    assert not made(site, screening)


@pytest.mark.parametrize(
    ("flat", "proof"), [("1-302", "0000"), ("1-999", "5678"), ("", ""), ("1-401", "5678")]
)
def test_whatever_is_wrong_is_answered_alike(site, code, flat, proof):
    answer = prove(site, code, flat, proof)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert 'name="here[]"' not in answer.text


def test_a_neighbour_does_not_guess_the_end_of_a_number(site, code):
    for n in range(5):
        assert prove(site, code, proof=f"000{n}").status_code == 200
    blocked = prove(site, code)  # even if it is right now
    assert blocked.status_code == 429
    assert 'name="here[]"' not in blocked.text
    for typed in ("1 - 302", "8-1-302", "8号楼1单元302", "１－３０２"):  # however it is typed
        assert prove(site, code, typed).status_code == 429
    assert prove(site, code, "1-401", "0000").status_code == 200  # another flat may try


def test_flats_that_are_not_there_are_blocked_alike(site, code):
    for _ in range(5):
        prove(site, code, "1-999")
    assert prove(site, code, "1-999").status_code == 429


def test_an_address_that_guesses_everywhere_waits(site, code):
    site.app.state.guessing.address = Throttle(3, 60)
    for n in range(3):
        prove(site, code, f"1-30{n}", "0000")
    assert prove(site, code).status_code == 429


def test_the_form_is_asked_for_its_proof_again(site, code, screening):
    form = prove(site, code).text
    forged = fields(form) | {"flat": "1-401", "here[]": "孙奶奶"}
    assert site.post(NOBODY, f"/at/{code}/declare", forged).status_code == 200
    assert not made(site, screening)


def test_another_sites_page_declares_nothing(site, code, screening):
    form = prove(site, code).text
    elsewhere = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    answer = site.post(NOBODY, f"/at/{code}/declare", fields(form), headers=elsewhere)
    assert answer.status_code == 403
    assert not made(site, screening)


def test_a_closed_round_says_so(site, code, screening):
    site.tell(
        "mei",
        "round.close",
        {"round": screening, "explanations": dict.fromkeys(DIFFERENCES, "as counted")},
    )
    found = site.get(NOBODY, f"/at/{code}")
    assert found.status_code == 200
    assert 'name="proof"' not in found.text


@pytest.mark.parametrize("wrong", ["7K3M0QXD9B2EYHTA", "x", "7" * 64])
def test_what_is_no_code_and_what_was_taken_down_are_answered_alike(site, code, wrong):
    poster = site.rows(select(posters.c.id).where(posters.c.code == code))[0].id
    site.tell("mei", "poster.end", {"poster": poster})
    answers = [
        site.get(NOBODY, f"/at/{one}", headers={"accept-language": "en"}) for one in (code, wrong)
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert all("leads nowhere" in one.text for one in answers)


def test_those_who_hang_them_see_print_and_make_them(site, code, screening):
    found = site.get("mei", f"/posters?about={screening}")
    assert code in found.text
    paper = site.get("mei", f"/posters/print?about={screening}")
    assert f"/at/{code}" in paper.text
    assert "<svg" in paper.text
    poster = site.rows(select(posters.c.id).where(posters.c.code == code))[0].id
    assert says(site.get("mei", f"/posters/print?poster={poster}").text, "8")
    assert site.get("hao", "/posters").status_code == 403
    assert code not in site.get("anna", "/posters").text


def test_a_screening_that_is_new_offers_posters_for_its_buildings(site, screening):
    found = site.get("mei", f"/posters?about={screening}")
    assert "poster.make" in found.text
    assert site.get("mei", f"/declarations/{screening}/picture").text.count("/posters?about=") == 1
