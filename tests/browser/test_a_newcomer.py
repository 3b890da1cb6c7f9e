"""Somebody moves in, says so by the poster, is confirmed by the property company, and found."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.neighbourhood import ON_POSTGRESQL_TOO, Neighbourhood, operation
from tests.browser.test_a_screening import DOOR, PLACE, ask, move_out, property_company
from tests.support.phones import NewPhone, enter, tap

BUILDING = "SELECT building_id FROM stairwells WHERE community_id = 1 AND id = ?"
CODE = "SELECT code FROM posters WHERE community_id = 1 AND purpose = 'arrivals'"
FLAT = "1101"


@ON_POSTGRESQL_TOO
def test_a_newcomer_says_so_by_the_poster_and_is_in_the_register(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    [(stairwell, compound)] = neighbourhood.rows(PLACE)
    door = neighbourhood.rows(DOOR, stairwell, FLAT)[0][0]
    move_out(neighbourhood, steward, door)
    [(building,)] = neighbourhood.rows(BUILDING, stairwell)
    made = {"purpose": "arrivals", "buildings": [building]}
    ask(neighbourhood, steward, "poster.make", made)
    company = property_company(neighbourhood, steward, new_phone, compound)
    [(code,)] = neighbourhood.rows(CODE)

    # A newcomer scans it, mistypes the flat, and then says who they are.
    newcomer = new_phone().new_page()
    newcomer.goto(neighbourhood.url(f"/at/{code}"))
    newcomer.locator('[name="way"][value="in"]').check(force=True)
    enter(newcomer.locator('[name="flat"]'), "3-9999")
    enter(newcomer.locator('[name="names[]"]').first, "欧阳若兰")
    enter(newcomer.locator('[name="phone"]'), "13812345678")
    tap(newcomer.locator("button.huge"))
    expect(newcomer.get_by_role("alert")).to_be_visible()
    expect(newcomer.locator('[name="names[]"]').first).to_have_value("欧阳若兰")
    enter(newcomer.locator('[name="flat"]'), f"3-{FLAT}")
    tap(newcomer.locator("button.huge"))
    expect(newcomer.get_by_role("status")).to_have_attribute("data-state", "waiting")
    address = newcomer.locator("main a").get_attribute("href")

    # The property company confirms it, on a phone.
    company.goto(neighbourhood.url("/arrivals"))
    card = company.locator("[data-arrival]").filter(has_text="欧阳若兰")
    expect(card).to_be_visible()
    tap(operation(company, "arrival.confirm").first.locator("button.huge"))
    expect(company.locator("section[data-arrival]")).to_have_count(0)

    # The newcomer sees that; the steward finds them by their initials, with who confirmed it.
    newcomer.goto(neighbourhood.url(str(address)))
    expect(newcomer.get_by_role("status")).to_have_attribute("data-state", "confirmed")
    steward.goto(neighbourhood.url("/find?q=oyrl"))
    expect(steward.locator("main")).to_contain_text("欧阳若兰")
    steward.goto(neighbourhood.url(f"/households/{door}"))
    expect(steward.locator("main")).to_contain_text("欧阳若兰")
