"""A dialysis trip: planned, tested for, driven by the deputy without a signal, and over."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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

HOSPITAL = "华山医院"
STEPS = ("ready", "off", "there", "fetched", "back", "clean")


def test_a_trip_is_planned_tested_for_driven_offline_and_over(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    yun = neighbourhood.sign_in(new_phone(), "volunteer B")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    [[hao]] = neighbourhood.rows("SELECT id FROM accounts WHERE name = '林浩'")

    # The steward plans it for Grandma Sun, who goes in three hours and every day at that time.
    steward.goto(neighbourhood.url("/trips/new"))
    enter(steward.locator('[name="door"]'), "12-3-1102")
    tap(steward.locator("main button.huge"))
    leaves = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=3)
    planning = operation(steward, "plan.make")
    planning.locator('[name="kind"]').select_option("dialysis")
    enter(planning.locator('[name="hospital"]'), HOSPITAL)
    for one in planning.locator('[name="days[]"]').all():
        one.check(force=True)
    planning.locator('[name="leaves"]').fill(f"{leaves:%H:%M}")
    planning.locator('[name="back"]').fill(f"{leaves + timedelta(hours=5):%H:%M}")
    planning.locator('[name="driver"]').select_option(str(hao))
    planning.locator('[name="deputy"]').select_option(account_of(yun))
    tap(planning.locator("button.huge"))
    ours = (
        "SELECT id FROM trips WHERE plan_id = (SELECT id FROM trip_plans WHERE deputy = ?"
        " ORDER BY version DESC LIMIT 1) AND driver = ? ORDER BY leaves_at LIMIT 1"
    )
    eventually(lambda: bool(neighbourhood.rows(ours, account_of(yun), hao)))
    [[trip]] = neighbourhood.rows(ours, account_of(yun), hao)
    page, passes = f"/trips/{trip}", "SELECT name FROM passes WHERE about = ? AND state = 'valid'"

    # She reads when she goes, and that a test is missing; she takes one and reports it.
    sun.goto(neighbourhood.url("/trips/mine"))
    card = sun.locator(f'[data-trip="{trip}"]')
    expect(card).to_contain_text(HOSPITAL)
    expect(card.locator('.tag[data-tone="stop"]')).to_be_visible()
    assert neighbourhood.rows(passes, page) == []
    sun.goto(neighbourhood.url("/reports/mine"))
    tap(sun.locator('form[action="/ops/report.make"] button[value="negative"]').first)
    sun.goto(neighbourhood.url("/trips/mine"))
    expect(card.locator('.tag[data-tone="go-soft"]')).to_be_visible()

    # Hao cannot today: Yun drives, and so the passes are made with her name on them.
    steward.goto(neighbourhood.url(page))
    tap(steward.locator('details:has([action="/ops/trip.drive"]) > summary'))
    naming = operation(steward, "trip.drive")
    naming.locator('[name="driver"]').select_option(account_of(yun))
    tap(naming.locator("button"))
    eventually(lambda: neighbourhood.rows(passes, page) == [("孙奶奶",)])
    sun.goto(neighbourhood.url("/trips/mine"))
    expect(card.locator('a[href^="/passes/"]')).to_be_visible()

    # Her phone has the trip; from the door to the hospital and back there is no signal.
    yun.goto(neighbourhood.url("/"))
    until_packed(yun, page)
    neighbourhood.server.stop()
    yun.goto(neighbourhood.url(page))
    expect(yun.locator("main")).to_contain_text(HOSPITAL)
    expect(yun.locator("main .number")).to_be_visible()
    expect(yun.locator("main")).not_to_contain_text("透析")
    tap(yun.locator(f'#{STEPS[0]} form[action="/ops/trip.step"] button'))
    waiting(yun, 1)
    for number, step in enumerate(STEPS[1:], 2):
        tap(yun.locator(f'#{step} form[action="/ops/trip.step"] button'))
        waiting(yun, number)
    neighbourhood.server.start()
    yun.evaluate("dispatchEvent(new Event('online'))")
    idle(yun)

    done = "SELECT state FROM trips WHERE id = ?"
    eventually(lambda: neighbourhood.rows(done, trip) == [("done",)])
    said = "SELECT count(*) FROM trip_events WHERE trip_id = ? AND what = 'step'"
    assert neighbourhood.rows(said, trip) == [(len(STEPS),)]
    sun.goto(neighbourhood.url("/trips/mine"))
    expect(card.locator("p .tag")).to_have_attribute("data-tone", "go-soft")
    expect(card.locator('form[action="/ops/trip.step"]')).to_have_count(0)
