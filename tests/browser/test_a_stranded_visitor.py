"""An aunt who cannot go home: registered without a signal, counted, seen to, and seen off."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    eventually,
    idle,
    operation,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, enter, tap

AUNT = "李阿姨"


def test_registered_without_a_signal_counted_at_that_door_and_gone_home(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    until_packed(sun, "/stranded/mine")
    door = "SELECT household_id FROM accounts WHERE community_id = 1 AND id = ?"
    [[home]] = neighbourhood.rows(door, account_of(sun))
    before = present(neighbourhood, home)

    neighbourhood.server.stop()
    tap(sun.locator('main a[href="/stranded/mine"]'))
    sun.wait_for_url("**/stranded/mine")
    form = operation(sun, "stranded.come")
    enter(form.locator('[name="name"]'), AUNT)
    enter(form.locator('[name="home_words"]'), "杭州")
    tap(form.locator("button.huge"))
    waiting(sun, 1)
    assert present(neighbourhood, home) == before

    neighbourhood.server.start()
    sun.evaluate("dispatchEvent(new Event('online'))")
    idle(sun)
    assert present(neighbourhood, home) == before + 1

    steward.goto(neighbourhood.url("/stranded"))
    stay = steward.locator("[data-stay]").filter(has_text=AUNT)
    expect(stay).to_contain_text("杭州")
    tap(stay.locator('form[action="/ops/stranded.leave"] button'))
    tap(steward.locator("#confirm button[value=yes]"))
    eventually(lambda: present(neighbourhood, home) == before)


def present(neighbourhood: Neighbourhood, home: int) -> int:
    """How many people are present behind a door."""
    query = "SELECT count(*) FROM residents WHERE community_id = 1 AND household_id = ? AND present"
    [[count]] = neighbourhood.rows(query, home)
    return int(count)
