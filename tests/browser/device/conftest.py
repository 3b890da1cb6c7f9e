"""A board on a phone, and the stand-in it talks to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.device.pages import board_url
from tests.browser.device.standin import StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    standin = StandIn()
    standin.start()
    yield standin
    standin.close()


@pytest.fixture
def page(phone: BrowserContext, server: StandIn) -> Page:
    """A board that would also open without signal."""
    return open_board(phone.new_page(), server)


def open_board(page: Page, server: StandIn) -> Page:
    """Go to a board and wait for the worker and the pack."""
    page.goto(server.url + board_url(12))
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    until(lambda: kept(page, board_url(12)) and kept(page, "/outbox"))
    idle(page)
    return page


def kept(page: Page, url: str) -> bool:
    """Whether the phone has a copy of a page."""
    return bool(page.evaluate("url => caches.match(url).then(Boolean)", url))


def until(true: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something that no locator shows."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def door(page: Page, label: str) -> Locator:
    """A door of a board."""
    return page.locator(f'.door[data-label="{label}"]')


def pending(page: Page) -> Locator:
    """Doors drawn as delivered, on this phone only."""
    return page.locator('.door[data-answer="delivered"][data-pending]')


def waits(page: Page, count: int) -> None:
    """The pill says how many wait."""
    expect(page.locator('[data-when="waiting"] [data-count]')).to_have_text(str(count))
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "waiting")


def idle(page: Page) -> None:
    """The pill says that nothing waits."""
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "idle")


def needs(page: Page) -> None:
    """The pill says that something needs its person."""
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "needs")


def told(page: Page, word: str) -> Locator:
    """Something said in passing."""
    return page.locator("#toasts", has_text=word)


def online(page: Page) -> None:
    """The browser thinks that there is a network."""
    page.evaluate("dispatchEvent(new Event('online'))")


def once_each(server: StandIn, count: int) -> None:
    """Everything arrived and nothing was done twice."""
    ids = [op["id"] for op in server.effects]
    assert len(ids) == len(set(ids)) == count
