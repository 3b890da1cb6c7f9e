"""A network that takes everything and answers nothing: the server is frozen, not gone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    boards,
    idle,
    mark,
    unmarked,
    until_packed,
    waiting,
)


def test_a_board_opens_and_is_marked_while_nothing_answers_and_the_mark_arrives_once(
    neighbourhood: Neighbourhood, page: Page
) -> None:
    neighbourhood.sign_in(page.context, "volunteer A")
    board = boards(page)[0]
    until_packed(page, board)
    with neighbourhood.server.paused():
        page.goto(neighbourhood.url(board))
        door = unmarked(page)[0]
        mark(page, door)
        marked = page.locator(f'[data-door="{door}"]')
        expect(marked).to_have_attribute("data-answer", "delivered")
        expect(marked).to_have_attribute("data-pending", "")
        waiting(page, 1)
        expect(page.locator("[data-stale]")).to_be_visible()
    idle(page)
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.locator("[data-stale]")).to_have_count(0)
    expect(marked).to_have_attribute("data-answer", "delivered")
    assert neighbourhood.marks(board.split("/")[2], [door]) == {door: 1}
