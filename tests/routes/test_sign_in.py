"""Signing in by a card or a link: looking uses nothing up, once means once, guessing is slow."""

import pytest
from sqlalchemy import select

from server import clock
from server.features.people import signing
from server.features.people.tables import sessions, sign_in_codes
from server.web.asking import COOKIE, hash_of
from server.web.guard import GUESSES
from tests.support.site import HTML, JSON, NOBODY


@pytest.fixture(autouse=True)
def nobody_guessed_yet(site):
    """Wrong guesses of other tests are forgotten."""
    site.app.state.throttle._wrong.clear()
    yield
    site.app.state.throttle._wrong.clear()


def invite(site, who="yun", *, once=False, purpose="link"):
    def make(connection):
        account = site.who(who)
        return signing.make(
            connection, site.world.community, [account], purpose, clock.now(), once=once
        )[account]

    return site.write(make)


def signed_in_as(site, answer):
    token = answer.cookies.get(COOKIE)
    if not token:
        return None
    me = site.get(NOBODY, "/me", headers=JSON | {"cookie": f"{COOKIE}={token}"})
    return me.json().get("account")


def cookie_of(answer):
    return next(
        one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")
    )


def test_looking_says_who_one_is_about_to_become_and_uses_nothing_up(site):
    secret = invite(site, once=True)
    for _ in range(3):  # a chat's preview, a curious neighbour, the right person
        answer = site.get(NOBODY, f"/in/{secret}")
        assert answer.status_code == 200
        assert "赵芸" in answer.text
        assert COOKIE not in answer.cookies
    assert signed_in_as(site, site.post(NOBODY, f"/in/{secret}")) == site.world.yun


def test_pressing_the_button_signs_in_and_goes_to_the_first_page(site):
    answer = site.post(NOBODY, f"/in/{invite(site)}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert signed_in_as(site, answer) == site.world.yun


def test_a_link_that_works_once_works_once(site):
    secret = invite(site, once=True)
    assert signed_in_as(site, site.post(NOBODY, f"/in/{secret}"))
    again = site.post(NOBODY, f"/in/{secret}")
    assert (again.status_code, signed_in_as(site, again)) == (404, None)
    assert site.get(NOBODY, f"/in/{secret}").status_code == 404


def test_a_card_works_as_often_as_it_is_scanned(site):
    secret = invite(site, "sun", purpose="card")
    for _ in range(3):
        assert signed_in_as(site, site.post(NOBODY, f"/in/{secret}")) == site.world.sun


@pytest.mark.parametrize("change", [str.lower, lambda secret: secret.replace("-", " ")])
def test_a_code_may_be_typed_as_people_type(site, change):
    answer = site.post(NOBODY, "/in", {"code": change(invite(site))})
    assert answer.status_code in {200, 303}
    assert "赵芸" in answer.text
    assert signed_in_as(site, answer) is None


def test_a_code_that_was_taken_back_signs_nobody_in(site):
    secret = invite(site, "sun", purpose="card")
    site.write(signing.revoke_cards, site.world.community, [site.world.sun], clock.now())
    assert site.get(NOBODY, f"/in/{secret}").status_code == 404
    assert site.post(NOBODY, f"/in/{secret}").status_code == 404


def test_only_the_hash_of_a_secret_is_kept(site):
    secret = invite(site)
    answer = site.post(NOBODY, f"/in/{secret}")
    token = answer.cookies[COOKIE]
    kept = str(site.rows(select(sign_in_codes))) + str(site.rows(select(sessions)))
    assert secret.replace("-", "") not in kept.replace("-", "")
    assert token not in kept
    assert hash_of(token) in kept


def test_who_guesses_too_often_waits(site):
    for _ in range(GUESSES):
        assert site.post(NOBODY, "/in", {"code": "AAAA-AAAA-AAAA-AAAA"}).status_code == 404
    for path in ("/in", "/in/AAAA-AAAA-AAAA-AAAA"):
        answer = site.post(NOBODY, path, {"code": "x"}, headers=JSON)
        assert (answer.status_code, answer.json()["type"]) == (429, "too-many")
        assert int(answer.headers["retry-after"]) > 0
    page = site.get(NOBODY, "/in/AAAA-AAAA-AAAA-AAAA")
    assert (page.status_code, "<main" in page.text) == (429, True)


def test_looking_is_guessing_too(site):
    for _ in range(GUESSES):
        site.get(NOBODY, "/in/AAAA-AAAA-AAAA-AAAA")
    assert site.get(NOBODY, "/in/AAAA-AAAA-AAAA-AAAA").status_code == 429


def test_right_codes_are_never_slowed_down(site):
    secret = invite(site, "sun", purpose="card")
    for _ in range(GUESSES + 5):
        assert site.get(NOBODY, f"/in/{secret}").status_code == 200


@pytest.mark.parametrize("code", ["", " ", "x", "x" * 10_000, "'; DROP TABLE accounts", "百花"])
def test_nonsense_is_a_wrong_code(site, code):
    answer = site.post(NOBODY, "/in", {"code": code})
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site):
    cookie = cookie_of(site.post(NOBODY, f"/in/{invite(site)}")).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie  # the test's address is plain http


def test_with_an_https_address_the_cookie_travels_over_tls_only(site, monkeypatch):
    secure = site.settings.__class__.read({"STAIRWELL_BASE_URL": "https://stairwell.example.org"})
    assert secure.secure_cookies
    monkeypatch.setattr(site.app.state, "settings", secure, raising=False)
    site.app.state["settings"] = secure
    try:
        cookie = cookie_of(site.post(NOBODY, f"/in/{invite(site)}"))
    finally:
        site.app.state["settings"] = site.settings
    assert "secure" in cookie.lower()


# Out, and in as somebody else


def test_signing_out_ends_the_session_everywhere_it_was_copied(site):
    token = site.session("yun")
    cookie = {"cookie": f"{COOKIE}={token}"}
    assert site.get(NOBODY, "/me", headers=JSON | cookie).status_code == 200
    answer = site.post(NOBODY, "/sign-out", headers=HTML | cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/in")
    assert "max-age=0" in cookie_of(answer).lower()
    assert '"cache"' in answer.headers["clear-site-data"]
    assert "storage" not in answer.headers["clear-site-data"]  # the outbox stays
    again = site.get(NOBODY, "/me", headers=JSON | cookie)
    assert (again.status_code, again.json()["type"]) == (401, "session-revoked")


def test_signing_out_twice_harms_nobody(site):
    assert site.post(NOBODY, "/sign-out").status_code == 303


def test_on_a_shared_phone_the_page_says_whom_one_takes_over_from(site):
    secret = invite(site)
    page = site.get("hao", f"/in/{secret}")
    assert "林浩" in page.text
    assert "赵芸" in page.text


def test_becoming_somebody_else_ends_the_session_before(site):
    before = site.session("hao")
    cookie = {"cookie": f"{COOKIE}={before}"}
    answer = site.post(NOBODY, f"/in/{invite(site)}", headers=HTML | cookie)
    assert signed_in_as(site, answer) == site.world.yun
    assert site.get(NOBODY, "/me", headers=JSON | cookie).status_code == 401


def test_a_page_that_needs_signing_in_is_gone_back_to_afterwards(site):
    wanted = f"/rounds/{site.round}"
    answer = site.get(NOBODY, wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, "/in")
    remembered = answer.headers["set-cookie"].split(";")[0]
    signed = site.post(NOBODY, f"/in/{invite(site, 'mei')}", headers=HTML | {"cookie": remembered})
    assert signed.headers["location"] == wanted


def test_a_form_posted_while_signed_out_is_no_page_to_go_back_to(site):
    answer = site.post(NOBODY, "/ops/round.mark", {"door": "1"})
    assert answer.status_code == 303
    remembered = answer.headers.get("set-cookie", "x=y").split(";")[0]
    signed = site.post(NOBODY, f"/in/{invite(site)}", headers=HTML | {"cookie": remembered})
    assert signed.headers["location"] == "/"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: b=c"]
)
def test_signing_in_never_leads_to_another_site(site, path):
    headers = HTML | {"cookie": f"wanted={path}".replace("\r\n", "%0D%0A")}
    answer = site.post(NOBODY, f"/in/{invite(site)}", headers=headers)
    assert answer.headers["location"].startswith("/")
    assert "evil" not in answer.headers["location"]
    assert "b=c" not in answer.headers.get("set-cookie", "")


# Cards and accounts that stop working


def test_revoking_a_card_signs_its_phones_out(site):
    token = site.session("sun")
    cookie = {"cookie": f"{COOKIE}={token}"}
    assert site.get(NOBODY, "/me", headers=JSON | cookie).status_code == 200
    site.tell("mei", "card.revoke", {"household": site.world.sun_door})
    answer = site.get(NOBODY, "/me", headers=JSON | cookie)
    assert (answer.status_code, answer.json()["type"]) == (401, "session-revoked")
    site.tokens.pop("sun", None)


def test_new_cards_stop_the_old_ones(site):
    secret = invite(site, "sun", purpose="card")
    answer = site.post(
        "mei", f"/stairwells/{site.world.walk_up}/cards", {"household": str(site.world.sun_door)}
    )
    assert answer.status_code == 200
    assert site.get(NOBODY, f"/in/{secret}").status_code == 404


# Settings


def test_a_language_is_kept_with_its_person(site):
    site.post("qian", "/settings", {"language": "en"})
    answer = site.get("qian", "/settings", headers=HTML | {"accept-language": "zh-CN"})
    assert 'lang="en"' in answer.text


def test_somebody_signed_out_keeps_it_in_the_browser(site):
    answer = site.post(NOBODY, "/settings", {"language": "zh-Hant", "next": "/in"})
    assert answer.headers["location"] == "/in"
    assert answer.cookies["language"] == "zh-Hant"


@pytest.mark.parametrize("language", ["xx", "../../etc", "", "<script>"])
def test_a_language_there_is_not_changes_nothing(site, language):
    answer = site.post(NOBODY, "/settings", {"language": language})
    assert answer.status_code == 303
    assert "language" not in answer.cookies


def test_display_settings_are_those_there_are(site):
    site.ask("qian", "POST", "/settings", data={"display": ["large", "evil"]})
    text = site.get("qian", "/settings").text
    assert 'data-display="large"' in text
