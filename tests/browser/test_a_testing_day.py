"""A testing day at its site: floors called, people ticked off without a signal, a card scanned."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.neighbourhood import (
    ON_POSTGRESQL_TOO,
    Neighbourhood,
    account_of,
    eventually,
    idle,
    mark,
    operation,
    until_packed,
)
from tests.support.phones import NewPhone, enter, tap


@ON_POSTGRESQL_TOO
def test_a_site_goes_on_without_a_signal_and_its_steward_sees_it_afterwards(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    query = (
        "SELECT stairwell_id, id, card_number FROM households WHERE community_id = 1"
        " AND NOT vacant AND use = 'home' ORDER BY stairwell_id, level DESC, position LIMIT 2"
    )
    (stairwell, first, _), (_, second, card) = neighbourhood.rows(query)
    steward.goto(neighbourhood.url("/testing/new"))
    form = operation(steward, "test.make")
    enter(form.locator('[name="title"]'), "核酸 第3轮")
    enter(form.locator('[name="sites[]"]').first, "东门")
    box = form.locator(f'[name="stairwells[]"][value="{stairwell}"]')
    box.evaluate("one => one.checked || one.click()")
    tap(form.locator("button.btn.go"))
    steward.wait_for_url("**/testing/*-*")
    day = steward.url.split("/")[-1]
    tap(operation(steward, "round.open").locator("button"))
    site = steward.locator('article a[href*="/sites/"]').first
    expect(site).to_be_visible()
    path = str(site.get_attribute("href"))
    steward.evaluate(GIVE, [day, stairwell, account_of(hao), account_of(steward)])
    steward.goto(neighbourhood.url(path))

    board = f"/rounds/{day}/stairwells/{stairwell}"
    hao.goto(neighbourhood.url("/"))
    expect(hao.locator(f'a[href="{path}"]')).to_be_visible()
    hao.reload()
    until_packed(hao, board)
    until_packed(hao, path)

    neighbourhood.server.stop()
    hao.goto(neighbourhood.url(board))
    mark(hao, first)
    hao.goto(neighbourhood.url(f"/card/{card}"))
    hao.wait_for_url(f"**{board}#{second}")
    expect(hao.locator(f'[data-door="{second}"]')).to_be_focused()
    mark(hao, second)

    neighbourhood.server.start()
    idle(hao)
    eventually(
        lambda: (
            neighbourhood.rows(
                "SELECT answer FROM round_doors WHERE round_id = ? AND household_id IN (?, ?)",
                day,
                first,
                second,
            )
            == [("came",), ("came",)]
        )
    )
    swabbed = steward.locator(".figures dd").nth(2)
    expect(swabbed).to_have_text(re.compile(r"^[1-9]"), timeout=60_000)


GIVE = """async ([round, stairwell, account, actor]) => {
  const op = { id: crypto.randomUUID(), kind: "round.assign", v: 1, actor, seen: 2 ** 40,
    made_at: new Date().toISOString(), server_seen_at: null, group: null,
    data: { round, stairwells: [stairwell], accounts: [account] } };
  const body = { device: crypto.randomUUID(), sent_at: op.made_at, ops: [op] };
  const answer = await fetch("/ops", { method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" } });
  const [{ outcome }] = (await answer.json()).answers;
  if (outcome !== "applied") throw new Error(outcome);
}"""
