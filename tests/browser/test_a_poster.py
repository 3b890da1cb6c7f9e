"""A household that never signed in declares by the poster in its lobby."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    ON_POSTGRESQL_TOO,
    Neighbourhood,
    account_of,
    eventually,
    operation,
)
from tests.browser.test_a_screening import DOOR, OURS, PLACE, begin, said
from tests.support.phones import NewPhone, enter, tap

CARD = "SELECT card_number FROM households WHERE community_id = 1 AND id = ?"
CODE = "SELECT code FROM posters WHERE community_id = 1 AND round_id = ?"


@ON_POSTGRESQL_TOO
def test_a_household_without_an_account_declares_by_the_poster_in_its_lobby(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    [(stairwell, _)] = neighbourhood.rows(PLACE)
    door = neighbourhood.rows(DOOR, stairwell, OURS)[0][0]
    round_id = begin(neighbourhood, steward, stairwell, account_of(steward))

    # The steward makes the poster from the screening's picture, and prints it.
    steward.goto(neighbourhood.url(f"/declarations/{round_id}/picture"))
    tap(steward.locator(f'a[href="/posters?about={round_id}"]'))
    tap(operation(steward, "poster.make").locator("button.huge"))
    expect(steward.locator("[data-poster]")).to_have_count(1)
    [(code,)] = neighbourhood.rows(CODE, round_id)
    steward.goto(neighbourhood.url(f"/posters/print?about={round_id}"))
    expect(steward.locator(".poster svg")).to_be_visible()
    expect(steward.locator(".poster figcaption")).to_contain_text(f"/at/{code}")

    # Somebody scans it, and gets the number wrong first.
    stranger = new_phone().new_page()
    stranger.goto(neighbourhood.url(f"/at/{code}"))
    prove(stranger, f"3-{OURS}", "no card")
    expect(stranger.get_by_role("alert")).to_be_visible()
    [(card,)] = neighbourhood.rows(CARD, door)
    prove(stranger, f"3-{OURS}", card)
    assert "孙" not in stranger.locator("main").inner_text()
    enter(stranger.locator('[name="here[]"]').first, "孙桂芳")
    enter(stranger.locator('[name="here[]"]').nth(1), "护工小李")
    stranger.locator('[name="tenure"][value="owner"]').check(force=True)
    tap(stranger.locator("button.huge"))
    expect(stranger.get_by_role("status")).to_be_visible()
    assert "护工小李" not in stranger.content()

    # The board has it, the steward sees what the register does not know, everybody only a share.
    eventually(lambda: said(neighbourhood, round_id) == {door: "declared"})
    steward.goto(neighbourhood.url(f"/declarations/{round_id}/differences"))
    expect(steward.locator("main")).to_contain_text("护工小李")
    steward.goto(neighbourhood.url(f"/declarations/{round_id}/shares"))
    expect(steward.locator("main")).to_contain_text(re.compile(r"[1-9]\d* ?%"))

    # The paper is taken down: its code leads nowhere.
    steward.goto(neighbourhood.url(f"/posters?about={round_id}"))
    tap(steward.locator("[data-poster] summary"))
    tap(operation(steward, "poster.end").locator("button"))
    tap(steward.locator("#confirm button[value=yes]"))
    expect(steward.locator("[data-poster]")).to_have_count(0)
    assert stranger.goto(neighbourhood.url(f"/at/{code}")).status == 404  # type: ignore[union-attr]


def prove(page: Page, flat: str, proof: str) -> None:
    """Say which flat, and what shows that one belongs there."""
    enter(page.locator('[name="flat"]'), flat)
    enter(page.locator('[name="proof"]'), proof)
    tap(page.locator("button.huge"))
    page.wait_for_load_state()
