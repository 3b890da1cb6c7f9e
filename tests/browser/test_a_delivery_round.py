"""The main job: a stairwell ticked off with no signal, each mark once, the steward's page live."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    boards,
    idle,
    mark,
    sheet_of,
    unmarked,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, PersistentPhone, tap


def delivered(page: Page) -> int:
    """The number of doors done on the steward's page."""
    return int(page.locator('[data-tally] [data-count="done"]').inner_text().replace(",", ""))


def test_a_whole_stairwell_is_ticked_off_with_the_server_stopped_and_arrives_once(
    neighbourhood: Neighbourhood,
    persistent_phone: PersistentPhone,
    new_phone: NewPhone,
) -> None:
    page = neighbourhood.sign_in(persistent_phone.context, "volunteer A")
    first, never_opened, *_ = boards(page)
    round_id = first.split("/")[2]
    until_packed(page, first)
    until_packed(page, never_opened)
    steward = neighbourhood.sign_in(new_phone(), "steward")
    steward.goto(neighbourhood.url(f"/rounds/{round_id}"))
    before = delivered(steward)

    neighbourhood.server.stop()
    page.goto(neighbourhood.url(first))
    doors = unmarked(page)
    assert len(doors) >= 10
    for door in doors:
        tap(page.locator(f'[data-door="{door}"]'))
    expect(page.locator("[data-pending]")).to_have_count(len(doors))
    waiting(page, len(doors))

    page.reload()
    expect(page.locator("[data-pending]")).to_have_count(len(doors))
    page = persistent_phone.restart()
    page.goto(neighbourhood.url(first))
    expect(page.locator("[data-pending]")).to_have_count(len(doors))
    waiting(page, len(doors))
    page.goto(neighbourhood.url(never_opened))
    expect(page.locator("[data-board]")).to_be_visible()

    neighbourhood.server.start()
    idle(page)
    page.goto(neighbourhood.url(first))
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.locator('[data-door][data-answer="delivered"]')).to_have_count(len(doors))
    assert neighbourhood.marks(round_id, doors) == dict.fromkeys(doors, 1)
    expect(steward.locator('[data-tally] [data-count="done"]')).to_have_text(
        f"{before + len(doors):,}", timeout=60_000
    )


def test_two_volunteers_mark_the_same_doors_offline_and_the_lead_settles_it(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    board = boards(hao)[0]
    _, _, round_id, _, stairwell = board.split("/")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    yun = neighbourhood.sign_in(new_phone(), "volunteer B")
    pair_up(neighbourhood, steward, round_id, stairwell, "赵芸")
    yun.goto(neighbourhood.url("/"))
    for page in (hao, yun):
        until_packed(page, board)

    neighbourhood.server.stop()
    for page in (hao, yun):
        page.goto(neighbourhood.url(board))
    door = unmarked(hao)[0]
    mark(hao, door)
    mark(yun, door)
    tap(sheet_of(yun, door).locator('[name="answer"][value="nobody"]'))
    waiting(hao, 1)
    waiting(yun, 2)
    neighbourhood.server.start()
    idle(hao)
    idle(yun)

    steward.goto(neighbourhood.url(f"/rounds/{round_id}/needs"))
    steward.locator(f'#two-answers a[href$="/doors/{door}"]').click()
    settle = steward.locator('form[action="/ops/round.settle"]')
    settle.locator('[name="answer"][value="delivered"]').click()
    expect(settle).to_have_count(0)
    steward.goto(neighbourhood.url(f"/rounds/{round_id}/needs"))
    expect(steward.locator("#two-answers")).to_have_count(0)


def pair_up(
    neighbourhood: Neighbourhood, steward: Page, round_id: str, stairwell: str, name: str
) -> None:
    """Give a stairwell to a second person as well."""
    steward.goto(neighbourhood.url(f"/rounds/{round_id}/assign"))
    steward.locator(f'[name="stairwells[]"][value="{stairwell}"]').check()
    person = steward.locator('label:has([name="accounts[]"])', has_text=name)
    person.locator("input").check()
    form = steward.locator('form[action="/ops/round.assign"].split')
    form.locator("button.go").click()
    idle(steward)
