"""Who is on this phone: cards, links, two people with one phone, and an account that was closed."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    agree,
    boards,
    eventually,
    idle,
    mark,
    operation,
    unmarked,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, tap


def test_a_household_signs_in_with_the_code_on_its_card_until_there_is_a_new_one(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    tap(steward.locator('nav.tabs a[href="/estates"]'))
    tap(steward.locator('a[href="/stairwells/1/cards"]'))
    label, number, code = new_cards(steward)

    page = new_phone().new_page()
    page.goto(neighbourhood.url("/"))
    expect(page).to_have_url(neighbourhood.url("/in"))
    type_code(page, number)
    expect(page.get_by_role("alert")).to_be_visible()
    type_code(page, code.lower().replace("-", " "))
    [[name]] = neighbourhood.rows(
        "SELECT accounts.name FROM accounts JOIN households ON households.id = household_id"
        " AND households.community_id = accounts.community_id"
        " WHERE households.community_id = 1 AND card_number = ?",
        number,
    )
    expect(page.locator("h2.name")).to_have_text(name)
    tap(page.locator('form[action^="/in/"] button'))
    expect(page.locator("h1")).to_contain_text(label)

    steward.go_back()
    new_cards(steward)
    other = new_phone().new_page()
    other.goto(neighbourhood.url("/in"))
    type_code(other, code)
    expect(other.get_by_role("alert")).to_be_visible()


def test_looking_at_a_link_uses_nothing_up_and_signing_in_does(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    link = neighbourhood.link("volunteer A")
    preview, page = new_phone().new_page(), new_phone().new_page()
    for look in (preview, page, page):
        look.goto(link)
        expect(look.locator("h2.name")).to_be_visible()
    tap(page.locator('form[action^="/in/"] button'))
    expect(page.locator('[data-page="home/volunteer"]')).to_be_visible()

    preview.goto(link)
    expect(preview.get_by_role("alert")).to_be_visible()
    expect(preview.locator("h2.name")).to_have_count(0)


def test_two_people_share_a_phone_and_neither_sends_what_the_other_marked(
    neighbourhood: Neighbourhood, phone: BrowserContext
) -> None:
    hao = neighbourhood.sign_in(phone, "volunteer A")
    hao_is, board = account_of(hao), boards(hao)[0]
    doors = mark_offline_and_close(neighbourhood, hao, board)

    yun = phone.new_page()
    yun.goto(neighbourhood.link("volunteer B"))
    expect(yun.locator("main .say")).to_be_visible()
    tap(yun.locator('form[action^="/in/"] button'))
    expect(yun.locator("html")).not_to_have_attribute("data-account", hao_is)
    expect(yun.locator('[data-page="home/volunteer"]')).to_be_visible()
    yun.goto(neighbourhood.url("/outbox"))
    idle(yun)
    expect(yun.locator("[data-others]")).to_contain_text("2")
    expect(yun.locator("[data-entry]")).to_have_count(0)
    tap(yun.locator("[data-send-now]"))
    idle(yun)
    assert neighbourhood.marks(board.split("/")[2], doors) == dict.fromkeys(doors, 0)

    hao = neighbourhood.sign_in(phone, "volunteer A")
    expect(hao.locator("html")).to_have_attribute("data-account", hao_is)
    idle(hao)
    assert neighbourhood.marks(board.split("/")[2], doors) == dict.fromkeys(doors, 1)
    assert {maker_of(neighbourhood, door) for door in doors} == {hao_is}


def test_a_closed_account_is_signed_out_and_the_lead_decides_about_its_late_marks(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    phone = new_phone()
    hao = neighbourhood.sign_in(phone, "volunteer A")
    hao_is, board = account_of(hao), boards(hao)[0]
    round_id = board.split("/")[2]
    doors = mark_offline_and_close(neighbourhood, hao, board)

    steward = neighbourhood.sign_in(new_phone(), "steward")
    steward.goto(neighbourhood.url(f"/people/{hao_is}"))
    tap(operation(steward, "account.revoke").locator("button"))
    agree(steward)
    expect(steward).to_have_url(neighbourhood.url(f"/people/{hao_is}"))
    expect(operation(steward, "account.revoke")).to_have_count(0)

    hao = phone.new_page()
    hao.goto(neighbourhood.url(board))
    eventually(lambda: outcomes(neighbourhood, hao_is) == ["refused", "refused"], 60)
    eventually(lambda: signed_out(neighbourhood, hao), 60)
    assert neighbourhood.marks(round_id, doors) == dict.fromkeys(doors, 0)

    steward.goto(neighbourhood.url(f"/rounds/{round_id}/needs"))
    counts = operation(steward, "op.redo").locator("button")
    expect(counts).to_have_count(2)
    tap(counts.first)
    expect(counts).to_have_count(1)
    tap(counts.first)
    expect(counts).to_have_count(0)
    assert neighbourhood.marks(round_id, doors) == dict.fromkeys(doors, 1)
    assert {maker_of(neighbourhood, door) for door in doors} == {hao_is}


def new_cards(page: Page) -> tuple[str, str, str]:
    """Make new cards for a stairwell; the door, the number and the code of the first."""
    tap(page.locator('form[action$="/cards"] button'))
    agree(page)
    card = page.locator(".id-card").first
    expect(card.locator(".inside .qr svg")).to_be_visible()
    return (
        card.locator("h2").inner_text(),
        card.locator(".id-number b").inner_text(),
        card.locator(".secret").inner_text(),
    )


def type_code(page: Page, code: str) -> None:
    """Enter what a card says."""
    page.locator('[name="code"]').fill(code)
    tap(page.locator('form[action="/in"] button'))


def mark_offline_and_close(neighbourhood: Neighbourhood, page: Page, board: str) -> list[int]:
    """Mark two doors with the server away, put the phone down, and let the server come back.

    Without Background Sync, which in Chromium might send them before anybody looks.
    """
    until_packed(page, board)
    page.add_init_script("delete window.ServiceWorkerRegistration.prototype.sync")
    neighbourhood.server.stop()
    page.goto(neighbourhood.url(board))
    doors = unmarked(page)[:2]
    for door in doors:
        mark(page, door)
    waiting(page, 2)
    page.close()
    neighbourhood.server.start()
    return doors


def maker_of(neighbourhood: Neighbourhood, door: int) -> str:
    """Whose mark stands at a door."""
    [[actor]] = neighbourhood.rows(
        "SELECT actor FROM marks WHERE household_id = ? ORDER BY seq DESC LIMIT 1", door
    )
    return str(actor)


def outcomes(neighbourhood: Neighbourhood, account: str) -> list[str]:
    """What came of everything that somebody ever sent."""
    query = "SELECT outcome FROM operations WHERE actor = ? AND kind = 'round.mark'"
    return [outcome for [outcome] in neighbourhood.rows(query, account)]


def signed_out(neighbourhood: Neighbourhood, page: Page) -> bool:
    """Whether the first page leads to where one signs in."""
    page.goto(neighbourhood.url("/"))
    return page.url == neighbourhood.url("/in")
