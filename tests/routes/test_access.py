"""The key of a door system, what it may send, and who reads what that suggests."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from sqlalchemy import delete, select

from server import clock
from server.features.access.tables import door_counts, door_systems
from server.oplog.envelope import MOST_BYTES
from tests.support.site import HTML, JSON, NOBODY

COUNTS = "/api/door-counts"
SHANGHAI = timezone(timedelta(hours=8))


@pytest.fixture
def system(site):
    """梅园's door system; it ends with the test, and what it sent goes."""
    site.app.state.guessing_keys._wrong.clear()
    made = site.tell("mei", "access.connect", {"compound": 1, "name": "梅园门禁"})
    yield made
    [row] = site.rows(select(door_systems).where(door_systems.c.id == made))
    if row.ended_at is None:
        site.tell("mei", "access.disconnect", {"system": made})
    site.execute(delete(door_counts).where(door_counts.c.system_id == made))


@pytest.fixture
def key(site, system):
    """Its key, as Mei reads it."""
    return key_on(site.post("mei", f"/access/{system}/key"))


def key_on(answer):
    assert answer.status_code == 200
    return answer.text.partition("data-key>")[2].partition("<")[0]


def row(flat="8-1-302", ago=0, **more):
    today = datetime.fromtimestamp(clock.now() / 1000, UTC).astimezone(SHANGHAI).date()
    return {
        "flat": flat,
        "day": (today - timedelta(days=ago)).isoformat(),
        "in": 1,
        "out": 1,
    } | more


def send(site, key, *rows, body=None, **headers):
    sent = JSON | {"content-type": "application/json", "authorization": f"Bearer {key}"} | headers
    content = msgspec.json.encode({"rows": rows}) if body is None else body
    return site.ask(NOBODY, "POST", COUNTS, headers=sent, content=content)


def must_be(answer, status, slug):
    assert (answer.status_code, answer.json()["type"]) == (status, slug)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_is_shown_once(site, system, key):
    assert key.count(".") == 2
    assert key not in site.get("mei", "/access").text
    assert system in site.get("mei", "/access").text


def test_the_page_with_a_key_is_kept_nowhere(site, system):
    assert site.post("mei", f"/access/{system}/key").headers["cache-control"] == "no-store"


def test_a_steward_of_another_community_makes_no_key(site, system):
    assert site.post("anna", f"/access/{system}/key").status_code == 404
    assert system not in site.get("anna", "/access").text


def test_counts_are_taken_and_every_row_is_accounted_for(site, key):
    answer = send(site, key, row(), row(), row("8-1-999"))
    assert answer.status_code == 200
    assert answer.json() == {
        "rows": 3, "stored": 1, "same": 1, "over": 0, "unknown": [{"row": 2, "flat": "8-1-999"}],
    }  # fmt: skip


def test_a_zipped_batch_is_a_batch(site, key):
    body = gzip.compress(msgspec.json.encode({"rows": [row()]}))
    answer = send(site, key, body=body, **{"content-encoding": "gzip"})
    assert answer.json()["stored"] == 1


def test_a_door_elsewhere_is_unknown_to_it(site, key):
    """荷园 is another compound; 5-101 is a flat of another community."""
    answer = send(site, key, row("B-101"), row("荷园 B座 1层 101"), row("77弄5号101室"))
    assert [one["row"] for one in answer.json()["unknown"]] == [0, 1, 2]
    assert answer.json()["stored"] == 0


def test_a_key_of_another_community_keeps_nothing_here(site):
    elsewhere = site.tell("anna", "access.connect", {"compound": 1, "name": "杏园门禁"})
    theirs = key_on(site.post("anna", f"/access/{elsewhere}/key"))
    assert send(site, theirs, row("8-1-302")).json()["unknown"]
    assert send(site, theirs, row("77弄5号101室")).json()["stored"] == 1
    kept = site.rows(select(door_counts).where(door_counts.c.system_id == elsewhere))
    assert {one.community_id for one in kept} == {site.world.elsewhere}
    stolen = f"{site.world.community}{theirs[1:]}"
    must_be(send(site, stolen, row()), 401, "no-key")
    site.tell("anna", "access.disconnect", {"system": elsewhere})
    site.execute(delete(door_counts).where(door_counts.c.system_id == elsewhere))


def test_a_key_that_was_taken_back_opens_nothing_at_once(site, system, key):
    said = {"system": system, "next": "/access"}
    assert site.post("mei", "/ops/access.disconnect", said).status_code in (200, 303)
    must_be(send(site, key, row()), 401, "no-key")
    assert site.rows(select(door_counts).where(door_counts.c.system_id == system)) == []


def test_a_key_that_was_replaced_opens_nothing(site, system, key):
    fresh = key_on(site.post("mei", f"/access/{system}/key"))
    must_be(send(site, key, row()), 401, "no-key")
    assert send(site, fresh, row()).status_code == 200


@pytest.mark.parametrize("said", ["", "Basic bWVpOm1laQ==", "Bearer", "Bearer ", "bearer x"])
def test_without_a_key_nothing_is_taken(site, said):
    site.app.state.guessing_keys._wrong.clear()
    sent = JSON | {"content-type": "application/json"} | ({"authorization": said} if said else {})
    must_be(site.ask("mei", "POST", COUNTS, headers=sent, content=b"{}"), 401, "no-key")


def test_whoever_guesses_keys_waits(site, key):
    guessed = [send(site, f"{key}x", row()).status_code for _ in range(11)]
    assert guessed == [401] * 10 + [429]
    assert send(site, key, row()).status_code == 429
    site.app.state.guessing_keys._wrong.clear()
    assert send(site, key, row()).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"{}", b'{"rows": {}}', b'{"rows": [7]}', b'{"rows": [{}]}',
        b'{"rows": [], "names": []}', b"[" * 100_000, b'{"rows": ["\xff"]}',
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_batch_is_malformed(site, key, body):
    must_be(send(site, key, body=body), 400, "malformed")


@pytest.mark.parametrize(
    "more", [{"name": "孙奶奶"}, {"card": "0412"}, {"at": "08:15"}, {"in": -1}], ids=str
)
def test_a_name_a_card_or_a_time_has_the_whole_batch_refused(site, system, key, more):
    must_be(send(site, key, row(), row("8-1-401", **more)), 400, "malformed")
    assert site.rows(select(door_counts).where(door_counts.c.system_id == system)) == []


@pytest.mark.parametrize("ago", [-2, 62])
def test_a_day_that_cannot_be_has_the_whole_batch_refused(site, key, ago):
    must_be(send(site, key, row(), row(ago=ago)), 400, "malformed")


def test_too_many_rows_are_to_be_sent_in_parts(site, key):
    must_be(send(site, key, *[row("1")] * 5_001), 413, "too-large")


def test_more_than_a_mebibyte_is_too_large_also_unpacked(site, key):
    must_be(send(site, key, body=b" " * (MOST_BYTES + 1)), 413, "too-large")
    bomb = gzip.compress(b" " * (20 * MOST_BYTES))
    must_be(send(site, key, body=bomb, **{"content-encoding": "gzip"}), 413, "too-large")


def test_what_does_not_say_it_is_json_is_refused(site, key):
    must_be(send(site, key, row(), **{"content-type": "text/plain"}), 400, "malformed")


def test_the_api_describes_it(site):
    described = site.get(NOBODY, "/schema/openapi.json", headers=JSON).json()
    said = described["paths"][COUNTS]["post"]
    body = said["requestBody"]["content"]["application/json"]["schema"]
    fields = body["properties"]["rows"]["items"]
    assert set(fields["required"]) == {"flat", "day", "in", "out"}
    assert fields["additionalProperties"] is False
    assert said["security"] == [{"doorSystem": []}]


# What it suggests


@pytest.fixture
def suggested(site, key):
    """Somebody uses the door of 602, which is vacant."""
    send(site, key, row("8-1-602", 1), row("8-1-602", 2))
    return f'data-suggestion="{site.world.vacant}"'


def test_suggestions_are_for_those_who_keep_vacant_flats_there(site, suggested):
    everybody = ("mei", "hao", "yun", "min", "sun", "qian", "anna", "bo", NOBODY)
    found = {who for who in everybody if suggested in site.get(who, "/vacancies").text}
    assert found == {"mei", "min"}


def test_a_suggestion_says_why_and_no_day(site, suggested):
    page = site.get("min", "/vacancies", headers=HTML | {"accept-language": "en"}).text
    assert "In 2 and out 2 times, on 2 of the last 7 days." in page
    assert row(ago=1)["day"] not in page


def test_one_tap_without_a_script_puts_it_aside(site, key):
    send(site, key, *(row("8-1-401", ago) for ago in range(15)))
    quiet = f'data-suggestion="{site.world.sun_door}"'
    assert quiet in site.get("min", "/vacancies").text
    said = {"household": str(site.world.sun_door), "suggested": "vacant", "days": "0"}
    assert site.post("min", "/ops/vacancy.doubt", said).status_code in (200, 303)
    assert quiet not in site.get("min", "/vacancies").text


def test_what_a_phone_keeps_is_fresh_once_counts_have_come(site, key):
    def packed():
        [version] = [
            one for one in site.get("min", "/pack").json()["pages"] if one["url"] == "/vacancies"
        ]
        return version

    before = packed()
    send(site, key, row("8-1-602", 1))
    assert packed() != before


# What a household reads of it


def test_a_household_reads_that_counts_are_received_and_their_sum(site, key):
    send(site, key, row("8-1-302", 1), row("8-1-302", 2, out=3))
    kept = site.post("sun", "/record/download").json()["sections"]["passages"]
    assert {"door_system": "梅园门禁", "kept_days": 30} in kept
    [counted] = [one for one in kept if "ins" in one]
    assert (counted["ins"], counted["outs"], counted["days"]) == (2, 4, 2)
    page = site.get("sun", "/record", headers=HTML | {"accept-language": "en"}).text
    assert "in 2 and out 4 times, on 2 days" in page
