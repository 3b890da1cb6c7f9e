"""Phones to test with: real Chromium and real Firefox, each test once in either.

`phone` is a fresh browser context of a phone's size. `persistent_phone` keeps its profile on disk
and can be closed, or killed, and opened again. Offline means that the server is stopped or frozen:
Playwright's `set_offline` does not reach what a worker fetches in Firefox.

Playwright keeps a loop running on the thread of the test, so its fixtures last for this folder only
and tests elsewhere can run loops of their own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.support.browsers import NAMES, Found, find
from tests.support.phones import PHONE, NewPhone, PersistentPhone

# Long enough for a busy machine: what comes sooner is not waited for.
expect.set_options(timeout=20_000)

PICTURES = Path(__file__).resolve().parents[2] / "test-results"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package", params=NAMES)
def found(request: pytest.FixtureRequest) -> Found:
    """Where the browser is; a test that takes it, or any fixture below, runs once in each."""
    browser = find(request.param)
    if browser is None:
        pytest.fail(f"{request.param} is not installed: make browsers", pytrace=False)
    return browser


@pytest.fixture
def browser_name(found: Found) -> str:
    return found.name


@pytest.fixture(scope="package")
def browser(playwright: Playwright, found: Found) -> Iterator[Browser]:
    """One running browser for all tests; what a test opens in it, the test closes."""
    browser = found.type(playwright).launch(**found.options)
    yield browser
    browser.close()


@pytest.fixture
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A phone that has never been here: 360 × 740, touch, Chinese, Shanghai."""
    context = browser.new_context(**PHONE)
    yield context
    take_pictures(context, request)
    put_away(context)


@pytest.fixture
def new_phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewPhone]:
    """Gives as many fresh phones as a story has people: `new_phone(locale="en")`."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        contexts.append(browser.new_context(**{**PHONE, **options}))
        return contexts[-1]

    yield make
    for number, context in enumerate(contexts):
        take_pictures(context, request, f"-phone{number}")
        put_away(context)


def put_away(context: BrowserContext) -> None:
    """Close a phone that goes nowhere any more.

    Chromium was seen to wait for ever where a context is closed in the middle of a navigation.
    """
    for page in context.pages:
        with contextlib.suppress(Error):
            page.goto("about:blank", timeout=5000)
    context.close()


@pytest.fixture
def page(phone: BrowserContext) -> Page:
    return phone.new_page()


@pytest.fixture
def persistent_phone(
    playwright: Playwright, found: Found, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[PersistentPhone]:
    """A phone that keeps what it stores: see PersistentPhone."""
    phone = PersistentPhone(playwright, found, tmp_path / "profile")
    phone.open()
    yield phone
    if phone.is_open:
        take_pictures(phone.context, request)
        phone.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def take_pictures(context: BrowserContext, request: pytest.FixtureRequest, whose: str = "") -> None:
    """Of what a failed test left on the screen, into test-results/."""
    if not request.node.stash.get(FAILED, False):
        return
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)
    for number, page in enumerate(context.pages):
        with contextlib.suppress(Error):
            page.screenshot(path=PICTURES / f"{name}{whose}-{number}.png", timeout=3000)
