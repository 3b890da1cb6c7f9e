"""A sheet of paper goes up a stairwell, and comes back to be entered."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from server.web.qr import svg
from tests.browser.neighbourhood import (
    Neighbourhood,
    idle,
    sheet_of,
    unmarked,
)
from tests.support.phones import tap


def test_a_stairwell_goes_to_paper_and_its_sheet_is_entered_floor_by_floor(
    neighbourhood: Neighbourhood, phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(phone, "steward")
    round_id, stairwell = untouched(neighbourhood)
    board = f"/rounds/{round_id}/stairwells/{stairwell}"
    page.goto(neighbourhood.url(board))
    doors = unmarked(page)
    labels = page.locator(".floor .door").evaluate_all("all => all.map(d => d.dataset.label)")
    assert len(labels) == 12

    tap(page.locator(f'a[href="{board}/sheet"]'))
    printed = page.locator("table.doors .line b")
    expect(printed).to_have_text(labels)
    leads_to = svg(neighbourhood.url(board))
    drawn = page.locator(".a4 .qr svg path").evaluate_all(
        "all => all.map(p => p.getAttribute('d'))"
    )
    assert drawn == re.findall(r' d="([^"]+)"', leads_to)

    page.goto(neighbourhood.url(f"{board}/paper"))
    for floor in page.locator("[data-floor]").evaluate_all("all => all.map(f => f.dataset.floor)"):
        tap(page.locator(f'[data-floor="{floor}"] button.whole'))
    expect(page.locator('[data-tally] [data-count="left"]')).to_have_text("0")
    nobody, short = doors[0], doors[-1]
    tap(sheet_of(page, nobody).locator('[name="answer"][value="nobody"]'))
    tap(sheet_of(page, short).locator('[name="answer"][value="owed"]'))
    idle(page)
    tap(page.locator("nav.bar a.go"))

    expect(page.locator(f'[data-door="{nobody}"]')).to_have_attribute("data-answer", "nobody")
    expect(page.locator(f'[data-door="{short}"]')).to_have_attribute("data-owed", "1")
    expect(page.locator('[data-tally] [data-count="done"]')).to_have_text(str(len(doors) - 2))
    assert neighbourhood.rows(
        "SELECT source, count(*) FROM marks JOIN households ON households.id = household_id"
        " AND households.community_id = marks.community_id"
        " WHERE round_id = ? AND stairwell_id = ? GROUP BY source",
        round_id,
        stairwell,
    ) == [("paper", len(doors) + 2)]


def untouched(neighbourhood: Neighbourhood) -> tuple[str, int]:
    """An open round, and a stairwell of twelve doors in it where nobody has been yet."""
    [found] = neighbourhood.rows(
        "SELECT round_id, stairwell_id FROM round_stairwells JOIN rounds ON rounds.id = round_id"
        " WHERE status = 'open' AND kind = 'delivery' AND marked = 0 AND stairwell_id IN"
        " (SELECT stairwell_id FROM households GROUP BY stairwell_id HAVING count(*) = 12)"
        " LIMIT 1"
    )
    return str(found[0]), int(found[1])
