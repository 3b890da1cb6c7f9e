"""A new version comes in when nobody is in the middle of something."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.device.conftest import told, until
from tests.browser.device.standin import StandIn

WAITS = "navigator.serviceWorker.getRegistration().then(one => Boolean(one.waiting))"


def test_an_update_waits_for_typing_then_says_so(page: Page, server: StandIn):
    page.goto(server.url + "/rounds/x/close")
    page.locator("textarea").fill("三户没人")
    server.build = "two"
    page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update())")
    until(lambda: page.evaluate(WAITS))
    page.wait_for_timeout(2500)
    expect(told(page, "update_ready")).not_to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-build", "one")

    page.locator("textarea").fill("")
    page.locator("textarea").blur()
    told(page, "update_ready").locator("[data-text]").click()
    expect(page.locator("html")).to_have_attribute("data-build", "two")
