"""A round from its making to its closing statement, on a steward's phone and with no reload."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.neighbourhood import Neighbourhood, agree, idle, mark, operation, unmarked
from tests.support.phones import enter, tap

ORCHIDS = 2
"""The compound 兰园: walk-ups of six floors."""


def test_a_steward_makes_shares_opens_counts_and_closes_a_round(
    neighbourhood: Neighbourhood, phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(phone, "steward")
    make_a_round(neighbourhood, page)
    expect(status(page)).to_have_attribute("data-status-of", "planned")
    homes = homes_of(neighbourhood, ORCHIDS)
    expect(page.locator('[data-tally] [data-count="left"]')).to_have_text(str(homes))
    round_id = page.url.rsplit("/", 1)[-1]
    [[due]] = neighbourhood.rows("SELECT sum(due) FROM round_doors WHERE round_id = ?", round_id)
    assert due == 2 * homes
    expect(page.locator("header.top")).to_contain_text(str(due))

    share_evenly(page)
    tap(operation(page, "round.open").locator("button"))
    expect(status(page)).to_have_attribute("data-status-of", "open")
    mark_two_doors(page)
    count(page, "in", due)
    count(page, "out", 10)

    tap(operation(page, "round.pause").locator("button"))
    agree(page)
    expect(status(page)).to_have_attribute("data-status-of", "paused")
    tap(operation(page, "round.open").locator("button"))
    expect(status(page)).to_have_attribute("data-status-of", "open")

    close_with_an_explanation(page)
    discard_what_was_refused(page)
    follow_up(page)
    copy(page, round_id)


def test_a_long_list_leaves_what_is_looked_for(
    neighbourhood: Neighbourhood, phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(phone, "steward")
    tap(page.locator('nav.tabs a[href="/people"]'))
    expect(page.locator("[data-sift]")).to_be_visible()
    rows = page.locator("#staff > li:visible")
    everybody = rows.count()
    page.locator("[data-sift]").fill("林浩")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("林浩")
    page.locator("[data-sift]").fill("林浩 nobody")
    expect(rows).to_have_count(0)
    expect(page.locator("[data-none]")).to_be_visible()
    page.locator("[data-sift]").fill("")
    expect(rows).to_have_count(everybody)


def test_stairwells_to_give_are_found_by_their_compound(
    neighbourhood: Neighbourhood, phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(phone, "steward")
    [[round_id]] = neighbourhood.rows(
        "SELECT id FROM rounds WHERE status = 'open' AND kind = 'delivery'"
    )
    page.goto(neighbourhood.url(f"/rounds/{round_id}/assign"))
    groups, rows = page.locator("#places .group:visible"), page.locator("#places .give:visible")
    every = groups.count()
    page.locator("#places [data-sift]").fill("兰园")
    expect(groups).to_have_count(1)
    expect(groups.locator("h3")).to_have_text("兰园")
    assert rows.count() == groups.locator(".give").count()
    page.locator("#places [data-sift]").fill("")
    expect(groups).to_have_count(every)


def status(page: Page) -> Locator:
    """What a round's page says of it."""
    return page.locator("#main [data-status-of]")


def homes_of(neighbourhood: Neighbourhood, compound: int) -> int:
    """Homes with somebody in them."""
    [[homes]] = neighbourhood.rows(
        "SELECT count(*) FROM households JOIN stairwells ON stairwells.id = stairwell_id"
        " WHERE compound_id = ? AND use = 'home' AND NOT vacant"
        " AND households.community_id = 1 AND stairwells.community_id = 1",
        compound,
    )
    return int(homes)


def make_a_round(neighbourhood: Neighbourhood, page: Page) -> None:
    """Two vegetable parcels a household in one compound by this evening."""
    page.goto(neighbourhood.url("/"))
    tap(page.locator('a[href="/rounds/new"]'))
    form = operation(page, "round.make")
    tap(form.locator('label:has([name="kind"][value="delivery"])'))
    form.locator('[name="title"]').fill("兰园加送蔬菜")
    form.locator('[name="item"]').fill("蔬菜包")
    enter(form.locator('[name="quantity"]'), "2")
    evening = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=6)
    form.locator('[name="deadline"]').fill(evening.strftime("%Y-%m-%dT%H:%M"))
    tap(form.locator(f'label:has([name="compounds[]"][value="{ORCHIDS}"])'))
    tap(form.locator("button.go"))
    page.wait_for_url("**/rounds/*-*")
    expect(page.locator("h1")).to_have_text("兰园加送蔬菜")
    expect(page.locator("#main")).to_contain_text(evening.strftime("%H:%M"))


def share_evenly(page: Page) -> None:
    """One tap, and every stairwell has somebody."""
    tap(page.locator('#main a[href$="/assign"]').last)
    form = page.locator('form[action="/ops/round.assign"].split')
    expect(form.locator(".give.free")).to_have_count(24)
    tap(operation(page, "round.assign_evenly").locator('button[value=""]'))
    expect(form.locator(".give")).to_have_count(24)
    expect(form.locator(".give.free")).to_have_count(0)
    tap(page.locator("a.back"))


def mark_two_doors(page: Page) -> None:
    """One door is given its parcels, the next gets one of its two."""
    tap(page.locator(".squares a").first)
    expect(page.locator("[data-board]")).to_be_visible()
    given, short, *_ = unmarked(page)
    mark(page, given)
    page.locator(f'[data-door="{short}"]').click(button="right")
    sheet = page.locator("#sheet")
    expect(sheet.locator('[name="count"]')).to_have_value("1")
    tap(sheet.locator('[name="answer"][value="owed"]'))
    expect(page.locator(f'[data-door="{short}"]')).to_have_attribute("data-owed", "1")
    idle(page)
    tap(page.locator("a.back"))
    expect(page.locator('[data-tally] [data-count="done"]')).to_have_text("1")
    expect(page.locator('[data-tally] [data-count="owed"]')).to_have_text("1")


def count(page: Page, direction: str, items: int) -> None:
    """Goods come in or go out, and the page says where they are."""
    tap(page.locator('#main a[href$="/count"]'))
    form = operation(page, "round.count")
    enter(form.locator('[name="items"]'), str(items))
    tap(form.locator(f'[value="{direction}"]'))
    expect(page.locator("#main .facts dd").nth({"in": 0, "out": 1}[direction])).to_have_text(
        str(items)
    )
    tap(page.locator("a.back"))


def close_with_an_explanation(page: Page) -> None:
    """Numbers differ, so there is no closing without saying why."""
    tap(page.locator('#main a[href$="/close"]'))
    form = operation(page, "round.close")
    expect(form).to_be_visible()
    explanations = form.locator('[name^="explanations."]').all()
    for explanation in explanations:
        explanation.fill(" ")
    tap(form.locator("button.go"))
    agree(page)
    refusal = page.locator("#confirm[role=alertdialog]")
    expect(refusal).to_be_visible()
    agree(page)
    expect(form).to_be_visible()

    for explanation in explanations:
        explanation.fill("其余改到明天送")
    tap(form.locator("button.go"))
    agree(page)
    expect(page.locator("#main")).to_contain_text("“其余改到明天送”")
    expect(form).to_have_count(0)


def discard_what_was_refused(page: Page) -> None:
    """The first try is kept with its reason until its person lets it go."""
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "needs")
    tap(page.locator("[data-status]"))
    refused = page.locator('[data-outbox="needs"] [data-entry]')
    expect(refused.locator('[data-field="message"]')).not_to_be_empty()
    tap(refused.locator("[data-discard]"))
    agree(page)
    expect(refused).to_have_count(0)
    idle(page)
    page.go_back()


def follow_up(page: Page) -> None:
    """What is owed becomes a round of its own."""
    title = page.locator('form[action="/ops/round.follow_up"] [name="title"]')
    title.fill("兰园补送")
    tap(operation(page, "round.follow_up").locator("button"))
    expect(page.locator("h1")).to_have_text("兰园补送")
    expect(page.locator('[data-tally] [data-count="left"]')).to_have_text("1")


def copy(page: Page, round_id: str) -> None:
    """A copy brings what was stated and where; its title is its own."""
    page.goto(page.url.rsplit("/", 1)[0] + f"/{round_id}")
    tap(page.locator('a[href^="/rounds/new?copy="]'))
    form = operation(page, "round.make")
    expect(form.locator('[name="title"]')).to_have_value("兰园加送蔬菜")
    expect(form.locator('[name="quantity"]')).to_have_value("2")
    expect(form.locator(f'[name="compounds[]"][value="{ORCHIDS}"]')).to_be_checked()
    form.locator('[name="title"]').fill("兰园加送蔬菜 第2轮")
    tap(form.locator("button.go"))
    expect(page.locator("h1")).to_have_text("兰园加送蔬菜 第2轮")
    expect(status(page)).to_have_attribute("data-status-of", "planned")
