"""Whatever the network and the server do, an operation waits for its own acknowledgement."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.device.conftest import (
    door,
    idle,
    needs,
    once_each,
    online,
    until,
    waits,
)
from tests.browser.device.pages import board_url
from tests.browser.device.standin import CHAN, MEI, StandIn
from tests.support.phones import tap


@pytest.mark.parametrize(
    "fault", ["500", "503", "401", "revoked", "portal", "header", "malformed", "missing", "lost"]
)
def test_every_fault_keeps_everything(page: Page, server: StandIn, fault: str):
    server.fault = fault
    for label in ("601", "602", "501"):
        tap(door(page, label))
    until(lambda: server.batches)
    waits(page, 1 if fault == "missing" else 3)
    server.fault = None
    page.reload()
    idle(page)
    once_each(server, 3)


def test_a_request_that_hangs_is_given_up_and_halved(page: Page, server: StandIn):
    page.clock.install()
    server.fault = "503"
    for label in ("601", "602", "501", "502"):
        tap(door(page, label))
    waits(page, 4)
    until(lambda: len(server.batches) > 3)
    server.fault = "hang"
    tried = len(server.batches)
    online(page)
    until(lambda: len(server.batches) > tried)
    page.clock.run_for(20_500)
    until(lambda: len(server.batches) > tried + 1)
    server.fault = None
    page.clock.run_for(20_500)
    idle(page)
    assert [len(batch["ops"]) for batch in server.batches[tried : tried + 2]] == [4, 2]
    once_each(server, 4)


def test_too_large_is_halved_until_it_fits_and_zipped(page: Page, server: StandIn):
    server.stop()
    for level in range(6, 0, -1):
        tap(page.locator(f'[data-floor="{level}"] .whole'))
    waits(page, 12)
    server.most = 3
    server.start()
    page.reload()
    idle(page)
    once_each(server, 12)
    sizes = [len(batch["ops"]) for batch in server.batches]
    assert sizes[:3] == [12, 6, 3]
    assert server.batches[0]["zipped"]
    assert server.batches[2]["waiting"] == 9


def test_one_bad_operation_blocks_no_other(page: Page, server: StandIn):
    server.poison = "61"
    for label in ("601", "602", "501"):
        tap(door(page, label))
    until(lambda: len(server.effects) == 2)
    waits(page, 1)
    server.fault = "poison-413"
    page.reload()
    needs(page)


def test_two_tabs_make_one_flush(phone: BrowserContext, page: Page, server: StandIn):
    other = phone.new_page()
    other.goto(server.url + board_url(12))
    server.stop()
    tap(door(page, "601"))
    tap(door(other, "602"))
    for tab in (page, other):
        waits(tab, 2)
        expect(door(tab, "601")).to_have_attribute("data-pending", "")
    server.start()
    for tab in (page, other):
        online(tab)
    for tab in (page, other):
        idle(tab)
    once_each(server, 2)
    sent = [op["id"] for batch in server.batches for op in batch["ops"]]
    assert len(sent) == len(set(sent))


def test_another_person_s_operations_are_never_sent(page: Page, server: StandIn):
    server.stop()
    tap(door(page, "601"))
    waits(page, 1)
    server.who = CHAN
    server.start()
    online(page)
    until(lambda: server.batches)  # refused: another person is signed in
    page.goto(server.url + "/outbox")
    expect(page.locator("[data-others]")).to_have_text("other_person_waits 1")
    page.goto(server.url + board_url(12))
    idle(page)
    expect(door(page, "601")).to_have_attribute("data-answer", "")
    tap(door(page, "602"))
    until(lambda: server.effects)
    assert [op["actor"] for op in server.effects] == [CHAN]
    server.who = MEI
    page.reload()
    until(lambda: len(server.effects) == 2)
    once_each(server, 2)


def test_revocation_deletes_the_pages_and_keeps_the_outbox(page: Page, server: StandIn):
    server.fault = "revoked"
    tap(door(page, "601"))
    until(
        lambda: not [name for name in page.evaluate("caches.keys()") if name.startswith("pages-")]
    )
    waits(page, 1)


def test_a_mark_refused_needs_its_person(page: Page, server: StandIn):
    server.refuses = "61"
    tap(door(page, "601"))
    needs(page)
    expect(door(page, "601")).to_have_attribute("data-refused", "")
    expect(door(page, "601")).to_have_attribute("data-answer", "")
