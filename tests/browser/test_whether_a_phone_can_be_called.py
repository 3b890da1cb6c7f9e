"""What a phone's first page and its settings say of being called, before anybody is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.neighbourhood import Neighbourhood
from tests.support.phones import NewPhone, tap

PERMISSION = 'Object.defineProperty(Notification, "permission", { get: () => "%s" });'

UNDECIDED = PERMISSION % "default"
"""Browsers without a screen say no to everything otherwise."""

TOLD_NOT_TO = PERMISSION % "denied"

A_CHAT_APP = "delete window.PushManager; delete window.Notification;"

AN_IPHONE = A_CHAT_APP + 'Object.defineProperty(navigator, "standalone", { value: false });'
"""Safari, before it is on the Home Screen."""

LATER = "{ const now = Date.now; Date.now = () => now() + %d * 24 * 3600e3; }"


def test_who_is_not_called_now_is_asked_again_in_a_week(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    phone = new_phone()
    phone.add_init_script(UNDECIDED)
    sun = neighbourhood.sign_in(phone, "household")
    tap(sun.locator("[data-call-later]"))
    expect(sun.locator("[data-calls]")).to_be_hidden()
    expect(
        card(sun, neighbourhood.url("/settings")).locator("[data-call-on]").first
    ).to_be_visible()
    for days, asked in (0, False), (6, False), (8, True):
        later = phone.new_page()
        later.add_init_script(LATER % days)
        expect(card(later, neighbourhood.url("/"))).to_be_visible(visible=asked)
        later.close()

    # She put it off for herself, not for whoever signs in here next.
    hao = neighbourhood.sign_in(phone, "volunteer A")
    expect(hao.locator("[data-calls]")).to_be_visible()


@pytest.mark.parametrize(
    ("phone_is", "says", "on_first_page"),
    [(AN_IPHONE, "home", True), (A_CHAT_APP, "browser", False), (TOLD_NOT_TO, "denied", False)],
    ids=["iphone", "chat_app", "denied"],
)
def test_who_cannot_be_called_is_told_what_to_do(
    neighbourhood: Neighbourhood,
    new_phone: NewPhone,
    phone_is: str,
    says: str,
    on_first_page: bool,
) -> None:
    phone = new_phone()
    phone.add_init_script(phone_is)
    sun = neighbourhood.sign_in(phone, "household")
    expect(card(sun, neighbourhood.url("/"))).to_be_visible(visible=on_first_page)
    settings = card(sun, neighbourhood.url("/settings"))
    for told in says, "ask denied browser home blocked":
        expect(settings.locator(f'p[data-call="{told}"]')).to_be_visible()
    expect(settings.locator("p:visible")).to_have_count(2)
    expect(settings.locator("button:visible")).to_have_count(0)


def card(page: Page, url: str) -> Locator:
    """Where a page speaks of being called, once its script has chosen what to show."""
    page.goto(url)
    found = page.locator("[data-calls]")
    expect(found.locator("[data-call][hidden]")).not_to_have_count(0)
    return found
