"""A household says that nothing came: the lead settles it, and the household's page says so."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.neighbourhood import Neighbourhood, account_of, agree, operation
from tests.support.phones import NewPhone, enter, tap


def test_not_received_is_settled_by_the_lead_and_the_household_reads_what_was_decided(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    came = sun.locator('[id^="came-"]')
    round_id = str(came.get_attribute("id")).removeprefix("came-")
    [[door]] = neighbourhood.rows("SELECT household_id FROM accounts WHERE id = ?", account_of(sun))
    steward = neighbourhood.sign_in(new_phone(), "steward")
    steward.goto(neighbourhood.url(f"/rounds/{round_id}/needs"))
    disputed = steward.locator(f'#two-answers a[href$="/doors/{door}"]')
    expect(disputed).to_have_count(0)

    not_received = came.locator('form[action="/ops/round.dispute"] button')
    tap(not_received)
    agree(sun)
    expect(came.locator('.say[data-tone="stop"]')).to_be_visible()
    expect(not_received).to_have_count(0)

    tap(disputed)
    settle = operation(steward, "round.settle")
    enter(settle.locator('[name="count"]'), "1")
    tap(settle.locator('[name="answer"][value="owed"]'))
    expect(settle).to_have_count(0)
    expect(steward.locator("#main .now")).to_contain_text("欠发 1")
    expect(came.locator('.say[data-tone="stop"]')).to_have_count(0)
    expect(came.locator("h3")).to_contain_text("还欠您 1")
    steward.goto(neighbourhood.url(f"/rounds/{round_id}/needs"))
    expect(disputed).to_have_count(0)
