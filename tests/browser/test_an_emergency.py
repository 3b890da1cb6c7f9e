"""Somebody fell at night: everybody takes a step at once, one without a signal."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    eventually,
    idle,
    operation,
    waiting,
)
from tests.support.phones import NewPhone, tap


def test_each_takes_a_step_also_without_a_signal_and_the_clock_stops_with_the_vehicle(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    guard = neighbourhood.sign_in(new_phone(), "gate guard")

    sun.goto(neighbourhood.url("/requests/new#emergency"))
    form = sun.locator("#emergency")
    tap(form.locator(".quick .choice").nth(2))
    tap(form.locator("button.huge"))
    sun.wait_for_url("**/requests/*-*")
    [[request]] = neighbourhood.rows(
        "SELECT id FROM requests WHERE kind = 'emergency' AND closed_at IS NULL"
    )
    page = f"/requests/{request}/steps"

    # Both were told, and their first page leads there in one tap.
    for phone in (hao, guard):
        phone.goto(neighbourhood.url("/"))
        tap(phone.locator(f'main h2 a[href="{page}"]').first)
        phone.wait_for_url(f"**{page}")
        expect(phone.locator('a[href="tel:120"]')).to_be_visible()
    expect(hao.locator("header .where p")).to_contain_text("11")
    expect(guard.locator("header .where p")).to_have_count(0)

    # No signal at the lift: the page opens from the phone, its clock runs, the tap waits.
    eventually(lambda: hao.evaluate(KEPT, page))
    neighbourhood.server.stop()
    hao.reload()
    before = seconds(hao)
    eventually(lambda: seconds(hao) > before)
    tap(step(hao, "do", "lift").locator("button"))
    waiting(hao, 1)
    expect(step(hao, "do", "lift")).to_have_attribute("data-pending", "")
    neighbourhood.server.start()
    hao.evaluate("dispatchEvent(new Event('online'))")
    idle(hao)
    taken = "SELECT actor FROM request_events WHERE what = 'do' AND key = 'lift'"
    eventually(lambda: neighbourhood.rows(taken)[-1:] == [(account_of(hao),)])

    guard.goto(neighbourhood.url(page))
    expect(guard.locator("#lift")).to_contain_text("林浩")
    tap(step(guard, "do", "gate").locator("button"))
    expect(guard.locator("#gate")).to_have_attribute("data-state", "mine", timeout=30_000)
    tap(step(guard, "done", "gate").locator("button"))
    expect(guard.locator("#gate")).to_have_attribute("data-state", "done", timeout=30_000)

    sun.goto(neighbourhood.url(f"/requests/{request}"))
    expect(sun.locator(".steps")).to_contain_text("守住电梯")
    expect(sun.locator(".steps")).to_contain_text("大门已开")
    assert seconds(sun) >= before

    tap(step(guard, "done", "vehicle").locator("button"))
    expect(sun.locator(".run .time")).to_contain_text("✓", timeout=30_000)
    expect(sun.locator("[data-clock]")).to_have_count(0)


KEPT = """async (path) => Boolean(await caches.match(path, { ignoreVary: true }))"""


def step(page: Page, what: str, key: str) -> Locator:
    """The form that says something of a step."""
    hidden = page.locator(f'[name="step"][value="{key}"]')
    return operation(page, f"emergency.{what}").filter(has=hidden)


def seconds(page: Page) -> int:
    """What the clock of a page shows."""
    minutes, _, rest = page.locator("[data-time]").inner_text().partition(":")
    return 60 * int(minutes) + int(rest)
