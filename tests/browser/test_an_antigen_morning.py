"""A positive is followed from a landing without a signal to the vehicle, and nobody is exposed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    ON_EITHER_IN_EITHER,
    Neighbourhood,
    account_of,
    agree,
    draft_anew,
    eventually,
    idle,
    newest_bulletin,
    operation,
    until_packed,
    waiting,
)
from tests.browser.test_a_case import step
from tests.browser.test_photos import HAS_BUNDLE
from tests.browser.test_reports import have_report, open_sheet
from tests.support import pictures
from tests.support.phones import NewPhone, tap

EIGHT = 8


@ON_EITHER_IN_EITHER
def test_eight_results_with_photos_a_case_a_vehicle_and_a_bulletin(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    stairwell, people = eight_people(neighbourhood, account_of(sun))
    board = have_report(steward, neighbourhood, stairwell, account_of(hao))
    round_id = board.split("/")[2]
    hao.reload()
    until_packed(hao, board)
    eventually(lambda: bool(hao.evaluate(HAS_BUNDLE)), 60)

    neighbourhood.server.stop()
    hao.goto(neighbourhood.url(board))
    for nth, (door, who) in enumerate(people):
        report(hao, door, who, "positive" if nth == 0 else "negative", photo=nth)
        waiting(hao, nth + 1)

    # Facts first. The server is killed while photos are still on their way.
    neighbourhood.server.start()
    reported = "SELECT count(*) FROM report_states WHERE round_id = ?"
    eventually(lambda: neighbourhood.rows(reported, round_id) == [(EIGHT,)], 60)
    neighbourhood.server.kill()
    neighbourhood.server.start()
    hao.evaluate("dispatchEvent(new Event('online'))")
    arrived = "SELECT count(*) FROM photos WHERE state = 'kept'"
    eventually(lambda: neighbourhood.rows(arrived) == [(EIGHT,)], 120)
    assert neighbourhood.rows("SELECT count(*) FROM photos") == [(EIGHT,)]
    idle(hao)

    steward.goto(neighbourhood.url(f"/reports/{round_id}/photos"))
    shots = steward.locator("[data-review] > li")
    expect(shots).to_have_count(EIGHT)
    expect(shots.first.locator("img")).to_have_js_property("complete", True)
    tap(shots.first.locator('button[value="agree"]'))
    expect(shots).to_have_count(EIGHT - 1, timeout=30_000)

    follow_the_case(neighbourhood, steward, people[0][1])
    sun.goto(neighbourhood.url("/"))
    sun.goto(neighbourhood.url("/cases/mine"))
    expect(sun.locator(".promise h2")).to_contain_text("转运车大约", timeout=60_000)
    told = "SELECT count(*) FROM notices JOIN reach ON notice_id = notices.id WHERE account_id = ?"
    eventually(lambda: neighbourhood.rows(told, account_of(sun))[0][0] > 0)

    names_nobody(neighbourhood, steward, sun, people[0])


def eight_people(neighbourhood: Neighbourhood, account: str) -> tuple[int, list[tuple[int, int]]]:
    """The household's stairwell, and eight people behind its doors, the household's first."""
    [[stairwell, home]] = neighbourhood.rows(
        "SELECT h.stairwell_id, h.id FROM accounts a JOIN households h"
        " ON h.community_id = 1 AND h.id = a.household_id WHERE a.id = ?",
        account,
    )
    found = neighbourhood.rows(
        "SELECT r.household_id, r.id FROM residents r JOIN households h"
        " ON h.community_id = 1 AND h.id = r.household_id"
        " WHERE r.community_id = 1 AND r.present AND h.stairwell_id = ?"
        " ORDER BY h.id <> ?, h.level DESC, h.position, r.id LIMIT ?",
        *(stairwell, home, EIGHT),
    )
    assert len(found) == EIGHT
    return stairwell, [(int(door), int(who)) for door, who in found]


def report(page: Page, door: int, who: int, finding: str, photo: int) -> None:
    """Take a photo of somebody's cassette, then tap what it shows."""
    person = open_sheet(page, door).locator(f'[data-resident="{who}"]')
    body = pictures.jpeg(1600, 1200, seed=photo)
    person.locator('input[type="file"]').first.set_input_files(
        {"name": "cassette.jpg", "mimeType": "image/jpeg", "buffer": body}
    )
    expect(person.locator('[data-photo="ready"]')).to_be_visible()
    tap(person.locator(f'.findings button[value="{finding}"]'))


def follow_the_case(neighbourhood: Neighbourhood, steward: Page, ill: int) -> None:
    """The positive has opened a case by itself; a vehicle is asked for and comes."""
    opened = "SELECT id FROM cases WHERE resident_id = ?"
    eventually(lambda: len(neighbourhood.rows(opened, ill)) == 1)
    [[case]] = neighbourhood.rows(opened, ill)
    steward.goto(neighbourhood.url(f"/cases/{case}"))
    tap(step(steward, "asked").locator("button"))
    coming = step(steward, "coming").first
    expect(coming).to_be_visible()
    tap(coming.locator("button"))
    said = "SELECT count(*) FROM case_events WHERE case_id = ? AND what = 'step' AND key = 'coming'"
    eventually(lambda: neighbourhood.rows(said, case) == [(1,)])


def names_nobody(
    neighbourhood: Neighbourhood, steward: Page, sun: Page, positive: tuple[int, int]
) -> None:
    """The bulletin says how many, where there are enough to hide among, and nowhere says who."""
    [[name]] = neighbourhood.rows(
        "SELECT name FROM residents WHERE community_id = 1 AND id = ?", positive[1]
    )
    [[label]] = neighbourhood.rows(
        "SELECT label FROM households WHERE community_id = 1 AND id = ?", positive[0]
    )
    draft_anew(neighbourhood, steward)
    tap(operation(steward, "bulletin.publish").locator("button"))
    agree(steward)
    expect(steward.locator("#read")).to_be_visible()
    sun.goto(neighbourhood.url(f"/open/1/bulletins/{newest_bulletin(neighbourhood)}"))
    text = sun.locator("#main").inner_text()
    assert re.search(r"[12] *例", text)  # the demo has one of its own, before midnight or after
    assert name not in text
    assert not [word for word in (name, "positive", "阳性") if word in neighbourhood.server.log]
    assert not re.search(rf"(?<!\d){label}(?!\d)", text)
    for _, content in neighbourhood.rows("SELECT id, content FROM notices"):
        assert name not in content
