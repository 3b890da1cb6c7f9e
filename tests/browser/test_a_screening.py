"""A screening in three steps on one board: the property company, households, whoever knocks.

Each where there is no signal: the flat that stands empty, the household's own phone, the stairwell.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from server import clock
from server.ids import uuid7
from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    eventually,
    idle,
    mark,
    operation,
    sheet_of,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, enter, tap

PLACE = (
    "SELECT s.id, s.compound_id FROM stairwells s JOIN compounds c ON c.community_id = "
    "s.community_id AND c.id = s.compound_id WHERE c.name = '梅园' AND s.short = '12-3'"
)
DOOR = "SELECT id, vacant FROM households WHERE community_id = 1 AND stairwell_id = ? AND label = ?"
SAID = "SELECT household_id, answer FROM round_doors WHERE round_id = ? AND answer IS NOT NULL"
LIVED_IN = (
    "SELECT label FROM households WHERE community_id = 1 AND stairwell_id = ? AND vacant = 0 "
    "AND use = 'home' AND label <> '1102' ORDER BY label"
)
OURS = "1102"


def test_a_block_is_screened_by_property_households_and_volunteers(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    [(stairwell, compound)] = neighbourhood.rows(PLACE)
    (empty,), (beside,), *_ = neighbourhood.rows(LIVED_IN, stairwell)
    doors = {
        label: neighbourhood.rows(DOOR, stairwell, label)[0][0] for label in (empty, OURS, beside)
    }
    move_out(neighbourhood, steward, doors[empty])
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    round_id = begin(neighbourhood, steward, stairwell, account_of(hao))

    # One: the property company finds the flat empty, in the stairwell, without signal.
    company = property_company(neighbourhood, steward, new_phone, compound)
    company.goto(neighbourhood.url("/vacancies"))
    until_packed(company, "/vacancies")
    sun = neighbourhood.sign_in(new_phone(), "household")
    sun.goto(neighbourhood.url(f"/declarations/{round_id}"))
    until_packed(sun, f"/declarations/{round_id}")
    board = f"/rounds/{round_id}/stairwells/{stairwell}"
    hao.goto(neighbourhood.url(board))
    until_packed(hao, board)
    neighbourhood.server.stop()

    company.goto(neighbourhood.url("/vacancies"))
    finding = operation(company, "vacancy.find")
    enter(finding.locator('[name="door"]'), f"梅园12-3-{empty}")
    finding.locator('[value="seal"]').check(force=True)
    enter(finding.locator('[name="seal"]'), "0815")
    finding.locator('[name="round"]').select_option(round_id)
    tap(finding.locator("button"))
    waiting(company, 1)

    # Two: the household declares on its own phone.
    sun.goto(neighbourhood.url(f"/declarations/{round_id}"))
    declaring = operation(sun, "screening.declare")
    enter(declaring.locator('[name="others[]"]').first, "侄女小孙")
    declaring.locator('[name="tenure"][value="owner"]').check(force=True)
    tap(declaring.locator("button.huge"))
    waiting(sun, 1)

    # Three: Hao knocks for the rest, and nothing has to be said of most doors.
    hao.goto(neighbourhood.url(board))
    mark(hao, doors[beside])  # one tap: they were asked, and there is nothing to say
    waiting(hao, 1)

    neighbourhood.server.start()
    for page in (company, sun, hao):
        page.evaluate("dispatchEvent(new Event('online'))")
        idle(page)
    eventually(lambda: said(neighbourhood, round_id) == {
        doors[empty]: "vacant", doors[OURS]: "declared", doors[beside]: "asked",
    })  # fmt: skip
    assert neighbourhood.rows(DOOR, stairwell, empty) == [(doors[empty], 1)]

    # The steward sees the three steps and what the register does not know; the household a share.
    steward.goto(neighbourhood.url(f"/declarations/{round_id}/picture"))
    expect(steward.locator("main")).to_contain_text("37")
    expect(steward.locator("main svg").first).to_be_visible()
    assert "侄女小孙" not in steward.content()
    steward.goto(neighbourhood.url(f"/declarations/{round_id}/differences"))
    expect(steward.locator("main")).to_contain_text("侄女小孙")
    sun.goto(neighbourhood.url(f"/declarations/{round_id}/shares"))
    expect(sun.locator("main")).to_contain_text("%")
    assert "侄女小孙" not in sun.content()
    hao.goto(neighbourhood.url(board))
    sheet_of(hao, doors[OURS])
    assert "侄女小孙" not in hao.content()


def said(neighbourhood: Neighbourhood, round_id: str) -> dict[int, str]:
    return dict(neighbourhood.rows(SAID, round_id))


def ask(neighbourhood: Neighbourhood, page: Page, kind: str, data: dict[str, Any]) -> str:
    """An operation of whoever's page it is, as a phone posts it; returns its id."""
    made = {
        "id": uuid7(), "kind": kind, "v": 1, "actor": account_of(page), "seen": 2**50,
        "made_at": clock.rfc3339(clock.now()), "data": data,
    }  # fmt: skip
    batch = {"device": uuid7(), "sent_at": clock.rfc3339(clock.now()), "ops": [made]}
    [answer] = page.request.post(neighbourhood.url("/ops"), data=batch).json()["answers"]
    assert answer["outcome"] == "applied", answer
    return str(answer["id"])


def begin(neighbourhood: Neighbourhood, steward: Page, stairwell: int, volunteer: str) -> str:
    """A screening of one stairwell, given to a volunteer and open."""
    made = {"title": "排查 第2轮", "kind": "screening", "stairwells": [stairwell]}
    round_id = ask(neighbourhood, steward, "round.make", made)
    given = {"round": round_id, "stairwells": [stairwell], "accounts": [volunteer]}
    ask(neighbourhood, steward, "round.assign", given)
    ask(neighbourhood, steward, "round.open", {"round": round_id})
    return round_id


def move_out(neighbourhood: Neighbourhood, steward: Page, door: int) -> None:
    """Whoever was known to live behind a door has moved away, and nobody has told whom it is."""
    query = (
        "SELECT id FROM residents WHERE community_id = 1 AND household_id = ? AND left_at IS NULL"
    )
    for (resident,) in neighbourhood.rows(query, door):
        ask(neighbourhood, steward, "resident.leave", {"resident": resident})


def property_company(
    neighbourhood: Neighbourhood, steward: Page, new_phone: NewPhone, compound: int
) -> Page:
    """Somebody of the property company, whom the steward gives a link."""
    made = {"name": "周师傅", "role": "property", "scope": "compound", "scope_id": compound}
    account = ask(neighbourhood, steward, "account.make", made)
    steward.goto(neighbourhood.url(f"/people/{account}"))
    tap(steward.locator(f'form[action="/people/{account}/link"] button'))
    expect(steward.locator("main")).to_contain_text("/in/")
    found = re.search(r"/in/[0-9A-Z-]+", steward.locator("main").inner_text())
    assert found is not None
    page = new_phone().new_page()
    page.goto(neighbourhood.url(found[0]))
    tap(page.locator('form[action^="/in/"] button'))
    page.wait_for_url(neighbourhood.url("/"))
    return page
