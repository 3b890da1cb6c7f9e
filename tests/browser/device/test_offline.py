"""No signal: nothing is lost, nothing is done twice, and the page says what is so."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.device.conftest import (
    door,
    idle,
    kept,
    once_each,
    online,
    open_board,
    pending,
    until,
    waits,
)
from tests.browser.device.pages import board_url
from tests.browser.device.standin import StandIn
from tests.browser.device.stored import entries
from tests.support.phones import PersistentPhone, tap


def test_a_stairwell_ticked_without_signal_arrives_once(
    persistent_phone: PersistentPhone, server: StandIn
):
    page = open_board(persistent_phone.page, server)
    server.stop()
    labels = [f"{level}0{place}" for level in range(6, 0, -1) for place in (1, 2)]
    for label in labels:
        tap(door(page, label))
    waits(page, 12)
    page.reload()
    expect(pending(page)).to_have_count(12)

    page = persistent_phone.restart()
    page.goto(server.url + board_url(12))
    expect(pending(page)).to_have_count(12)
    waits(page, 12)
    server.start()
    page.reload()
    idle(page)
    once_each(server, 12)
    assert [op["data"]["door"] for op in server.effects] == [
        label[0] + label[2] for label in labels
    ]


def test_a_page_left_in_the_moment_of_a_tap_loses_nothing(page: Page, server: StandIn):
    server.stop()
    # The database takes its time, longer than anybody stays.
    page.evaluate("() => { IDBObjectStore.prototype.get = () => new Promise(() => {}); }")
    tap(door(page, "601"))
    expect(pending(page)).to_have_count(1)
    assert entries(page) == []
    page.evaluate("localStorage.setItem('jotted-half', '[{')")  # harms nothing
    page.reload()
    expect(pending(page)).to_have_count(1)
    waits(page, 1)
    server.start()
    page.reload()
    idle(page)
    once_each(server, 1)


def test_an_acknowledged_mark_stays_drawn_until_a_newer_page_replaces_it(
    page: Page, server: StandIn
):
    page.evaluate("window.htmx = { swap() {} }")  # no newer page is shown
    tap(door(page, "601"))
    until(lambda: server.effects)
    idle(page)
    expect(door(page, "601")).to_have_attribute("data-answer", "delivered")
    expect(door(page, "601")).not_to_have_attribute("data-pending", "")
    server.stop()
    page.reload()
    expect(door(page, "601")).to_have_attribute("data-answer", "delivered")
    server.start()
    page.reload()
    expect(page.locator('a.door[data-label="601"]')).to_have_attribute("data-answer", "delivered")
    until(lambda: not entries(page))


def test_a_page_of_the_pack_never_opened_opens_without_signal(
    phone: BrowserContext, server: StandIn
):
    server.pack.append(board_url(13))
    page = open_board(phone.new_page(), server)
    until(lambda: kept(page, board_url(13)))
    server.stop()
    page.goto(server.url + board_url(13))
    tap(door(page, "601"))
    waits(page, 1)
    page.goto(server.url + "/never/seen")
    expect(page.locator("body")).to_have_attribute("data-page", "/offline")


def test_a_pack_that_did_not_come_is_asked_for_again(phone: BrowserContext, server: StandIn):
    server.fault = "no-pack"
    page = phone.new_page()
    page.goto(server.url + "/")
    until(lambda: server.packs)
    server.fault = None
    until(lambda: kept(page, board_url(12)), 30)


def test_a_page_that_left_the_pack_leaves_the_phone(page: Page, server: StandIn):
    server.pack = [board_url(14)]
    page.reload()
    until(lambda: kept(page, board_url(14)) and not kept(page, board_url(12)))


def test_an_old_copy_says_how_old_it_is_until_the_server_answers(page: Page, server: StandIn):
    server.stop()
    page.reload()
    expect(page.locator("[data-stale]")).to_have_text("stale_page 1 min")
    server.start()
    online(page)
    expect(page.locator("[data-stale]")).to_have_count(0)


def test_a_server_that_hangs_shows_the_copy(page: Page, server: StandIn):
    page.goto(server.url + "/outbox")
    server.fault = "slow-pages"
    page.goto(server.url + "/")
    expect(page.locator("#main")).to_have_text("首页")
    expect(page.locator("[data-stale]")).to_be_visible()


def test_once_the_incident_is_closed_a_phone_lets_go_of_pages_and_of_nothing_tapped(
    page: Page, server: StandIn
):
    board, old = board_url(12), board_url(13)  # the latter is in no pack
    page.goto(server.url + old)
    until(lambda: kept(page, old))
    page.goto(server.url + board)
    until(lambda: kept(page, board))
    server.stop()
    tap(door(page, "601"))
    waits(page, 1)
    server.forget = 7
    server.start()
    page.reload()
    until(lambda: not kept(page, old))
    until(lambda: kept(page, board))  # the work of today comes back at once
    idle(page)
    once_each(server, 1)
    page.goto(server.url + old)
    until(lambda: kept(page, old))
    packs = server.packs
    page.reload()
    until(lambda: server.packs > packs)
    assert kept(page, old)  # only once
