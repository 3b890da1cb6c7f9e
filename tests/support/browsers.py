"""The real browsers that tests drive: Chromium and Firefox.

    python -m tests.support.browsers     find both, or install what is missing

They are looked for in STAIRWELL_CHROMIUM and STAIRWELL_FIREFOX, among this machine's programs and
among Playwright's own; what is missing is installed with apt-get where that may be, and otherwise
downloaded by Playwright. Chinese on a page needs a font, which is installed in the same way.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Playwright, sync_playwright

from tests.support.notifications import missing as cannot_show

NAMES = ("chromium", "firefox")

PROGRAMS = {
    "chromium": (
        *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    "firefox": (
        *("firefox-esr", "firefox"),
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ),
}
PACKAGES = {"chromium": ["chromium"], "firefox": ["firefox-esr"]}
FONTS = ["fonts-wqy-microhei", "fontconfig"]
SCREEN = ["dbus", "libnotify4"]
"""By which a browser on Linux shows notifications: see tests/support/notifications.py."""

CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]
FIREFOX_PREFERENCES: dict[str, str | float | bool] = {
    # A finger and no mouse, as far as style sheets and scripts can ask.
    "dom.w3c_touch_events.enabled": 1,
    "dom.maxtouchpoints.testing.value": 5,
    "ui.primaryPointerCapabilities": 1,
    "ui.allPointerCapabilities": 1,
    # Nothing but our own server is ever asked, and no probe decides whether we are online.
    "network.manage-offline-status": False,
    "network.connectivity-service.enabled": False,
    "network.captive-portal-service.enabled": False,
}


@dataclass(frozen=True)
class Found:
    """One browser on this machine; without a program of its own it is Playwright's."""

    name: str
    program: Path | None

    def __str__(self) -> str:
        where = self.program or "Playwright's own"
        return f"{self.name}: {where}"

    def type(self, playwright: Playwright) -> BrowserType:
        kind: BrowserType = getattr(playwright, self.name)
        return kind

    @property
    def options(self) -> dict[str, Any]:
        """For Playwright's `launch` and `launch_persistent_context`."""
        options: dict[str, Any] = {"headless": True}
        if self.program:
            options["executable_path"] = str(self.program)
        if self.name == "chromium":
            options["args"] = CHROMIUM_ARGUMENTS
        else:
            options["firefox_user_prefs"] = FIREFOX_PREFERENCES
            if self.program:
                # A Firefox as Mozilla and distributions build it, driven by WebDriver BiDi.
                options["channel"] = "moz-firefox"
        return options


def find(name: str) -> Found | None:
    if named := os.environ.get(f"STAIRWELL_{name.upper()}"):
        if shutil.which(named) is None:
            sys.exit(f"STAIRWELL_{name.upper()} names {named}, which is not a program here.")
        return Found(name, Path(named))
    for program in PROGRAMS[name]:
        if path := shutil.which(program):
            return Found(name, Path(path))
    return playwrights_own(name)


def playwrights_own(name: str) -> Found | None:
    with sync_playwright() as playwright:
        found = Found(name, None)
        return found if Path(found.type(playwright).executable_path).exists() else None


def find_or_install() -> list[Found]:
    missing = [name for name in NAMES if find(name) is None]
    if (missing or not has_chinese() or cannot_show()) and may_use_apt():
        with_apt([package for name in missing for package in PACKAGES[name]] + FONTS + SCREEN)
        missing = [name for name in missing if find(name) is None]
    for name in missing:
        with_playwright(name)
    found = [find(name) for name in NAMES]
    for name, browser in zip(NAMES, found, strict=True):
        if browser is None:
            sys.exit(
                f"{name.capitalize()} was not found and could not be installed: install it, or "
                f"set STAIRWELL_{name.upper()} to where it is."
            )
    if not has_chinese():
        print("No Chinese font was found: tests pass, but pictures of pages will show boxes.")
    if reason := cannot_show():
        print(f"Tests of calls by push will be skipped: {reason}.")
    return [browser for browser in found if browser]


def may_use_apt() -> bool:
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def with_apt(packages: list[str]) -> None:
    print("Installing", *packages, flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, env=env, stdout=subprocess.DEVNULL)


def with_playwright(name: str) -> None:
    print("Downloading Playwright's own", name, flush=True)
    # What it says when it fails is long; find_or_install says what to do in a sentence.
    subprocess.run([sys.executable, "-m", "playwright", "install", name], capture_output=True)


def has_chinese() -> bool:
    if platform.system() != "Linux":
        return True
    if fc_list := shutil.which("fc-list"):
        asked = [fc_list, ":lang=zh", "file"]
        return bool(subprocess.run(asked, capture_output=True, text=True).stdout.strip())
    return False


if __name__ == "__main__":
    print(*find_or_install(), sep="\n")
