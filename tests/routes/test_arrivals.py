"""What newcomers and leavers say by a poster, and the desk that confirms it."""

import re

import pytest
from sqlalchemy import select

from server.features.arrivals.tables import arrivals
from server.features.estates import reads as estates
from server.features.people.tables import residents
from server.features.posters.tables import posters
from server.web.guard import Throttle
from tests.support.site import NOBODY, says

ENGLISH = {"accept": "text/html", "accept-language": "en"}


@pytest.fixture(autouse=True)
def nothing_was_sent(site):
    site.app.state.moving._wrong.clear()


@pytest.fixture
def code(site):
    """What stands in the address of the walk-up's poster, with nothing sent by it yet."""
    place = site.read(estates.places, site.world.community)[site.world.walk_up]
    site.tell("mei", "poster.make", {"purpose": "arrivals", "buildings": [place.building]})
    for row in site.rows(select(arrivals.c.id).where(arrivals.c.state == "waiting")):
        site.tell("mei", "arrival.decline", {"arrival": row.id, "why": "of another test"})
    hanging = (posters.c.purpose == "arrivals") & posters.c.ended_at.is_(None)
    [row] = site.rows(select(posters.c.id, posters.c.code).where(hanging))
    yield row.code
    site.tell("mei", "poster.end", {"poster": row.id})


def send(site, code, who=NOBODY, **more):
    page = site.get(NOBODY, f"/at/{code}").text
    fresh = re.search(r'name="id" value="([^"]+)"', page)[1]
    form = {"id": fresh, "way": "in", "flat": "1-602", "names[]": ["许静", "许安"]} | more
    return site.post(who, f"/at/{code}/moving", form, headers=ENGLISH)


def waiting(site):
    return site.rows(select(arrivals).where(arrivals.c.state == "waiting"))


def test_whoever_moved_in_says_so_and_sees_only_how_it_stands(site, code):
    answer = send(site, code)
    assert answer.status_code == 200
    assert 'data-state="waiting"' in answer.text
    assert "许静" not in answer.text
    [row] = waiting(site)
    address = f"/at/{code}/moving/{row.id}"
    assert address in answer.text
    site.tell("mei", "arrival.decline", {"arrival": row.id, "why": "Ask at the gate"})
    later = site.get(NOBODY, address)
    assert says(later.text, "Ask at the gate")
    assert later.headers["cache-control"] == "no-store"


def test_sent_twice_it_is_said_once(site, code):
    one = "01a21e77-43dd-7626-8aad-a2268ba66f70"
    for _ in range(2):
        assert 'data-state="waiting"' in send(site, code, id=one).text
    assert len(waiting(site)) == 1


@pytest.mark.parametrize(
    "more",
    [{"flat": "1-999"}, {"flat": "2-602", "way": ""}, {"names[]": "310101199001011234"},
     {"names[]": ""}, {"day": "tomorrow"}, {"phone": "none"}],
)  # fmt: skip
def test_what_cannot_be_is_said_and_what_was_typed_stays(site, code, more):
    answer = send(site, code, **({"names[]": "许静", "words": "by the lift"} | more))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "by the lift" in answer.text
    assert not waiting(site)


def test_an_address_that_sends_a_great_deal_waits(site, code):
    site.app.state.moving = Throttle(2, 60)
    answers = [send(site, code).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_another_sites_page_says_nothing(site, code):
    elsewhere = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    answer = site.post(NOBODY, f"/at/{code}/moving", {"way": "in"}, headers=elsewhere)
    assert answer.status_code == 403


def test_a_screenings_poster_takes_no_newcomers_and_the_other_way_round(site, code):
    assert site.post(NOBODY, f"/at/{code}", {"flat": "1-302"}).status_code == 404
    assert site.post(NOBODY, f"/at/{code}/declare", {"flat": "1-302"}).status_code == 404


@pytest.mark.parametrize("one", ["x", "00000000-0000-7000-8000-0000000000ff"])
def test_what_was_never_said_is_not_there(site, code, one):
    assert site.get(NOBODY, f"/at/{code}/moving/{one}").status_code == 404


def test_the_desk_has_what_the_register_says_beside_it(site, code):
    send(site, code, flat="1-302")
    steward = site.get("mei", "/arrivals")
    assert "许静" in steward.text
    assert "孙" in steward.text
    assert "arrival.confirm" in steward.text
    assert steward.headers["cache-control"] == "no-store"
    assert site.get("hao", "/arrivals").status_code == 403
    assert "许静" not in site.get("anna", "/arrivals").text


def test_a_claim_is_confirmed_without_scripts(site, code):
    send(site, code, flat="1-601")
    [row] = waiting(site)
    form = {"arrival": row.id, "names[]": ["许静"], "seen": "0", "next": "/arrivals"}
    answer = site.post("mei", "/ops/arrival.confirm", form)
    assert answer.status_code == 303
    assert not waiting(site)
    assert "许静" in site.get("mei", f"/households/{row.household_id}").text
    assert "许静" in site.get("mei", "/arrivals").text  # for seven days
    new = (residents.c.name == "许静") & residents.c.left_at.is_(None)
    for one in site.rows(select(residents.c.id).where(new)):
        site.tell("mei", "resident.leave", {"resident": one.id})
