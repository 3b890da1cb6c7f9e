"""A household asks, the committee approves, and a guard whose phone is offline checks the pass."""

from __future__ import annotations

import re

import segno
from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    eventually,
    idle,
    operation,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, enter, tap

GATE = "SELECT id FROM gates WHERE kind = 'post'"
ASKED = "SELECT id, state, number, token FROM passes WHERE reason = 'work' ORDER BY version"
SHOW = """(rows) => {
  const canvas = document.createElement("canvas"), side = 6, edge = 4 * side;
  canvas.width = canvas.height = rows.length * side + 2 * edge;
  const draw = canvas.getContext("2d");
  const paint = () => {
    draw.fillStyle = "#fff";
    draw.fillRect(0, 0, canvas.width, canvas.height);
    draw.fillStyle = "#000";
    rows.forEach((row, y) => row.forEach((dark, x) => {
      if (dark) draw.fillRect(edge + x * side, edge + y * side, side, side);
    }));
  };
  paint();
  setInterval(paint, 50);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
}"""
"""What is held before the camera."""

AHEAD = "(() => { const real = Date.now; Date.now = () => real() + 3 * 3600e3; })()"
"""The clock of an old phone: three hours fast."""


def test_a_pass_is_asked_for_approved_and_checked_where_there_is_no_signal(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    guard = neighbourhood.sign_in(new_phone(), "gate guard")
    guard.add_init_script(AHEAD)

    sun.goto(neighbourhood.url("/passes/mine"))
    asking = operation(sun, "pass.ask")
    asking.locator('[name="reason"]').select_option("work")
    tap(asking.locator("button.huge"))
    eventually(lambda: [row[1] for row in neighbourhood.rows(ASKED)] == ["asked"])
    [[pass_, *_]] = neighbourhood.rows(ASKED)
    steward.goto(neighbourhood.url(f"/passes/{pass_}"))
    approving = operation(steward, "pass.approve")
    tap(approving.locator('.tick:has(input[value="suit"])'))
    tap(approving.locator("button.huge"))
    eventually(lambda: [row[1] for row in neighbourhood.rows(ASKED)] == ["valid"])
    [[_, _, number, token]] = neighbourhood.rows(ASKED)
    sun.goto(neighbourhood.url(f"/passes/{pass_}"))
    expect(sun.locator(".slip .qr svg")).to_be_visible()
    expect(sun.locator(".digits")).to_contain_text(f"{number[:4]} {number[4:]}")

    [[gate]] = neighbourhood.rows(GATE)
    guard.goto(neighbourhood.url("/gates"))
    until_packed(guard, f"/gates/{gate}")
    guard.goto(neighbourhood.url(f"/gates/{gate}"))
    # The clock is compared while there is a signal, and known afterwards.
    expect(guard.locator("[data-clock-off]")).to_be_visible()
    expect(guard.locator(f'[data-pass="{number}"]')).to_have_count(1)
    neighbourhood.server.stop()
    guard.reload()
    expect(guard.locator("[data-clock-off]")).to_be_visible()

    # Scanned from the phone of who goes, and a copy that somebody painted over.
    scan(guard, token)
    verdict = guard.locator(".verdict")
    expect(verdict).to_have_attribute("data-tone", "go", timeout=30_000)
    scan(guard, changed(token))
    expect(verdict).to_have_attribute("data-tone", "stop", timeout=30_000)
    expect(guard.locator("[data-let]")).to_be_disabled()
    assert guard.locator("[data-as]").input_value() == "forged"

    # By its number: the number of somebody else, a slip of the finger, and the right one.
    field = guard.locator("[data-number]")
    enter(field, number[:-1] + str((int(number[-1]) + 1) % 10))
    expect(guard.locator("[data-as]")).to_have_value("misread")
    enter(field, number)
    expect(guard.locator("[data-as]")).to_have_value("ok")
    ticked = guard.locator('[data-ask="suit"]')
    expect(ticked).to_be_visible()
    tap(ticked)
    tap(guard.locator("[data-let]"))
    waiting(guard, 1)

    # The same phone does not let it out again, though nobody has heard of the first time.
    expect(field).to_have_value("")
    enter(field, number)
    expect(guard.locator('[name="way"][value="in"]')).to_be_checked()
    tap(guard.locator('.choice:has([name="way"][value="out"])'))
    expect(guard.locator("[data-as]")).to_have_value("copy")
    expect(guard.locator("[data-let]")).to_be_disabled()

    neighbourhood.server.start()
    guard.evaluate("dispatchEvent(new Event('online'))")
    idle(guard)
    away = f"SELECT away FROM passes WHERE id = '{pass_}'"
    eventually(lambda: bool(neighbourhood.rows(away)[0][0]))
    sun.goto(neighbourhood.url(f"/passes/{pass_}"))
    expect(sun.locator(".slip")).to_contain_text(re.compile("东门"))


def scan(guard: Page, text: str) -> None:
    """Hold a picture before the camera."""
    code = segno.make(text, micro=False, error="m")
    guard.evaluate(SHOW, [[bool(dark) for dark in row] for row in code.matrix])
    tap(guard.locator("[data-scan]"))


def changed(token: str) -> str:
    """The same pass with another letter in its claims."""
    head, claims, signature = token.split(".")
    middle = len(claims) // 2
    other = "A" if claims[middle] != "A" else "B"
    return ".".join((head, claims[:middle] + other + claims[middle + 1 :], signature))
