"""Bad input gets a clear answer, and nothing is lost."""

import gzip
import zlib

import msgspec
import pytest
from sqlalchemy import select, update

from server.features.people.tables import accounts
from server.ids import uuid7
from server.oplog.envelope import MOST_BYTES, MOST_OPERATIONS
from server.oplog.tables import operations
from tests.support.site import HTML, JSON, NOBODY, PHONE

BATCH = JSON | {"content-type": "application/json"}


@pytest.fixture(scope="module")
def a_round(site):
    """A round that these tests mark doors of."""
    return site.open_round()


def post(site, body, who="hao", **headers):
    return site.ask(who, "POST", "/ops", headers=BATCH | headers, content=body)


def batch(*ops, **more):
    body = {"device": PHONE, "sent_at": "2022-04-21T04:00:00Z", "ops": list(ops)} | more
    return msgspec.json.encode(body)


def must_be(answer, status, slug):
    """A problem as programs read it."""
    assert (answer.status_code, answer.json()["type"]) == (status, slug)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-stairwell"] == "1"
    assert answer.json()["title"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"null", b"[]", b"7", b'"text"', b"{}", b'{"ops": []}',
        b'{"device": 7, "sent_at": "2022-04-21T04:00:00Z", "ops": []}',
        b'{"device": "not-a-uuid", "sent_at": "2022-04-21T04:00:00Z", "ops": []}',
        batch(sent_at="yesterday"), batch(sent_at="2022-04-21T04:00:00"), batch(ops={}),
        batch(ops="many"), batch(waiting=-1), batch(waiting="some"), batch(oldest="long ago"),
        b'{"a":' * 50_000, b"[" * 100_000,
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_batch_is_malformed(site, body):
    must_be(post(site, body), 400, "malformed")


def test_a_body_that_is_not_utf_8_says_so(site):
    answer = post(site, batch().replace(b"[]", b'["\xff\xfe"]'))
    must_be(answer, 400, "malformed")
    assert "UTF-8" in answer.json()["title"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_batch_that_does_not_say_it_is_json_is_refused(site, kind):
    """A form on another site can post those without asking."""
    must_be(post(site, batch(), **{"content-type": kind}), 400, "malformed")


def test_501_operations_are_too_many_and_500_are_not(site, a_round):
    ops = [site.op("hao", "tests.unheard_of", {}) for _ in range(MOST_OPERATIONS + 1)]
    must_be(post(site, batch(*ops)), 413, "too-large")
    answer = post(site, batch(*ops[:-1]))
    assert answer.status_code == 200
    assert len(answer.json()["answers"]) == MOST_OPERATIONS


def test_more_than_a_mebibyte_is_too_large(site):
    must_be(post(site, b" " * (MOST_BYTES + 1)), 413, "too-large")


def test_much_more_is_refused_without_being_read(site):
    must_be(post(site, b" " * (5 * MOST_BYTES)), 413, "too-large")


def test_a_gzip_bomb_does_not_go_off(site):
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeezer.compress(b" " * 1_000_000) for _ in range(200)) + squeezer.flush()
    assert len(bomb) < MOST_BYTES
    must_be(post(site, bomb, **{"content-encoding": "gzip"}), 413, "too-large")


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"not gzip at all", "gzip"),
        (gzip.compress(batch())[:-9], "gzip"),
        (gzip.compress(batch()), "br"),
        (b"", "gzip"),
        (zlib.compress(batch()), "gzip"),
    ],
    ids=("nonsense", "cut", "another", "nothing", "zlib"),
)
def test_a_body_that_cannot_be_unpacked_is_malformed(site, body, coding):
    must_be(post(site, body, **{"content-encoding": coding}), 400, "malformed")


def test_a_zipped_batch_is_a_batch(site, a_round):
    body = gzip.compress(batch(site.mark("hao", a_round, "301")))
    answer = post(site, body, **{"content-encoding": "gzip"})
    assert answer.json()["answers"][0]["outcome"] == "applied"


# Items


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "not-a-uuid"}, {"id": None}, {"id": 7}, {"id": "X" * 5000}, {"kind": None},
        {"kind": "x" * 41}, {"kind": "Round.Mark"}, {"kind": "a\0b"}, {"v": 0}, {"v": "1.5"},
        {"actor": "me"}, {"made_at": "now"}, {"made_at": "2022-04-21T04:00:00"}, {"seen": -1},
        {"seen": 2**60}, {"group": "all"}, {"server_seen_at": 7},
    ],
    ids=str,
)  # fmt: skip
def test_an_item_that_is_no_envelope_is_answered_and_blocks_nothing(site, a_round, wrong):
    good = site.mark("hao", a_round, "402")
    bad = site.mark("hao", a_round, "401") | wrong
    answer = post(site, batch(bad, good))
    assert answer.status_code == 200
    first, second = answer.json()["answers"]
    assert (first["outcome"], second["outcome"]) == ("refused", "applied")
    assert first["message"]
    assert second["id"] == good["id"]


@pytest.mark.parametrize("item", [None, 7, "text", [], {}, {"id": uuid7()}])
def test_an_item_that_is_nothing_like_one_is_answered_too(site, a_round, item):
    good = site.mark("hao", a_round, "402")
    outcomes = [one["outcome"] for one in post(site, batch(item, good)).json()["answers"]]
    assert outcomes == ["refused", "applied"]


def test_an_item_without_data_is_answered(site, a_round):
    bad = site.mark("hao", a_round, "401")
    del bad["data"]
    assert post(site, batch(bad)).json()["answers"][0]["outcome"] == "refused"


def test_dates_at_the_ends_of_time_break_nothing(site, a_round):
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"):
        mark = site.mark("hao", a_round, "401") | {"made_at": moment, "server_seen_at": moment}
        answer = post(site, batch(mark, sent_at=moment, oldest=moment))
        assert answer.status_code == 200, moment
    assert site.get("mei", f"/rounds/{a_round}").status_code == 200


def test_words_come_in_the_language_of_who_asks(site, a_round):
    said = {}
    for language in ("en", "zh-CN", "zh-TW"):
        mark = site.mark("hao", a_round, "602")
        answer = post(site, batch(mark), **{"accept-language": language})
        said[language] = answer.json()["answers"][0]["message"]
    assert "vacant" in said["en"]
    assert len(set(said.values())) == 3


# Whose


def test_nobody_is_told_to_sign_in_and_nothing_is_kept(site, a_round):
    mark = site.mark("hao", a_round, "501")
    must_be(post(site, batch(mark), who=NOBODY), 401, "signed-out")
    assert site.rows(select(operations).where(operations.c.id == mark["id"])) == []


def test_another_persons_entries_stay_on_the_phone(site, a_round):
    own, other = site.mark("hao", a_round, "501"), site.mark("yun", a_round, "501")
    must_be(post(site, batch(own, other)), 403, "another-person")
    ids = [own["id"], other["id"]]
    assert site.rows(select(operations).where(operations.c.id.in_(ids))) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.local.evil.example"},
        {"referer": "https://evil.example/page"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://testserver.local", "sec-fetch-site": "cross-site"},
        {"origin": "http://testserver.local:9999"},
        {"origin": "http://testserver.local@evil.example"},
    ],
    ids=str,
)
def test_another_site_writes_nothing(site, a_round, headers):
    mark = site.mark("hao", a_round, "501")
    must_be(post(site, batch(mark), **headers), 403, "another-origin")
    assert site.rows(select(operations).where(operations.c.id == mark["id"])) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://testserver.local"},
        {"origin": "http://testserver.local", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"referer": "http://testserver.local/rounds"},
    ],
    ids=str,
)
def test_our_own_pages_write(site, a_round, headers):
    assert post(site, batch(site.mark("hao", a_round, "501")), **headers).status_code == 200


CODE = "7K3M0QXD9B2EYHTA"

WRITES = ("/ops", "/ops/round.mark", "/ops/carried", "/in", "/in/AAAA-BBBB-CCCC-DDDD", "/sign-out",
          "/settings", "/stairwells/1/cards", "/push/subscriptions", "/channels", "/register",
          "/record/download", "/exports/residents", "/exports/residents/print", f"/at/{CODE}",
          f"/at/{CODE}/declare", f"/at/{CODE}/moving")  # fmt: skip


@pytest.mark.parametrize("path", WRITES)
def test_every_write_asks_where_it_comes_from(site, path):
    answer = site.post("mei", path, headers=JSON | {"origin": "https://evil.example"})
    must_be(answer, 403, "another-origin")


def test_every_write_is_among_those(site):
    from tests.routes.test_everybody import ROUTES

    writes = {route for route in ROUTES if not route.startswith("GET")}
    named = (  # by an id of this world
        f"/people/{site.world.qian}/link",
        f"/channels/{site.notice}/try",
        f"/channels/{site.notice}/take-away",
        f"/notices/{site.notice}/calls/{site.world.sun_door}",
        f"/reports/{site.round}/chain",
        f"/requests/{site.notice}/phone",
        f"/care/{site.notice}",
        f"/access/{site.notice}/key",
        f"/care/silent/{site.world.sun_door}",
        *(f"/register/{site.notice}/{what}" for what in ("columns", "answers", "drop")),
    )
    other = (
        "DELETE /push/subscriptions",  # tested with push
        "PATCH /photos/{name}",  # tested with photos
        "POST /photos/shared",  # writes nothing
        "POST /api/door-counts",  # asks for a key, which no page sends along
    )
    assert len(writes) == len(WRITES) + len(named) + len(other)
    for path in named:
        answer = site.post("mei", path, headers=JSON | {"origin": "https://evil.example"})
        must_be(answer, 403, "another-origin")


# Once


def test_a_batch_sent_twice_is_answered_twice_and_done_once(site, a_round):
    mark = site.mark("hao", a_round, "502")
    first, second = (post(site, batch(mark)).json()["answers"][0] for _ in range(2))
    assert (first["repeat"], second["repeat"]) == (False, True)
    assert first | {"repeat": True} == second
    site.check()


def test_a_refused_one_is_kept_with_its_reason(site, a_round):
    mark = site.mark("hao", a_round, "301", answer="owed", count=99)
    answer = post(site, batch(mark)).json()["answers"][0]
    assert answer["outcome"] == "refused"
    assert "99" in answer["message"]
    [row] = site.rows(select(operations).where(operations.c.id == mark["id"]))
    assert row.outcome == "refused"


# Pages


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/rounds/new", 403), ("/ops/no.such.kind", 405)]
)
@pytest.mark.parametrize(("language", "tag"), [("zh-CN", "zh-Hans"), ("zh-HK", "zh-Hant"),
                                               ("en-GB", "en")])  # fmt: skip
def test_an_error_is_a_page_in_the_language_of_the_browser(site, path, status, language, tag):
    answer = site.get("hao", path, headers=HTML | {"accept-language": language})
    assert answer.status_code == status
    assert f'lang="{tag}"' in answer.text
    assert "<main" in answer.text


def test_an_error_is_a_page_in_the_language_its_person_chose(site):
    site.post("yun", "/settings", {"language": "zh-Hant"})
    try:
        answer = site.get("yun", "/rounds/new", headers=HTML | {"accept-language": "en"})
    finally:
        mine = accounts.c.id == site.world.yun
        site.execute(update(accounts).where(mine).values(language=""))
        site.app.state.sessions.forget()
    assert answer.status_code == 403
    assert 'lang="zh-Hant"' in answer.text


def test_an_unknown_kind_of_form_is_not_there(site):
    answer = site.post("hao", "/ops/no.such.kind", headers=JSON)
    must_be(answer, 404, "unknown-kind")


def test_a_wrong_method_is_said(site):
    answer = site.ask("hao", "DELETE", "/rounds", headers=JSON)
    must_be(answer, 405, "wrong-method")
