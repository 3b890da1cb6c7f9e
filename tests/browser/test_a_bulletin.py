"""The day's bulletin: written on two phones, checked, published, and read without signal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    agree,
    draft_anew,
    eventually,
    newest_bulletin,
    operation,
    until_packed,
)
from tests.support.phones import NewPhone, enter, tap


def test_a_steward_writes_it_and_a_household_reads_it_with_the_server_stopped(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    sun = neighbourhood.sign_in(new_phone(), "household")

    draft_anew(neighbourhood, steward)
    desk = steward.url
    other = neighbourhood.sign_in(new_phone(), "steward")
    other.goto(desk)

    write(steward, "有事请打 １３８ ００１３ ８０００。")
    expect(steward.locator("#check + p .t-stop")).to_be_visible()
    expect(operation(steward, "bulletin.publish")).to_have_count(0)

    save(other, "请在家等候，物资明早送到。")
    tap(other.locator('#confirm button[value="yes"]'))
    expect(other.locator("#late")).to_be_visible()
    expect(other.locator(".late")).to_contain_text("物资明早送到")
    expect(other.locator(".late")).to_contain_text("１３８ ００１３ ８０００")

    write(other, "请在家等候，物资明早送到。")
    expect(other.locator("#late")).to_have_count(0)
    tap(operation(other, "bulletin.publish").locator("button"))
    agree(other)
    expect(other.locator("#read")).to_be_visible()
    public = f"/open/1/bulletins/{newest_bulletin(neighbourhood)}"

    sun.goto(neighbourhood.url("/notices"))
    tap(sun.locator(f'a[href="{public}"]').first)
    sun.wait_for_url("**" + public)
    expect(sun.locator(".bulletin")).to_contain_text("物资明早送到")
    until_packed(sun, public)
    opened = (
        "SELECT opened_at FROM reach JOIN notices ON notices.id = notice_id"
        " WHERE notices.opens = ? AND account_id = ?"
    )
    eventually(lambda: neighbourhood.rows(opened, public, account_of(sun))[0][0] is not None)

    neighbourhood.server.stop()
    sun.goto(neighbourhood.url("/offline"))
    sun.goto(neighbourhood.url(public))
    expect(sun.locator(".bulletin")).to_contain_text("物资明早送到")
    expect(sun.locator(".chart svg").first).to_be_visible()
    expect(sun.locator("[data-stale]")).to_be_visible()

    neighbourhood.server.start()
    other.reload()
    correct = operation(other, "bulletin.correct")
    enter(correct.locator("textarea").first, "物资改为后天送到。")
    tap(correct.locator("button"))
    expect(other.locator(".correction")).to_contain_text("后天送到")
    sun.goto(neighbourhood.url("/"))
    tap(sun.locator(f'.call a[href="{public}"]'))
    expect(sun.locator(".correction")).to_contain_text("后天送到")
    expect(sun.locator(".bulletin")).to_contain_text("物资明早送到")


def save(page: Page, text: str) -> None:
    """Write something into the last section and send it."""
    form = operation(page, "bulletin.edit")
    enter(form.locator('[name^="more."]').first, text)
    tap(form.locator("button.go"))


def write(page: Page, text: str) -> None:
    """The same, until the page shows it as it was saved."""
    save(page, text)
    expect(page.locator('[name^="more."]').first).to_have_js_property("defaultValue", text)
