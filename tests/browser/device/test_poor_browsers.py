"""What a browser lacks, or takes away, costs comfort and never an operation."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.device.conftest import door, idle, once_each, online, until, waits
from tests.browser.device.pages import board_url
from tests.browser.device.standin import StandIn
from tests.browser.device.stored import entries
from tests.support.phones import signal_returns, tap

LACKING = {
    "worker": "delete Navigator.prototype.serviceWorker",
    "locks": "delete Navigator.prototype.locks",
    "channel": "delete window.BroadcastChannel",
    "compression": "delete window.CompressionStream",
    "caches": "Object.defineProperty(window, 'caches', { value: undefined })",
}


@pytest.mark.parametrize("lacking", LACKING)
def test_an_operation_arrives_without(phone: BrowserContext, server: StandIn, lacking: str):
    page = phone.new_page()
    page.add_init_script(LACKING[lacking])
    page.goto(server.url + board_url(12))
    idle(page)
    server.stop()
    for level in range(6, 0, -1):
        tap(page.locator(f'[data-floor="{level}"] .whole'))
    waits(page, 12)
    server.start()
    online(page)
    idle(page)
    once_each(server, 12)
    assert server.batches[0]["zipped"] == (lacking != "compression")


def test_a_database_that_was_closed_is_opened_again(page: Page, server: StandIn):
    page.evaluate("""() => {
      const make = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (...asked) {
        IDBDatabase.prototype.transaction = make;
        this.close();  // as Safari does when memory is short
        return make.apply(this, asked);
      };
    }""")
    tap(door(page, "601"))
    until(lambda: server.effects)
    idle(page)


def test_without_a_database_a_form_goes_to_the_server_itself(
    phone: BrowserContext, server: StandIn
):
    page = phone.new_page()
    page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }"
    )
    page.goto(server.url + board_url(12))
    tap(door(page, "601"))
    until(lambda: server.forms)
    assert server.forms[0]["door"] == "61"
    expect(page).to_have_url(server.url + board_url(12))


def test_the_worker_sends_what_a_closed_page_left(
    phone: BrowserContext, page: Page, server: StandIn, browser_name: str
):
    if browser_name == "firefox":
        pytest.skip("Firefox has no Background Sync")
    server.stop()
    tap(door(page, "601"))
    waits(page, 1)
    server.start()
    signal_returns(page, server.url)
    idle(page)
    once_each(server, 1)


def test_what_is_acknowledged_is_kept_no_longer_than_needed(page: Page, server: StandIn):
    tap(door(page, "601"))
    expect(page.locator('a.door[data-label="601"]')).to_be_visible()
    until(lambda: not entries(page))
