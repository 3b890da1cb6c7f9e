"""A phone with its screen: Chromium, slowed down four times, showing a board."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench import wire
from bench.neighbourhood import Neighbourhood, open_round
from bench.wire import Connection
from server.web.asking import COOKIE
from tests.browser.neighbourhood import eventually
from tests.support.browsers import find
from tests.support.phones import PHONE
from tests.support.server import Server

SLOWER = 4
PATIENCE = 60_000

PACKED = """async (path) => {
  await navigator.serviceWorker.ready;
  const { state } = await import("/static/any/js/store.js");
  return path in ((await state.get("pack")) || {});
}"""


@contextlib.contextmanager
def phone(server: Server, where: Neighbourhood) -> Iterator[tuple[BrowserContext, str]]:
    """A volunteer's phone, signed in, and the path of the tower's board in a fresh round."""
    path = wire.run(_board(server.port, where))
    found = find("chromium")
    if found is None:
        raise RuntimeError("Chromium is not installed: make browsers")
    with sync_playwright() as playwright:
        browser = found.type(playwright).launch(**found.options)
        context = browser.new_context(**PHONE)
        context.set_default_timeout(PATIENCE)
        token = where.volunteers[0].token
        context.add_cookies([{"name": COOKIE, "value": token, "url": server.url}])
        yield context, path
        browser.close()


def slow_down(page: Page) -> None:
    """Have the page's scripts and drawing take four times as long as this machine needs."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def packed_board(context: BrowserContext, server: Server, path: str) -> Page:
    """A page on the board, once it is in the pack."""
    page = context.new_page()
    page.goto(server.url + "/")
    eventually(lambda: bool(page.evaluate(PACKED, path)), 60)
    page.goto(server.url + path)
    page.wait_for_selector('[data-status][data-state="idle"]')
    return page


async def _board(port: int, where: Neighbourhood) -> str:
    connection = await Connection.open(port)
    round_id = await open_round(connection, where, [(where.volunteers[0], [where.tower])])
    connection.close()
    return f"/rounds/{round_id}/stairwells/{where.tower.id}"
