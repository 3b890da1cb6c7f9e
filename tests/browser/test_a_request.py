"""Help at night: asked without a signal, taken on another phone, done, thanked, never forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing

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

WORDS = "米和油都没有了"


def test_asked_without_a_signal_taken_handed_over_done_and_thanked(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    until_packed(sun, "/requests/new")
    until_packed(sun, "/requests")

    # Three taps and a sentence, from the first page, with no server to hear them.
    neighbourhood.server.stop()
    tap(sun.locator('main a[href="/requests"]'))
    sun.wait_for_url("**/requests")
    # Above the buttons stands what was asked before; once that is there nothing moves any more.
    expect(sun.locator('main a.card[href^="/requests/"]').first).to_be_visible()
    tap(sun.locator('a[href="/requests/new#food"]'))
    form = sun.locator("#food")
    expect(form).to_be_visible()
    expect(sun.locator("#doctor")).to_be_hidden()
    enter(form.locator("textarea"), WORDS)
    tap(form.locator("button.huge"))
    waiting(sun, 1)
    assert asked_now(neighbourhood, "food") == []

    neighbourhood.server.start()
    sun.evaluate("dispatchEvent(new Event('online'))")
    idle(sun)
    [[request, level]] = asked_now(neighbourhood, "food")
    assert level == 1
    told = "SELECT count(*) FROM notices WHERE opens = ? AND withdrawn_at IS NULL"
    assert neighbourhood.rows(told, f"/requests/{request}") == [(1,)]

    hao.goto(neighbourhood.url("/requests"))
    row = hao.locator(f'a.request[href="/requests/{request}"]')
    expect(row).to_be_visible()
    tap(row)
    hao.wait_for_url(f"**/requests/{request}")
    expect(hao.locator("main")).to_contain_text(WORDS)
    tap(operation(hao, "request.take").locator("button"))
    taken = "SELECT owner FROM requests WHERE state = 'taken' AND id = ?"
    assert until(neighbourhood, taken, request) == [(account_of(hao),)]

    sun.goto(neighbourhood.url(f"/requests/{request}"))
    expect(sun.locator(".promise h2")).to_contain_text("林浩")
    for key in ("handed_over", "done"):
        tap(step(hao, key).locator("button"))
        until(neighbourhood, "SELECT id FROM requests WHERE state = ? AND id = ?", key, request)
        expect(step(hao, key)).to_have_count(0, timeout=30_000)
    expect(sun.locator(".promise h2")).to_contain_text("办好了", timeout=30_000)
    thanks = operation(sun, "request.thank")
    enter(thanks.locator("input[name=words]"), "谢谢小林")
    tap(thanks.locator("button"))
    thanked = "SELECT op_id FROM request_events WHERE what = 'thank' AND request_id = ?"
    until(neighbourhood, thanked, request)
    hao.goto(neighbourhood.url(f"/requests/{request}"))
    expect(hao.locator("main")).to_contain_text("谢谢小林")


def test_a_clock_that_runs_out_survives_a_restart_and_is_heard_once(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    sun.goto(neighbourhood.url("/requests/new#doctor"))
    form = sun.locator("#doctor")
    tap(form.locator(".quick .choice").first)
    tap(form.locator("button.huge"))
    sun.wait_for_url("**/requests/*-*")

    [[request, _]] = asked_now(neighbourhood, "doctor")
    clocks = "SELECT count(*) FROM reactions WHERE subject LIKE ? AND done_at IS NULL"
    assert neighbourhood.rows(clocks, f"{request} %") == [(1,)]
    neighbourhood.server.kill()
    run_out(neighbourhood, request)  # its time passes while nobody is there
    neighbourhood.server.start()
    further = "SELECT count(*) FROM request_events WHERE what = 'escalate' AND request_id = ?"
    eventually(lambda: neighbourhood.rows(further, request) == [(1,)])
    neighbourhood.server.kill()
    neighbourhood.server.start()
    expect(sun.locator(".promise h2")).to_be_visible()
    steward.goto(neighbourhood.url("/requests"))
    expect(steward.locator(f'a.request[href="/requests/{request}"]')).to_have_count(1)
    assert neighbourhood.rows(further, request) == [(1,)]
    assert asked_now(neighbourhood, "doctor") == [(request, 2)]


def test_a_steward_on_the_telephone_finds_the_household_while_typing(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    steward = neighbourhood.sign_in(new_phone(), "steward")
    steward.goto(neighbourhood.url("/requests/phone"))
    field = steward.locator('input[name="door"]')
    field.press_sequentially("12-3-110")
    found = steward.locator('#found input[name="household"]')
    expect(found).to_have_count(4)
    field.press_sequentially("2")
    expect(found).to_have_count(1)
    expect(found).to_be_checked()
    tap(steward.locator('.kind:has(input[value="medicine"])'))
    enter(steward.locator('textarea[name="words"]'), "降压药今天吃完")
    tap(steward.locator("button.huge"))
    steward.wait_for_url("**/requests/*-*")
    expect(steward.locator("main")).to_contain_text("降压药今天吃完")
    request = steward.url.rpartition("/")[2]
    [[kind, household]] = neighbourhood.rows(
        "SELECT kind, household_id FROM requests WHERE id = ?", request
    )
    assert kind == "medicine"
    [[label]] = neighbourhood.rows(
        "SELECT label FROM households WHERE community_id = 1 AND id = ?", household
    )
    assert label == "1102"


def step(page: Page, key: str) -> Locator:
    """The form that says how far a request is."""
    return operation(page, "request.step").filter(has=page.locator(f'[name="step"][value="{key}"]'))


def asked_now(neighbourhood: Neighbourhood, kind: str) -> list[tuple[str, int]]:
    """Open requests of a kind that the demo does not tell of, and how far they were carried."""
    query = "SELECT id, level FROM requests WHERE kind = ? AND closed_at IS NULL"
    return neighbourhood.rows(query, kind)


def until(neighbourhood: Neighbourhood, query: str, *values: str) -> list[tuple[str, ...]]:
    """Wait until a query finds something."""
    eventually(lambda: bool(neighbourhood.rows(query, *values)))
    return neighbourhood.rows(query, *values)


def run_out(neighbourhood: Neighbourhood, request: str) -> None:
    """Let the clock of a request run out while the server is away."""
    with closing(sqlite3.connect(neighbourhood.server.data / "stairwell.db")) as connection:
        connection.execute(
            "UPDATE reactions SET due_at = 0 WHERE subject LIKE ?", (f"{request} %",)
        )
        connection.commit()
