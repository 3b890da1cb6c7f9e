"""A case from its opening to the vehicle: two who run it, and the household at home."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    agree,
    eventually,
    idle,
    operation,
    waiting,
)
from tests.support.phones import NewPhone, tap


def test_a_vehicle_is_said_on_two_phones_without_a_signal_and_comes_once(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    [[household]] = neighbourhood.rows(
        "SELECT household_id FROM accounts WHERE id = ?", account_of(sun)
    )
    sun.goto(neighbourhood.url("/cases/mine"))
    first = neighbourhood.sign_in(new_phone(), "steward")
    second = neighbourhood.sign_in(new_phone(), "medical volunteer")
    open_a_case(neighbourhood, first, household)
    first.wait_for_url("**/cases/*-*")
    [[before]] = neighbourhood.rows(VEHICLES)
    expect(sun.locator(".promise h2")).to_be_visible(timeout=30_000)

    ask = step(first, "asked")
    tap(ask.locator("button"))
    expect(step(first, "coming").first).to_be_visible()
    second.goto(first.url)
    expect(step(second, "coming").first).to_be_visible()

    neighbourhood.server.stop()
    for phone in (first, second):
        tap(step(phone, "coming").first.locator("button"))
        waiting(phone, 1)
    neighbourhood.server.start()
    for phone in (first, second):
        idle(phone)

    said = (
        "SELECT count(*), sum(again) FROM case_events"
        " WHERE case_id = ? AND what = 'step' AND key = 'coming'"
    )
    eventually(lambda: neighbourhood.rows(said, first.url.split("/")[-1]) == [(2, 1)])
    assert neighbourhood.rows(VEHICLES) == [(before + 1,)]
    expect(sun.locator(".promise h2")).to_contain_text("转运车大约", timeout=60_000)
    expect(sun.locator(".promise")).to_contain_text("请带上")
    assert sun.evaluate(KEPT) == []
    assert first.evaluate(KEPT) == []


def open_a_case(neighbourhood: Neighbourhood, steward: Page, household: int) -> None:
    """Find the household's door on the desk, and open a case for the first who lives there."""
    query = (
        "SELECT b.number, s.number, h.label FROM households h"
        " JOIN stairwells s ON s.community_id = h.community_id AND s.id = h.stairwell_id"
        " JOIN buildings b ON b.community_id = s.community_id AND b.id = s.building_id"
        " WHERE h.community_id = 1 AND h.id = ?"
    )
    [door] = neighbourhood.rows(query, household)
    steward.goto(neighbourhood.url(f"/cases?door={'-'.join(door)}"))
    mine = operation(steward, "case.open").filter(
        has=steward.locator(f'[name="household"][value="{household}"]')
    )
    tap(mine.first.locator("button"))
    agree(steward)


def step(page: Page, key: str) -> Locator:
    """The form that says a step."""
    return operation(page, "case.step").filter(has=page.locator(f'[name="step"][value="{key}"]'))


VEHICLES = "SELECT count(*) FROM notices WHERE content LIKE '%medical vehicle%'"
"""How often the gate was told of one."""

KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys())
      if (new URL(url).pathname.startsWith("/cases")) kept.push(url);
  return kept;
}"""
"""Pages about cases that the browser keeps: none."""
