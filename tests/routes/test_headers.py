"""What pages say about themselves: whose they are, how new, and that a copy is as good."""

import gzip

import pytest

from server.web.asking import COOKIE
from tests.support.site import HTML, JSON, NOBODY


def board(site, round_id):
    return f"/rounds/{round_id}/stairwells/{site.world.walk_up}"


def test_a_page_says_whose_it_is_and_how_new(site):
    answer = site.get("hao", board(site, site.round))
    assert answer.headers["x-stairwell"] == "1"
    assert answer.headers["x-stairwell-account"] == site.world.hao
    assert int(answer.headers["x-stairwell-seq"]) > 0
    assert f'data-account="{site.world.hao}"' in answer.text


def test_a_page_that_did_not_change_is_not_sent_again(site):
    first = site.get("hao", board(site, site.round))
    again = site.get(
        "hao", board(site, site.round), headers=HTML | {"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-stairwell-account"] == site.world.hao


def test_a_mark_makes_the_board_new(site):
    round_id = site.open_round()
    first = site.get("hao", board(site, round_id))
    assert site.send("hao", site.mark("hao", round_id, "302")).status_code == 200
    again = site.get(
        "hao", board(site, round_id), headers=HTML | {"if-none-match": first.headers["etag"]}
    )
    assert again.status_code == 200
    assert 'data-answer="delivered"' in again.text
    assert int(again.headers["x-stairwell-seq"]) > int(first.headers["x-stairwell-seq"])


def test_nobody_is_given_a_page_drawn_for_somebody_else(site):
    first = site.get("hao", board(site, site.round))
    for who in ("mei", "min"):
        other = site.get(who, board(site, site.round))
        assert other.headers["x-stairwell-account"] == site.who(who)
        assert site.world.hao not in other.text or who == "mei"
    assert "private" in first.headers["cache-control"]
    assert "Cookie" in first.headers["vary"]


def test_pages_are_compressed_for_who_can_read_it(site):
    path = board(site, site.round)
    plain = site.get("hao", path, headers=HTML | {"accept-encoding": "identity"})
    zipped = site.get("hao", path, headers=HTML | {"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.text == plain.text
    assert gzip.compress(plain.content)


@pytest.mark.parametrize(
    "path", ["/static/any/build/app.css", "/static/any/build/app.js", "/sw.js"]
)
def test_what_every_first_visit_loads_comes_in_the_coding_that_saves_most(site, path):
    answers = {
        coding: site.get(NOBODY, path, headers={"accept-encoding": accepted})
        for coding, accepted in (
            ("br", "gzip, deflate, br"),
            ("gzip", "gzip, deflate"),
            ("identity", "identity"),
        )
    }
    for coding, answer in answers.items():
        assert answer.headers.get("content-encoding", "identity") == coding
        assert answer.text == answers["identity"].text
    sizes = [int(answer.headers["content-length"]) for answer in answers.values()]
    assert sizes == sorted(sizes)


def test_the_pack_is_compressed_too(site):
    for coding in ("gzip", "identity"):
        answer = site.get("hao", "/pack", headers=JSON | {"accept-encoding": coding})
        assert answer.headers.get("content-encoding", "identity") == coding
        assert answer.json()["account"] == site.world.hao


def test_texts_say_their_characters_once(site):
    for path in ("/in", "/static/any/build/app.css", "/static/any/build/app.js", "/sw.js"):
        said = site.get(NOBODY, path).headers["content-type"]
        assert said.count("charset=utf-8") == 1, (path, said)


def test_pages_with_secrets_are_stored_nowhere(site):
    cards = f"/stairwells/{site.world.neighbour}/cards"
    for answer in (
        site.post("mei", cards),
        site.post("mei", f"/people/{site.world.qian}/link"),
        site.get("mei", f"/households/{site.world.sun_door}"),
        site.get("hao", "/me", headers=JSON),
        site.get(NOBODY, "/in"),
    ):
        assert answer.headers["cache-control"] == "no-store"


def test_a_static_file_of_this_build_is_kept_for_a_year_and_of_another_is_asked_for(site):
    build = site.app.state.pages.assets.build
    kept = site.get(NOBODY, f"/static/{build}/build/app.css")
    assert "immutable" in kept.headers["cache-control"]
    other = site.get(NOBODY, "/static/yesterday/build/app.css")
    assert (other.status_code, other.headers["cache-control"]) == (200, "no-cache")
    assert site.get(NOBODY, f"/static/{build}/../../server/app.py").status_code == 404


def test_the_worker_serves_every_page_and_is_always_asked_for(site):
    answer = site.get(NOBODY, "/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["service-worker-allowed"] == "/"
    assert "__BUILD__" not in answer.text
    assert "__SHELL__" not in answer.text


def test_me_says_who_and_what_time_it_is(site):
    me = site.get("hao", "/me", headers=JSON).json()
    assert (me["account"], me["name"]) == (site.world.hao, "林浩")
    assert me["server_at"].endswith("Z")


def test_a_cookie_of_nobody_is_nobody(site):
    answer = site.get(NOBODY, "/me", headers=JSON | {"cookie": f"{COOKIE}=made-up"})
    assert (answer.status_code, answer.json()["type"]) == (401, "signed-out")
