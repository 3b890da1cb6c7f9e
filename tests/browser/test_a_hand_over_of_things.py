"""A card goes from a door through three hands and back, once where there is no signal."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    eventually,
    idle,
    operation,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, enter, tap

TAKEN = "FROM things WHERE due_at IS NULL"


def test_a_card_is_taken_handed_on_without_a_signal_signed_for_and_brought_back(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    yun = neighbourhood.sign_in(new_phone(), "volunteer B")
    hao.goto(neighbourhood.url("/things"))
    taking = operation(hao, "thing.take")
    tap(taking.locator('.choice:has(input[value="card"])'))
    enter(taking.locator('[name="door"]'), "12-3-1102")
    enter(taking.locator('[name="label"]'), "孙奶奶的医保卡")
    tap(taking.locator("button.go"))
    thing = the_thing(neighbourhood)
    held_by(neighbourhood, account_of(hao))
    until_packed(hao, f"/things/{thing}")
    row = hao.locator(f'a.thing[href="/things/{thing}"]')
    expect(row).to_be_visible(timeout=30_000)

    # In the stairwell nobody hears what Hao says; it waits, and then it is Yun's turn to say it.
    neighbourhood.server.stop()
    tap(row)
    hao.wait_for_url(f"**/things/{thing}")
    handing = operation(hao, "thing.hand")
    handing.locator('[name="to"]').select_option(account_of(yun))
    tap(handing.locator("button.huge"))
    waiting(hao, 1)
    neighbourhood.server.start()
    hao.evaluate("dispatchEvent(new Event('online'))")
    idle(hao)
    yun.goto(neighbourhood.url("/things"))
    tap(yun.locator(".offer").locator("button.huge"))
    held_by(neighbourhood, account_of(yun))

    # Another door is refused in words; its own takes it, and Grandma Sun signs with a finger.
    yun.goto(neighbourhood.url(f"/things/{thing}"))
    bring(yun, "1101")
    refused = "SELECT count(*) FROM operations WHERE kind = 'thing.return' AND outcome = 'refused'"
    eventually(lambda: neighbourhood.rows(refused) == [(1,)])
    held_by(neighbourhood, account_of(yun))
    yun.goto(neighbourhood.url("/outbox"))
    expect(yun.locator("main")).to_contain_text("12号楼 3单元 1102", timeout=30_000)
    yun.goto(neighbourhood.url(f"/things/{thing}"))
    tap(operation(yun, "thing.return").locator("summary"))
    sign(operation(yun, "thing.return").locator("[data-sign] svg"))
    bring(yun, "1102")
    back = "SELECT holder_kind FROM things WHERE closed_at IS NOT NULL"
    eventually(lambda: neighbourhood.rows(back) == [("household",)])

    sun = neighbourhood.sign_in(new_phone(), "household")
    sun.goto(neighbourhood.url(f"/things/{thing}"))
    expect(sun.locator(".story > li")).to_have_count(4)
    assert sun.locator("svg.signed path").get_attribute("d").startswith("M")  # type: ignore[union-attr]


def the_thing(neighbourhood: Neighbourhood) -> str:
    """The thing that was taken along; those of the demo are all to be back by a time."""
    eventually(lambda: bool(neighbourhood.rows(f"SELECT id {TAKEN}")))
    [[thing]] = neighbourhood.rows(f"SELECT id {TAKEN}")
    return str(thing)


def held_by(neighbourhood: Neighbourhood, account: str) -> None:
    """Wait until somebody has it."""
    eventually(lambda: neighbourhood.rows(f"SELECT holder {TAKEN}") == [(account,)])


def bring(page: Page, door: str) -> None:
    """Say at a door that it is back."""
    returning = operation(page, "thing.return")
    enter(returning.locator('[name="typed"]'), door)
    tap(returning.locator("button.huge"))


def sign(field: Locator) -> None:
    """Draw something with a finger."""
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    mouse = field.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 40)
    mouse.down()
    for step in range(6):
        mouse.move(box["x"] + 40 + 20 * step, box["y"] + (30 if step % 2 else 70))
    mouse.up()
