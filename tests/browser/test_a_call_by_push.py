"""A call rings on a phone, is tapped and answered, and its sender sees that.

All of it is real but for the push services, which are Mozilla's and Chromium's written anew for
tests: the browser subscribes, our server encrypts and signs, the browser decrypts, its worker
shows, the desktop's notification is tapped.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from server.i18n import translate
from server.push.payload import CANNOT, COMING
from tests.browser.conftest import FAILED, take_pictures
from tests.browser.neighbourhood import (
    ON_POSTGRESQL_TOO,
    MoveIn,
    Neighbourhood,
    account_of,
    eventually,
    mark,
    operation,
    run,
)
from tests.support.autopush import Autopush
from tests.support.browsers import FIREFOX_PREFERENCES, Found
from tests.support.fcm import Fcm
from tests.support.notifications import Desktop, missing
from tests.support.phones import NewPhone, PersistentPhone, enter, tap


@dataclass
class Called:
    """A phone that can be called, its screen, and the push service of its browser."""

    phone: PersistentPhone
    desktop: Desktop
    service: Autopush | Fcm
    options: dict[str, Any]
    neighbourhood: Neighbourhood

    def open(self) -> Page:
        """Turn the phone on."""
        page = self.phone.open(**self.options)
        if isinstance(self.service, Fcm):
            origin = self.neighbourhood.server.url
            self.phone.context.grant_permissions(["notifications"], origin=origin)
        return page

    def window(self, path: str) -> Page:
        """The window that shows a page, once there is one."""
        until = time.monotonic() + 70
        while time.monotonic() < until:
            for page in self.phone.context.pages:
                with contextlib.suppress(Error):  # it is on its way elsewhere
                    if page.evaluate("location.pathname") == path:
                        return page
            self.phone.page.wait_for_timeout(50)
        raise AssertionError(f"no window came to show {path}")

    @property
    def subscriptions(self) -> list[tuple[str | None, str]]:
        """Why each subscription ended, where it did, and the key it was made with."""
        return self.neighbourhood.rows("SELECT why, key_id FROM push_subscriptions ORDER BY id")


@pytest.fixture
def called(
    playwright: Playwright,
    found: Found,
    move_in: MoveIn,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Called]:
    """A phone that was never here, in a neighbourhood whose server calls by these services."""
    if reason := missing():
        pytest.skip(reason)
    with ExitStack() as stack:
        desktop = stack.enter_context(Desktop(tmp_path))
        service: Autopush | Fcm = Autopush() if found.name == "firefox" else Fcm(tmp_path)
        stack.enter_context(service)
        neighbourhood = move_in(
            STAIRWELL_PUSH_ALSO=service.origin, STAIRWELL_PUSH_RELAYS=service.relays
        )
        phone = PersistentPhone(playwright, found, tmp_path / "profile")
        options: dict[str, Any] = {"env": {**os.environ, **desktop.env}}
        if isinstance(service, Autopush):
            options["firefox_user_prefs"] = {**FIREFOX_PREFERENCES, **service.preferences()}
        else:
            options["args"] = [*found.options["args"], *service.arguments()]
        made = Called(phone, desktop, service, options, neighbourhood)
        yield made
        if request.node.stash.get(FAILED, False):
            print(service, neighbourhood.rows("SELECT * FROM deliveries"))  # pytest shows it
        if phone.is_open:
            take_pictures(phone.context, request)
            phone.close()


IN_CHROMIUM = pytest.mark.parametrize("found", ["chromium"], indirect=True)
"""Who drives a Firefox does not see the windows that its workers open."""

IN_FIREFOX = pytest.mark.parametrize("found", ["firefox"], indirect=True)
"""Chromium does not tell a worker that its subscription has changed."""


@ON_POSTGRESQL_TOO
def test_a_floor_called_to_a_site_rings_is_tapped_and_answered_and_the_site_sees_it(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    sun = turn_on(called)
    door = door_of(called, sun)
    query = "SELECT stairwell_id, level FROM households WHERE community_id = 1 AND id = ?"
    [[stairwell, level]] = called.neighbourhood.rows(query, door)
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    open_a_site(steward, called, "东门", stairwell)
    steward.evaluate("window.neverReloaded = true")

    tap(steward.locator(f'.storey[value="{level}"]'))
    shown = called.desktop.wait("请下楼采样：东门")
    expect(steward.locator(f'.storey[value="{level}"]')).to_have_attribute("data-state", "called")
    called.desktop.tap(shown)
    [[notice]] = called.neighbourhood.rows("SELECT id FROM notices WHERE kind = 'call'")
    page = called.window(f"/notices/{notice}")
    tap(operation(page, "notice.answer").locator("button.go"))

    expect(steward.locator('[data-coming="1"]')).to_be_visible(timeout=70_000)
    assert steward.evaluate("window.neverReloaded") is True
    assert called.service.wrong == []


def test_a_call_is_tapped_and_answered_and_its_sender_sees_it_without_a_reload(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    turn_on(called)
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    notice = announce(steward, called, "请下楼做核酸")
    steward.evaluate("window.neverReloaded = true")
    shown = called.desktop.wait("请下楼做核酸")
    assert {*BUTTONS} <= {*shown.actions.values()}
    figures(steward, sent=1, shown=1, opened=0, answered=0)

    called.desktop.tap(shown)
    sun = called.window(notice)
    figures(steward, sent=1, shown=1, opened=1, answered=0)
    tap(operation(sun, "notice.answer").locator("button.go"))
    figures(steward, opened=1, answered=1, coming=1)

    assert steward.evaluate("window.neverReloaded") is True
    assert called.service.wrong == []


def test_a_button_on_the_screen_answers_for_the_household(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    turn_on(called)
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    notice = announce(steward, called, "请下楼做核酸")
    called.desktop.tap(called.desktop.wait("请下楼做核酸"), BUTTONS[1])
    figures(steward, sent=1, shown=1, answered=1, cannot=1)
    sun = called.window(notice)
    expect(sun.locator(".answered")).to_be_visible()

    # What was shown is kept, and stands on the first page too: iOS may open that instead.
    again = announce(steward, called, "今晚八点停水")
    called.desktop.wait("今晚八点停水")
    figures(steward, shown=1)
    eventually(lambda: kept(sun, again) and "今晚八点停水" in kept(sun, "/"))
    called.neighbourhood.server.stop()
    sun.goto(called.neighbourhood.url(again))
    expect(sun.locator("#main")).to_contain_text("今晚八点停水")
    sun.goto(called.neighbourhood.url("/"))
    expect(sun.locator(".call")).to_contain_text("今晚八点停水")


@IN_CHROMIUM
def test_a_tap_opens_the_announcement_where_no_window_is_left(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    sun = turn_on(called)
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    notice = announce(steward, called, "请下楼做核酸")
    shown = called.desktop.wait("请下楼做核酸")
    sun.goto("about:blank")
    called.desktop.tap(shown)
    called.window(notice)


def test_a_new_key_is_taken_when_the_page_is_next_opened(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    sun = turn_on(called)
    [(_, old_key)] = called.subscriptions
    server = called.neighbourhood.server
    run(server.data, "rotate-push-key", environment=server.environment)
    sun.reload()
    eventually(lambda: [why for why, _ in called.subscriptions] == ["moved", None])
    [_, (_, new_key)] = called.subscriptions
    assert new_key != old_key

    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    announce(steward, called, "请下楼做核酸")
    called.desktop.wait("请下楼做核酸")
    assert called.service.wrong == []


def test_a_subscription_that_its_service_ended_is_called_no_more(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    turn_on(called)
    called.service.forget()
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    announce(steward, called, "请下楼做核酸")
    eventually(lambda: [why for why, _ in called.subscriptions] == ["gone"])
    figures(steward, sent=0, shown=0)
    assert called.service.posts == [410]


@IN_FIREFOX
def test_a_browser_whose_service_lost_touch_subscribes_again_by_itself(
    called: Called, new_phone: NewPhone
) -> None:
    assert isinstance(called.service, Autopush)
    called.open()
    turn_on(called)
    called.service.lose_touch()
    eventually(lambda: [why for why, _ in called.subscriptions] == ["moved", None])
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    announce(steward, called, "请下楼做核酸")
    called.desktop.wait("请下楼做核酸")


def test_the_next_person_on_this_phone_is_not_called_for_the_former_one(
    called: Called, new_phone: NewPhone
) -> None:
    called.open()
    turn_on(called)
    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    announce(steward, called, "请下楼做核酸")
    called.desktop.wait("请下楼做核酸")
    hao = called.neighbourhood.sign_in(called.phone.context, "volunteer A")
    eventually(lambda: not called.desktop.on_screen)
    eventually(lambda: not hao.evaluate(SUBSCRIBED))
    announce(steward, called, "今晚八点停水")
    eventually(lambda: [why for why, _ in called.subscriptions] == ["gone"])
    assert [one.title for one in called.desktop.history] == ["请下楼做核酸"]

    turn_on(called, hao)
    hao.goto(called.neighbourhood.url("/settings"))
    tap(hao.locator("[data-sign-out] button"))
    expect(hao).to_have_url(called.neighbourhood.url("/in"))
    assert [why for why, _ in called.subscriptions] == ["gone", "signed_out"]
    assert not hao.evaluate(SUBSCRIBED)


def test_whom_push_cannot_reach_is_told_at_the_door(called: Called, new_phone: NewPhone) -> None:
    called.service.silent = True
    called.open()
    sun = called.neighbourhood.sign_in(called.phone.context, "household")
    sun.wait_for_function("() => navigator.serviceWorker.controller !== null")
    card = sun.locator("[data-calls]")
    tap(card.locator("[data-call-on]").first)
    expect(card.locator('[data-call="blocked"]').first).to_be_visible()
    assert called.subscriptions == []

    steward = called.neighbourhood.sign_in(new_phone(), "steward")
    notice = announce(steward, called, "请下楼做核酸", door_of(called, sun))
    figures(steward, sent=0, shown=0, opened=0)
    # A page that has lost its live connection asks every 30 s.
    expect(sun.locator(".call")).to_contain_text("请下楼做核酸", timeout=60_000)
    label = str(sun.locator("h1").inner_text()).split()[-1]
    missing_doors = steward.locator('[aria-labelledby="reach"] details')
    expect(missing_doors).to_contain_text(label)

    tap(operation(steward, "round.knock").locator("button"))
    steward.wait_for_url("**/assign")
    tap(operation(steward, "round.assign_evenly").locator('button[value=""]'))
    expect(steward.locator(".give.free")).to_have_count(0)
    tap(steward.locator("a.back"))
    tap(steward.locator(".squares a").first)
    door = door_of(called, sun)
    mark(steward, door)
    marked = steward.locator(f'[data-door="{door}"]:not([data-answer=""], [data-pending])')
    expect(marked).to_be_visible()
    steward.goto(called.neighbourhood.url(notice))
    figures(steward, told=1)
    expect(missing_doors).not_to_contain_text(label)


SUBSCRIBED = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return Boolean(await registration.pushManager.getSubscription());
}"""

BUTTONS = tuple(translate("zh-Hans", words) for words in (COMING, CANNOT))

FIGURES = ("meant", "sent", "shown", "opened", "answered", "told", "coming", "cannot")
"""In the order in which the page of an announcement gives them."""


def turn_on(called: Called, page: Page | None = None) -> Page:
    """Have a phone called, by a tap on its person's first page; a household's, unless given."""
    page = page or called.neighbourhood.sign_in(called.phone.context, "household")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    card = page.locator("[data-calls]")
    expect(card).to_be_visible()
    tap(card.locator("[data-call-on]").first)
    expect(card.locator('[data-call="on"]')).to_be_visible()
    assert called.subscriptions[-1][0] is None
    return page


def door_of(called: Called, page: Page) -> int:
    """The door of the household whose page this is."""
    query = "SELECT household_id FROM accounts WHERE id = ?"
    [[door]] = called.neighbourhood.rows(query, account_of(page))
    return int(door)


def announce(page: Page, called: Called, title: str, door: int = 0) -> str:
    """Make an urgent announcement to a door's stairwell; returns its page.

    Without a door it is that of the household of the demo, which is called first.
    """
    [[stairwell]] = called.neighbourhood.rows(
        "SELECT stairwell_id FROM households WHERE community_id = 1 AND id = coalesce(nullif(?, 0),"
        " (SELECT household_id FROM accounts JOIN push_subscriptions ON account_id = accounts.id"
        "  ORDER BY push_subscriptions.id LIMIT 1))",
        door,
    )
    page.goto(called.neighbourhood.url("/notices/new"))
    form = operation(page, "notice.send")
    enter(form.locator('input[name^="title."]').first, title)
    for choice in ("urgency", "urgent"), ("asks", "coming"), ("stairwells[]", str(stairwell)):
        box = form.locator('[name="{}"][value="{}"]'.format(*choice))
        box.evaluate("one => one.checked || one.click()")
    tap(form.locator("button.btn.go"))
    page.wait_for_url(NOTICE)
    return urlsplit(page.url).path


def open_a_site(page: Page, called: Called, name: str, stairwell: int) -> None:
    """Set up a testing day of one stairwell, open it, and go to its only site."""
    page.goto(called.neighbourhood.url("/testing/new"))
    form = operation(page, "test.make")
    enter(form.locator('[name="title"]'), "核酸 第3轮")
    enter(form.locator('[name="sites[]"]').first, name)
    box = form.locator(f'[name="stairwells[]"][value="{stairwell}"]')
    box.evaluate("one => one.checked || one.click()")
    tap(form.locator("button.btn.go"))
    page.wait_for_url("**/testing/*-*")
    tap(operation(page, "round.open").locator("button"))
    tap(page.locator('article a[href*="/sites/"]').first)
    expect(page.locator(".storey").first).to_be_enabled()


def figures(page: Page, **wanted: int) -> None:
    """Expect the page of an announcement to count so many."""
    for name, count in wanted.items():
        figure = page.locator(".figures dd").nth(FIGURES.index(name))
        # A page that has lost its live connection asks every 30 s.
        expect(figure).to_have_text(str(count), timeout=70_000)


def kept(page: Page, path: str) -> str:
    """The copy of a page on the phone."""
    return str(page.evaluate("path => caches.match(path).then(c => c ? c.text() : '')", path))


NOTICE = re.compile(r"/notices/[0-9a-f-]{36}$")
