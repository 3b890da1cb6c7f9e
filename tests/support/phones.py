"""Phones as tests hold them: their size, their profile, their touch."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright

from tests.support.browsers import Found

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}

NewPhone = Callable[..., BrowserContext]
"""Gives a fresh phone, with options of its own: see the fixture `new_phone`."""


class PersistentPhone:
    """A browser with its profile in a folder, to close or kill and to open again."""

    def __init__(self, playwright: Playwright, found: Found, profile: Path) -> None:
        self.found = found
        self.profile = profile
        self._type = found.type(playwright)
        self._context: BrowserContext | None = None

    @property
    def is_open(self) -> bool:
        return self._context is not None

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None, "the browser is closed"
        return self._context

    @property
    def page(self) -> Page:
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def open(self, **options: Any) -> Page:
        """Start the browser; `options` add to those of a phone."""
        self._context = self._type.launch_persistent_context(
            self.profile, **{**self.found.options, **PHONE, **options}
        )
        return self.page

    def close(self) -> None:
        """Close it as a person does."""
        context, self._context = self.context, None
        context.close()

    def kill(self) -> None:
        """SIGKILL for every process of this browser: the battery is empty."""
        context, self._context = self.context, None
        until = time.monotonic() + 10
        while (pids := self._pids()) and time.monotonic() < until:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        with contextlib.suppress(Error):
            context.close()

    def restart(self) -> Page:
        self.close()
        return self.open()

    def _pids(self) -> list[int]:
        """Those that were started with this profile, known by their command lines."""
        profile, found = os.fsencode(self.profile), []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if profile in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
        return found


def tap(target: Locator) -> None:
    """A finger's tap; Firefox has none for those who drive it, so there it is a click."""
    browser = target.page.context.browser
    if browser and browser.browser_type.name == "firefox":
        target.click()
    else:
        target.tap()


def signal_returns(page: Page, origin: str) -> None:
    """Have Chromium tell the worker of that address, as it does when a phone has a signal again.

    The page need not be one of that address: a worker is told also where none is open.
    """
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: found.extend(
            one["registrationId"] for one in said["registrations"] if origin in one["scopeURL"]
        ),
    )
    session.send("ServiceWorker.enable")
    until = time.monotonic() + 10
    while not found:
        assert time.monotonic() < until, f"no worker of {origin}"
        page.wait_for_timeout(20)
    about = {"origin": origin, "registrationId": found[0], "tag": "flush", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", about)
    session.detach()


def enter(target: Locator, text: str) -> None:
    """Put text into a field; those who drive Firefox would else add to the digits of a number."""
    target.clear()
    target.fill(text)
