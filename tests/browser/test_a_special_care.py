"""Special care: suggested at a door without signal, confirmed, visited twice in vain, found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from playwright.sync_api import expect

from server import clock
from server.ids import derived
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

DOOR = "12-3-1102"
OURS = "SELECT id FROM cared WHERE name = '老陈'"


def test_somebody_is_suggested_confirmed_visited_in_vain_and_found(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    begin_at_noon(neighbourhood)
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    steward = neighbourhood.sign_in(new_phone(), "steward")

    # At the door there is no signal: door, need, said.
    until_packed(hao, "/care/new")
    neighbourhood.server.stop()
    hao.goto(neighbourhood.url("/care/new"))
    suggesting = operation(hao, "care.suggest")
    enter(suggesting.locator('[name="door"]'), DOOR)
    enter(suggesting.locator('[name="name"]'), "老陈")
    suggesting.locator('[value="dementia"]').check(force=True)
    tap(suggesting.locator("button.huge"))
    waiting(hao, 1)
    neighbourhood.server.start()
    hao.evaluate("dispatchEvent(new Event('online'))")
    idle(hao)

    # The steward confirms and names Hao.
    steward.goto(neighbourhood.url("/care"))
    [[person]] = neighbourhood.rows(OURS)
    tap(steward.locator(f'[data-person="{person}"]').first)
    confirming = operation(steward, "care.confirm")
    confirming.locator('[name="keeper"]').select_option(account_of(hao))
    enter(confirming.locator('[name="meals"]'), "2")
    enter(confirming.locator('[name="words"]'), "敲重一点")
    tap(confirming.locator("button.huge"))
    expect(operation(steward, "care.end")).to_have_count(1)

    # The next morning the rounds are there, given to Hao, with what helps and no needs.
    next_morning(neighbourhood, person)
    ids = "SELECT id FROM rounds WHERE kind = ? AND status = 'open'"
    eventually(lambda: bool(neighbourhood.rows(ids, "visit") and neighbourhood.rows(ids, "meal")))
    [[visits]] = neighbourhood.rows(ids, "visit")
    [[door, stairwell]] = neighbourhood.rows("SELECT household_id, stairwell_id FROM cared")
    hao.goto(neighbourhood.url("/"))
    board = f"/rounds/{visits}/stairwells/{stairwell}"
    expect(hao.locator(f'a[href="{board}"]')).to_have_count(1)
    hao.goto(neighbourhood.url(f"/rounds/{visits}/doors/{door}"))
    expect(hao.locator("main")).not_to_contain_text("失智")

    # Nobody answers twice: an hour ago, and now.
    nobody = hao.locator('form[action="/ops/round.mark"] button[value="nobody"]')
    with hao.expect_navigation():
        tap(nobody)
    marked = "SELECT count(*) FROM marks WHERE round_id = ?"
    eventually(lambda: neighbourhood.rows(marked, visits) == [(1,)])
    write(neighbourhood, "UPDATE marks SET at = at - 3600000 WHERE round_id = ?", visits)
    hao.goto(neighbourhood.url(f"/rounds/{visits}/doors/{door}"))
    with hao.expect_navigation():
        tap(nobody)
    told = "SELECT n.id FROM notices n JOIN reach r ON r.notice_id = n.id"
    told += " WHERE n.kind = 'care' AND n.opens = ? AND r.account_id = ? AND n.urgency = 'urgent'"
    page = f"/care/{person}"
    eventually(lambda: bool(neighbourhood.rows(told, page, account_of(hao))))
    assert neighbourhood.rows(told, page, account_of(steward)) == []
    soon(neighbourhood, "care.escalate")
    eventually(lambda: bool(neighbourhood.rows(told, page, account_of(steward))))

    # He opens the page and says what he found.
    steward.goto(neighbourhood.url("/care"))
    expect(steward.locator('#unanswered, [aria-labelledby="unanswered"]').first).to_be_visible()
    hao.goto(neighbourhood.url("/care/mine"))
    expect(hao.locator('.tag[data-tone="stop"]')).to_be_visible()
    tap(operation(hao, "care.contact").first.locator("button"))
    idle(hao)
    closed = "SELECT alert_at FROM cared"
    eventually(lambda: neighbourhood.rows(closed) == [(None,)])
    steward.goto(neighbourhood.url("/care"))
    expect(steward.locator('[aria-labelledby="unanswered"]')).to_have_count(0)


def begin_at_noon(neighbourhood: Neighbourhood) -> None:
    """It is about noon where people live, and nobody is in care yet."""
    neighbourhood.server.stop()
    rounds = "SELECT id FROM rounds WHERE kind IN ('visit', 'meal')"
    for table in ("round_states", "round_stairwells", "round_doors", "assignments"):
        write(neighbourhood, f"DELETE FROM {table} WHERE round_id IN ({rounds})")
    for [one] in neighbourhood.rows(rounds):
        forgotten = "DELETE FROM operations WHERE id IN (?, ?)"
        write(neighbourhood, forgotten, one, derived(f"{one}/open"))
    for table in ("rounds WHERE kind IN ('visit', 'meal')", "cared_events", "cared",
                  "reactions WHERE name LIKE 'care.%'"):  # fmt: skip
        write(neighbourhood, f"DELETE FROM {table}")
    hours = datetime.now(UTC).hour - 12  # Etc/GMT+3 is three hours behind
    write(neighbourhood, "UPDATE communities SET zone = ?", f"Etc/GMT{hours:+}")
    neighbourhood.server.start()


def next_morning(neighbourhood: Neighbourhood, person: str) -> None:
    """A day has gone by since somebody was confirmed, in which the server was restarted."""
    for before in (
        "UPDATE cared SET visits_from = visits_from - ? WHERE id = ?",
        "UPDATE cared_events SET at = at - ? WHERE person_id = ?",
    ):
        write(neighbourhood, before, clock.DAY, person)
    soon(neighbourhood, "care.round")


def soon(neighbourhood: Neighbourhood, what: str) -> None:
    """What waits for its time is due once the server is there again."""
    neighbourhood.server.stop()
    write(neighbourhood, "UPDATE reactions SET due_at = 0 WHERE name = ?", what)
    neighbourhood.server.start()


def write(neighbourhood: Neighbourhood, statement: str, *values: object) -> None:
    """Change what the database holds, as only time does."""
    file = neighbourhood.server.data / "stairwell.db"
    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        connection.execute(statement, values)
