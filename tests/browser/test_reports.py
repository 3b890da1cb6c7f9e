"""People report their results: at a door without a signal, by themselves, and seen by the few."""

from __future__ import annotations

from urllib.parse import urlsplit

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
from tests.browser.test_pages import NARROWER
from tests.browser.test_photos import HAS_BUNDLE, share
from tests.support import pictures
from tests.support.phones import NewPhone, enter, tap


def test_a_volunteer_without_a_signal_reports_for_a_floor_and_the_steward_sees_what(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    hao = neighbourhood.sign_in(new_phone(), "volunteer A")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    stairwell, doors = crowded(neighbourhood)
    board = have_report(steward, neighbourhood, stairwell, account_of(hao))
    hao.reload()
    until_packed(hao, board)

    neighbourhood.server.stop()
    hao.goto(neighbourhood.url(board))
    people = [(door, who) for door, behind in doors.items() for who in behind]
    for nth, (door, who) in enumerate(people):
        sheet = open_sheet(hao, door)
        person = sheet.locator(f'[data-resident="{who}"]')
        tap(person.locator(f'button[value="{"positive" if nth == 0 else "negative"}"]'))
        waiting(hao, nth + 1)
    hao.reload()
    for door in doors:
        expect(hao.locator(f'[data-door="{door}"][data-pending]')).to_have_attribute(
            "data-answer", "reported"
        )
    assert "positive" not in str(hao.locator("#marks").inner_html())

    neighbourhood.server.start()
    idle(hao)
    for door in doors:
        reported = hao.locator(f'[data-door="{door}"][data-answer="reported"]:not([data-pending])')
        expect(reported).to_be_visible()
    steward.goto(neighbourhood.url(f"/reports/{board.split('/')[2]}"))
    first, who = people[0]
    expect(steward.locator(f'a.row[href$="/doors/{first}"] [data-tone="stop"]')).to_be_visible()
    query = "SELECT finding FROM report_states WHERE resident_id = ? AND round_id = ?"
    assert neighbourhood.rows(query, who, board.split("/")[2]) == [("positive",)]


def test_a_household_reports_itself_corrects_it_and_is_asked_for_nothing_more(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    sun = neighbourhood.sign_in(new_phone(), "household")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    [[door, stairwell]] = neighbourhood.rows(
        "SELECT households.id, stairwell_id FROM households JOIN accounts"
        " ON accounts.community_id = households.community_id AND household_id = households.id"
        " WHERE accounts.id = ?",
        account_of(sun),
    )
    board = have_report(steward, neighbourhood, stairwell, account_of(steward))
    round_id = board.split("/")[2]
    sun.goto(neighbourhood.url("/"))
    tap(sun.locator(f'a[href$="/reports/mine#r-{round_id}"]'))
    cards = sun.locator(f"#r-{round_id} article.card")
    expect(cards.first).to_be_visible()
    count = cards.count()
    for nth in range(count):
        form = cards.nth(nth).locator('form[action="/ops/report.make"]').first
        tap(form.locator('button[value="negative"]'))
        expect(cards.nth(nth).locator('.tag[data-tone="go"]')).to_be_visible()
    details = cards.first.locator("details").first
    tap(details.locator("summary").first)
    tap(details.locator('form[action="/ops/report.make"] button[value="invalid"]'))
    query = "SELECT finding FROM report_states WHERE household_id = ? AND round_id = ?"
    eventually(lambda: ("invalid",) in neighbourhood.rows(query, door, round_id))
    assert len(neighbourhood.rows(query, door, round_id)) == count
    sun.goto(neighbourhood.url("/"))
    expect(sun.locator(f"#report-{round_id}")).to_contain_text("✓")


def test_a_household_shares_a_photo_of_its_cassette_from_the_gallery_without_a_signal(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    phone = new_phone()
    sun = neighbourhood.sign_in(phone, "household")
    steward = neighbourhood.sign_in(new_phone(), "steward")
    [[stairwell, door]] = neighbourhood.rows(
        "SELECT stairwell_id, households.id FROM households JOIN accounts"
        " ON accounts.community_id = households.community_id AND household_id = households.id"
        " WHERE accounts.id = ?",
        account_of(sun),
    )
    board = have_report(steward, neighbourhood, stairwell, account_of(steward))
    round_id = board.split("/")[2]
    sun.reload()
    for path in ("/photos/shared", "/reports/mine"):
        eventually(lambda path=path: bool(sun.evaluate(KEPT_WITH, [path, round_id])), 60)
    eventually(lambda: bool(sun.evaluate(HAS_BUNDLE)), 60)

    neighbourhood.server.stop()
    share(sun, pictures.jpeg(1600, 1200))
    expect(sun.locator("[data-shared-preview]")).to_be_visible()
    assert sun.evaluate(NARROWER)
    tap(sun.locator(f'a[href="/reports/mine#r-{round_id}"]'))
    form = sun.locator('form[action="/ops/report.make"]').first
    tap(form.locator("[data-shared]"))
    expect(form.locator('[data-photo="ready"]')).to_be_visible()
    tap(form.locator('button[value="negative"]'))
    waiting(sun, 1)

    neighbourhood.server.start()
    arrived = "SELECT count(*) FROM photos WHERE state = 'kept' AND household_id = ?"
    eventually(lambda: neighbourhood.rows(arrived, door) == [(1,)], 60)
    idle(sun)


def test_a_shared_photo_is_not_left_to_whoever_has_the_phone_next(
    neighbourhood: Neighbourhood, new_phone: NewPhone
) -> None:
    phone = new_phone()
    sun = neighbourhood.sign_in(phone, "household")
    until_packed(sun, "/")
    share(sun, pictures.jpeg())
    expect(sun.locator("[data-shared-preview]")).to_be_visible()
    hao = neighbourhood.sign_in(phone, "volunteer A")
    hao.goto(neighbourhood.url("/photos/shared"))
    expect(hao.locator("html[data-photos]")).to_be_attached()
    expect(hao.locator("[data-shared-preview]")).to_be_hidden()


KEPT_WITH = """async ([path, word]) => {
  const kept = await caches.match(path, { ignoreVary: true });
  return Boolean(kept) && (await kept.text()).includes(word);
}"""
"""Whether the phone keeps a page as it is since something was on it."""


def crowded(neighbourhood: Neighbourhood) -> tuple[int, dict[int, list[int]]]:
    """A walk-up stairwell, and who is present behind its first doors: eight people and a few."""
    [[stairwell]] = neighbourhood.rows(
        "SELECT stairwell_id FROM households WHERE community_id = 1 AND NOT vacant AND use = 'home'"
        " GROUP BY stairwell_id HAVING count(*) <= 12 ORDER BY stairwell_id LIMIT 1"
    )
    doors: dict[int, list[int]] = {}
    for door, who in neighbourhood.rows(
        "SELECT household_id, residents.id FROM residents JOIN households"
        " ON households.community_id = 1 AND households.id = household_id"
        " WHERE residents.community_id = 1 AND present AND stairwell_id = ?"
        " ORDER BY household_id, residents.id",
        stairwell,
    ):
        if door in doors or sum(map(len, doors.values())) < 8:
            doors.setdefault(door, []).append(who)
    return stairwell, doors


def have_report(steward: Page, neighbourhood: Neighbourhood, stairwell: int, carrier: str) -> str:
    """Make a round of reports, give it to somebody and open it; returns its board."""
    steward.goto(neighbourhood.url("/reports/new"))
    form = operation(steward, "round.make")
    enter(form.locator('[name="title"]'), "抗原 第3轮")
    box = form.locator(f'[name="stairwells[]"][value="{stairwell}"]')
    box.evaluate("one => one.checked || one.click()")
    tap(form.locator("button.btn.go"))
    steward.wait_for_url("**/rounds/*-*")
    here = urlsplit(steward.url).path
    tap(operation(steward, "round.open").locator("button"))
    expect(operation(steward, "round.pause")).to_be_visible()
    steward.goto(neighbourhood.url(f"{here}/assign"))
    given = steward.locator('form[action="/ops/round.assign"].split')
    for name, value in (("stairwells[]", stairwell), ("accounts[]", carrier)):
        box = given.locator(f'[name="{name}"][value="{value}"]')
        if box.count():
            box.evaluate("one => one.checked || one.click()")
    if given.locator('[name="accounts[]"]:checked').count():
        tap(given.locator("button.btn.go").first)
        expect(steward.locator(".give.free")).to_have_count(0)
    return f"{here}/stairwells/{stairwell}"


def open_sheet(page: Page, door: int) -> Locator:
    """The sheet of a door, which stays open while somebody there has not reported."""
    sheet = page.locator("#sheet")
    shown = sheet.locator('[name="door"]').first

    def is_open() -> bool:
        if not (sheet.is_visible() and shown.input_value() == str(door)):
            tap(page.locator(f'[data-door="{door}"]'))
        return sheet.is_visible()

    eventually(is_open)
    return sheet
