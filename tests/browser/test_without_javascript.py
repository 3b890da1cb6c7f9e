"""Everything by plain forms: an old phone, a blocked script, a browser inside a chat.

Those who drive Firefox cannot take its scripts away, and forms are the same everywhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.neighbourhood import Neighbourhood, boards, operation, unmarked
from tests.support.phones import NewPhone, enter, tap

pytestmark = pytest.mark.parametrize("found", ["chromium"], indirect=True)


@pytest.fixture
def plain_phone(new_phone: NewPhone) -> BrowserContext:
    """A phone whose browser runs no script."""
    return new_phone(java_script_enabled=False)


def test_a_volunteer_marks_a_door_and_a_floor_corrects_and_takes_back(
    neighbourhood: Neighbourhood, plain_phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(plain_phone, "volunteer A")
    board = boards(page)[0]
    tap(page.locator(f'a[href="{board}"]'))
    expect(page.locator("[data-board]")).to_be_visible()
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "unknown")
    door = unmarked(page)[0]
    tap(door_of(page, door))
    expect(door_of(page, door)).to_have_attribute("data-answer", "delivered")
    expect(page).to_have_url(neighbourhood.url(board))

    floor = page.locator("[data-floor]:has(button.whole)").last
    doors = [
        int(one) for one in str(floor.locator("button.whole").get_attribute("value"))[5:].split()
    ]
    assert len(doors) > 1
    tap(floor.locator("button.whole"))
    for one in doors:
        expect(door_of(page, one)).to_have_attribute("data-answer", "delivered")

    tap(door_of(page, door))
    form = operation(page, "round.mark")
    form.locator('[name="note"]').fill("少一份")
    enter(form.locator('[name="count"]'), "1")
    tap(form.locator('[name="answer"][value="owed"]'))
    expect(page).to_have_url(neighbourhood.url(board))
    expect(door_of(page, door)).to_have_attribute("data-owed", "1")

    tap(door_of(page, door))
    story = page.locator("ol.story > li")
    expect(story).to_have_count(2)
    expect(story.filter(has_text="少一份")).to_be_visible()
    tap(operation(page, "round.undo").locator("button"))
    expect(page.locator("li.undone")).to_have_count(1)
    tap(page.locator("a.back"))
    expect(door_of(page, door)).to_have_attribute("data-answer", "delivered")


def test_a_steward_makes_and_opens_a_round(
    neighbourhood: Neighbourhood, plain_phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(plain_phone, "steward")
    tap(page.locator('a[href="/rounds/new"]'))
    form = operation(page, "round.make")
    tap(form.locator('label:has([name="kind"][value="knock"])'))
    form.locator('[name="title"]').fill("敲门通知")
    form.locator('[name="item"]').fill("核酸通知")
    tap(form.locator('label:has([name="compounds[]"])').first)
    tap(form.locator("button.go"))
    expect(page.locator("h1")).to_have_text("敲门通知")
    expect(page.locator('[data-status-of="planned"]')).to_be_visible()
    tap(operation(page, "round.open").locator("button"))
    expect(page.locator("h1")).to_have_text("敲门通知")
    expect(page.locator('[data-status-of="open"]')).to_be_visible()


def test_somebody_who_comes_and_goes_is_written_down_every_time(
    neighbourhood: Neighbourhood, plain_phone: BrowserContext
) -> None:
    page = neighbourhood.sign_in(plain_phone, "steward")
    page.goto(neighbourhood.url("/households/1"))
    here = operation(page, "resident.presence").first
    for says in ("true", "false", "true", "false"):
        tap(here.locator("button"))
        expect(here.locator('[name="present"]')).to_have_value(says)


def test_somebody_chooses_their_language(
    neighbourhood: Neighbourhood, plain_phone: BrowserContext
) -> None:
    page, link = plain_phone.new_page(), neighbourhood.link("volunteer A")
    html = page.locator("html")
    page.goto(link)
    expect(html).to_have_attribute("lang", "zh-Hans")
    tap(page.locator('[name="language"][value="en"]'))
    expect(html).to_have_attribute("lang", "en")
    expect(page).to_have_url(link)
    tap(page.locator('form[action^="/in/"] button'))
    expect(page.locator("[data-page]")).to_have_attribute("data-page", "home/volunteer")
    expect(html).to_have_attribute("lang", "en")
    tap(page.locator('nav.tabs a[href="/settings"]'))
    tap(page.locator('label:has([name="language"][value="zh-Hant"])'))
    tap(page.locator('form[action="/settings"] button.go'))
    expect(html).to_have_attribute("lang", "zh-Hant")
    tap(page.locator('nav.tabs a[href="/"]'))
    expect(html).to_have_attribute("lang", "zh-Hant")


def door_of(page: Page, door: int) -> Locator:
    """A door of a board."""
    return page.locator(f'[data-door="{door}"]')
