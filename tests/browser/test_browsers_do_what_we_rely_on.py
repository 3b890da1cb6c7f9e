"""The browsers' side of the bargain, on a page of a few lines.

Should one of these fail after an upgrade, look here before looking into Stairwell.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Error, Page, expect

from tests.support.phones import PersistentPhone, tap

PAGE = """<!doctype html><html lang=zh-Hans><meta charset=utf-8><title>loading</title>
<button id=door style="width:48px;height:48px">701</button><output></output>
<script type=module src=/page.js></script></html>"""

PAGE_JS = """
const out = document.querySelector('output');
document.querySelector('#door').addEventListener('click', () => { out.value = '打勾' });
await navigator.serviceWorker.register('/sw.js');
await navigator.serviceWorker.ready;
document.title = 'ready';
"""

SW_JS = """
const cacheName = 'one', files = ['/', '/page.js'];
addEventListener('install', event => event.waitUntil(
  caches.open(cacheName).then(cache => cache.addAll(files)).then(() => skipWaiting())));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => event.respondWith(
  fetch(event.request).catch(() => caches.match(event.request))));
"""

FILES = {
    "/": ("text/html", PAGE),
    "/page.js": ("text/javascript", PAGE_JS),
    "/sw.js": ("text/javascript", SW_JS),
}

SAVE = """value => new Promise((done, fail) => {
  const opening = indexedDB.open('outbox', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('ops');
  opening.onerror = () => fail(opening.error);
  opening.onsuccess = () => {
    const saving = opening.result.transaction('ops', 'readwrite', { durability: 'strict' });
    saving.objectStore('ops').put(value, 'first');
    saving.oncomplete = () => done(saving.durability);
    saving.onerror = () => fail(saving.error);
  };
})"""

READ = """() => new Promise((done, fail) => {
  const opening = indexedDB.open('outbox', 1);
  opening.onerror = () => fail(opening.error);
  opening.onsuccess = () => {
    const asking = opening.result.transaction('ops').objectStore('ops').get('first');
    asking.onsuccess = () => done(asking.result);
    asking.onerror = () => fail(asking.error);
  };
})"""


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path not in FILES:
            self.send_error(404)
            return
        kind, text = FILES[self.path]
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class Site:
    """A server on one port that can be stopped and started again."""

    def __init__(self) -> None:
        self.port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Answers)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def visit(page: Page, site: Site) -> None:
    page.goto(site.url)
    expect(page).to_have_title("ready")


def test_a_phone_is_small_and_is_touched(page: Page, site: Site) -> None:
    visit(page, site)
    assert page.evaluate("[innerWidth, innerHeight]") == [360, 740]
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.evaluate("navigator.maxTouchPoints") > 0
    assert page.evaluate("navigator.language") == "zh-CN"
    tap(page.locator("#door"))
    expect(page.locator("output")).to_have_text("打勾")


def test_a_page_reloads_with_its_server_gone(page: Page, site: Site) -> None:
    visit(page, site)
    site.stop()
    page.reload()
    expect(page).to_have_title("ready")
    with pytest.raises(Error):
        page.goto(site.url + "never-seen")
    site.start()


def test_each_phone_is_a_new_one(page: Page, site: Site) -> None:
    page.goto(site.url)
    assert page.evaluate("(async () => (await indexedDB.databases()).length)()") == 0


def test_what_is_stored_survives_closing_the_browser_and_an_empty_battery(
    persistent_phone: PersistentPhone, site: Site
) -> None:
    visit(persistent_phone.page, site)
    assert persistent_phone.page.evaluate(SAVE, "701 给了") == "strict"
    site.stop()

    page = persistent_phone.restart()
    visit(page, site)
    assert page.evaluate("navigator.serviceWorker.controller.scriptURL") == site.url + "sw.js"
    assert page.evaluate(READ) == "701 给了"

    page.evaluate(SAVE, "702 没人")
    persistent_phone.kill()

    page = persistent_phone.open()
    visit(page, site)
    assert page.evaluate(READ) == "702 没人"
    site.start()
