"""Hand-over files over HTTP: carried by anybody signed in, trusted only with the maker's key."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from server import clock
from server.ids import uuid7
from server.oplog.envelope import MOST_OPERATIONS
from tests.support import handover
from tests.support.site import JSON

CARRIED = JSON | {"content-type": "application/json"}


@pytest.fixture
def key(site):
    """What Hao's phone signs with; it has told the server so."""
    made = handover.new_key()
    introduce(site, "hao", made)
    return made


@pytest.fixture
def a_round(site):
    return site.open_round()


def introduce(site, who, key):
    """A phone says its key with a batch of nothing."""
    answer = site.send(who, headers={"x-stairwell-key": handover.point(key)}, device=device_of(who))
    assert answer.status_code == 200


def device_of(who):
    return f"00000000-0000-7000-8000-{who.encode().hex():0>12}"


def file(site, key, *ops, who="hao"):
    server = site.get(who, "/handover/key").json()
    return handover.sealed(ops, device_of(who), key, server, clock.rfc3339(clock.now()))


def carry(site, body, who="yun"):
    return site.ask(who, "POST", "/ops/carried", headers=CARRIED, content=body)


def must_be(answer, status, slug):
    assert (answer.status_code, answer.json()["type"]) == (status, slug)
    assert answer.json()["detail"]


def test_what_another_phone_carries_counts_once_as_its_makers(site, key, a_round):
    ops = [site.mark("hao", a_round, label) for label in ("301", "302")]
    carried = file(site, key, *ops)
    first, again = carry(site, carried), carry(site, carried)
    assert [answer["outcome"] for answer in first.json()["answers"]] == ["applied"] * 2
    assert [answer["repeat"] for answer in again.json()["answers"]] == [True, True]
    from_the_phone = site.send("hao", *ops, device=device_of("hao"))
    assert [answer["repeat"] for answer in from_the_phone.json()["answers"]] == [True, True]


def test_a_carrier_cannot_change_a_word(site, key, a_round):
    carried = json.loads(file(site, key, site.mark("hao", a_round, "401")))
    for name, value in (
        ("made_at", "2031-01-01T00:00:00.000Z"),
        ("device", device_of("yun")),
        ("sealed", carried["sealed"][:-4] + "AAAA"),
        ("signature", carried["signature"][:-4] + "AAAA"),
        ("public_key", handover.point(handover.new_key())),
        ("ephemeral", handover.point(handover.new_key())),
        ("server_key", "another"),
    ):
        must_be(carry(site, json.dumps(carried | {name: value})), 400, "malformed")


def test_a_key_nobody_ever_saw_is_refused_whole(site, a_round):
    stranger = handover.new_key()
    body = file(site, stranger, site.mark("hao", a_round, "402"))
    must_be(carry(site, body), 403, "unknown-device")


def test_a_phone_signs_for_nobody_but_its_own_people(site, key, a_round):
    body = file(site, key, site.mark("yun", a_round, "501"))
    must_be(carry(site, body), 403, "unknown-device")


def test_nobody_of_another_community_carries_it(site, key, a_round):
    body = file(site, key, site.mark("hao", a_round, "502"))
    assert carry(site, body, "bo").status_code in {400, 403}
    assert carry(site, body).json()["answers"][0]["repeat"] is False


def test_a_carrier_is_signed_in(site, key, a_round):
    body = file(site, key, site.mark("hao", a_round, "601"))
    must_be(carry(site, body, "nobody"), 401, "signed-out")


@pytest.mark.parametrize(
    "plain", [b"", b"null", b"7", b"[]", b"{}", b'{"ops": 7}', b'{"ops": []}', b"\xff\xfe", b"{"]
)
def test_a_sealed_nothing_is_malformed(site, key, plain):
    server = site.get("hao", "/handover/key").json()
    sealed = handover.sealed(plain, device_of("hao"), key, server, clock.rfc3339(clock.now()))
    must_be(carry(site, sealed), 400, "malformed")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"nonsense", b'{"format": "another"}'])
def test_what_is_no_file_is_malformed(site, body):
    must_be(carry(site, body), 400, "malformed")


def test_a_file_of_too_many_is_refused_and_says_so(site, key):
    ops = [
        {"id": uuid7(), "kind": "k", "v": 1, "actor": site.who("hao"), "data": {}}
        for _ in range(MOST_OPERATIONS + 1)
    ]
    must_be(carry(site, file(site, key, *ops)), 400, "malformed")


def test_a_zipped_bomb_is_too_large(site):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(50)) + packer.flush()
    headers = CARRIED | {"content-encoding": "gzip"}
    answer = site.ask("yun", "POST", "/ops/carried", headers=headers, content=bomb)
    must_be(answer, 413, "too-large")


def test_a_signature_that_is_no_point_is_malformed(site, key, a_round):
    carried = json.loads(file(site, key, site.mark("hao", a_round, "602")))
    for name in ("ephemeral", "public_key", "signature", "iv", "sealed"):
        for value in ("", "AAAA", "not base64 at all!", base64.b64encode(b"\x04" * 65).decode()):
            must_be(carry(site, json.dumps(carried | {name: value})), 400, "malformed")
