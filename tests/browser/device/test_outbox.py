"""The outbox page, and what becomes of it when storage, people or clocks go wrong."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.device.conftest import door, idle, needs, open_board, told, until, waits
from tests.browser.device.pages import board_url
from tests.browser.device.standin import StandIn
from tests.browser.device.stored import fact
from tests.support.phones import tap


def test_a_wiped_store_is_noticed(page: Page, server: StandIn):
    server.stop()
    tap(door(page, "601"))
    waits(page, 1)
    server.fault = "503"  # pages come, and nothing is taken
    server.start()
    page.goto(server.url + "/in")  # nothing holds the database open
    page.evaluate("""new Promise(resolve => {
      indexedDB.deleteDatabase("stairwell").onsuccess = resolve;
    })""")
    page.evaluate("localStorage.clear()")  # the cookie is enough
    page.goto(server.url + board_url(12))
    expect(page.locator("#confirm")).to_contain_text("outbox_wiped 1")


def test_a_refused_entry_says_why_and_a_person_decides(page: Page, server: StandIn):
    server.refuses = "61"
    tap(door(page, "601"))
    needs(page)
    page.goto(server.url + "/outbox")
    row = page.locator('[data-outbox="needs"] li')
    expect(row).to_contain_text("打勾 12号楼 3单元 · 601 · 已送 这一户没有分给您")
    first = server.batches[-1]["ops"][0]
    server.refuses = None
    row.locator("[data-again]").click()
    idle(page)
    again = server.effects[0]
    assert again["id"] != first["id"]
    assert again["data"] == first["data"]
    expect(page.locator('[data-outbox="sent"] li')).to_have_count(1)

    server.refuses = "62"
    page.goto(server.url + board_url(12))
    tap(door(page, "602"))
    needs(page)
    page.goto(server.url + "/outbox")
    row.locator("[data-discard]").click()
    expect(page.locator("#confirm")).to_contain_text("丢弃?")
    page.locator('#confirm [value="yes"]').click()
    expect(row).to_have_count(0)
    idle(page)


def test_send_now_shows_what_was_sent(page: Page, server: StandIn):
    server.fault = "503"
    tap(door(page, "601"))
    waits(page, 1)
    page.goto(server.url + "/outbox")
    expect(page.locator('[data-outbox="waiting"] li')).to_have_count(1)
    expect(page.locator("[data-storage]")).to_contain_text("persisted")
    server.fault = None
    page.locator("[data-send-now]").click()
    expect(page.locator('[data-outbox="sent"] li')).to_have_count(1)
    idle(page)


def test_signing_out_warns_deletes_pages_and_keeps_what_waits(page: Page, server: StandIn):
    server.fault = "503"
    tap(door(page, "601"))
    waits(page, 1)
    page.goto(server.url + "/outbox")
    page.locator("[data-sign-out] button").click()
    expect(page.locator("#confirm")).to_contain_text("还有 1 条")
    page.locator('#confirm [value="yes"]').click()
    page.wait_for_url("**/in")
    assert not [name for name in page.evaluate("caches.keys()") if name.startswith("pages-")]
    server.fault = None
    page.goto(server.url + board_url(12))
    idle(page)
    assert len(server.effects) == 1


def test_a_clock_that_is_wrong_is_said(page: Page, server: StandIn):
    page.clock.set_system_time("2031-01-01T00:00:00Z")
    tap(door(page, "601"))
    expect(told(page, "clock_wrong")).to_be_visible()


def test_what_waits_is_handed_over_sealed_and_signed(phone: BrowserContext, server: StandIn):
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    point = {name: text(value.to_bytes(32)) for name, value in (("x", numbers.x), ("y", numbers.y))}
    server.key = {"kty": "EC", "crv": "P-256", "kid": "k1", **point}
    page = open_board(phone.new_page(), server)
    until(lambda: fact(page, "server_key"))
    server.stop()
    tap(door(page, "601"))
    waits(page, 1)
    page.goto(server.url + "/outbox")
    page.evaluate(KEEP_FILE)
    page.locator("[data-export]").click()
    page.wait_for_function("() => window.given")
    given = page.evaluate("window.given")
    file = json.loads(given)
    [op] = opened(file, private)["ops"]
    assert op["data"]["door"] == "61"

    server.start()
    sent = {"name": "hand-over.json", "mimeType": "application/json", "buffer": given.encode()}
    page.locator("[data-import]").set_input_files(sent)
    until(lambda: server.carried)
    assert server.carried[0] == file


KEEP_FILE = """() => {
  delete Navigator.prototype.canShare;
  const make = URL.createObjectURL;
  URL.createObjectURL = file => {
    file.text().then(text => window.given = text);
    return make.call(URL, file);
  };
}"""

HEAD = ("format", "device", "made_at", "server_key", "public_key", "ephemeral", "iv")


def opened(file: dict[str, str], private: ec.EllipticCurvePrivateKey) -> Any:
    """What docs/hand-over.md asks of a server."""
    bound = ".".join(file[name] for name in HEAD)
    signature = data(file["signature"])
    halves = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    signed = f"{bound}.{file['sealed']}".encode()
    curve = ec.SECP256R1()
    signer = ec.EllipticCurvePublicKey.from_encoded_point(curve, data(file["public_key"]))
    signer.verify(encode_dss_signature(*halves), signed, ec.ECDSA(hashes.SHA256()))
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(curve, data(file["ephemeral"]))
    numbers = private.public_key().public_numbers()
    own = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
    salt = data(file["ephemeral"]) + own
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=file["format"].encode())
    key = derive.derive(private.exchange(ec.ECDH(), ephemeral))
    return json.loads(AESGCM(key).decrypt(data(file["iv"]), data(file["sealed"]), bound.encode()))


def data(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
