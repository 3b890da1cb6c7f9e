"""The same neighbourhood on PostgreSQL, served by two processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    DATABASE,
    Neighbourhood,
    boards,
    idle,
    mark,
    unmarked,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone
from tests.support.server import Server


@pytest.fixture
def east_and_west(
    block_a_on_postgresql: str, make_server: Callable[..., Server]
) -> tuple[Neighbourhood, Neighbourhood]:
    """The demo on one database with a server at either end of the neighbourhood."""
    environment = {DATABASE: block_a_on_postgresql}
    east, west = (make_server(name, environment=environment) for name in ("east", "west"))
    east.start()
    west.start()
    return Neighbourhood(east), Neighbourhood(west)


@pytest.mark.postgres
@pytest.mark.parametrize("found", ["chromium"], indirect=True)
def test_what_is_sent_to_one_server_is_seen_live_on_a_page_of_the_other(
    east_and_west: tuple[Neighbourhood, Neighbourhood], new_phone: NewPhone
) -> None:
    east, west = east_and_west
    hao = east.sign_in(new_phone(), "volunteer A")
    west.links = east.links
    board = boards(hao)[0]
    until_packed(hao, board)
    steward = west.sign_in(new_phone(), "steward")
    steward.goto(west.url(f"/rounds/{board.split('/')[2]}"))
    before = done(steward)

    hao.goto(east.url(board))
    first, *rest = unmarked(hao)
    mark(hao, first)
    idle(hao)
    expect_done(steward, before + 1)

    east.server.stop()
    hao.goto(east.url(board))
    for door in rest:
        mark(hao, door)
    waiting(hao, len(rest))
    east.server.start()
    idle(hao)
    expect_done(steward, before + 1 + len(rest))
    for door in (first, *rest):
        steward.goto(west.url(f"{board.split('/stairwells/')[0]}/doors/{door}"))
        expect(steward.locator("ol.story > li")).to_have_count(1)


def done(page: Page) -> int:
    """The number of doors done on the steward's page."""
    return int(page.locator('[data-tally] [data-count="done"]').inner_text().replace(",", ""))


def expect_done(page: Page, count: int) -> None:
    """It comes to that, without a reload."""
    expect(page.locator('[data-tally] [data-count="done"]')).to_have_text(
        f"{count:,}", timeout=60_000
    )
