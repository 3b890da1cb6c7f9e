"""One thumb on a board: what is tapped is drawn at once, kept, and can be taken back."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.device.conftest import door, idle, once_each, pending, told, until, waits
from tests.browser.device.standin import StandIn
from tests.support.phones import tap


def test_a_tap_is_drawn_as_the_server_would_draw_it(page: Page, server: StandIn):
    server.stop()
    tap(door(page, "601"))
    marked = door(page, "601")
    expect(marked).to_have_attribute("data-tone", "go")
    expect(marked).to_have_attribute("aria-label", "6 楼 601, 已送")
    expect(marked).to_have_text("601✓ 已送")
    expect(page.locator("[data-tally]")).to_have_text("1/11/33/0")


def test_a_double_tap_is_one_operation(page: Page, server: StandIn):
    door(page, "601").dblclick()
    until(lambda: server.effects)
    idle(page)
    once_each(server, 1)
    expect(page.locator("#sheet")).not_to_be_visible()


def test_rapid_taps_on_many_doors_are_all_kept(page: Page, server: StandIn):
    page.evaluate("document.querySelectorAll('button.door').forEach(door => door.click())")
    until(lambda: len(server.effects) == 12)
    idle(page)
    once_each(server, 12)


def test_undo_before_and_after_sending(page: Page, server: StandIn):
    server.stop()
    tap(door(page, "601"))
    waits(page, 1)
    tap(page.locator("#undo button"))
    expect(door(page, "601")).to_have_attribute("data-answer", "")
    waits(page, 2)
    expect(page.locator("#undo")).not_to_be_visible()
    server.start()
    page.reload()
    idle(page)
    assert not server.marks()

    tap(page.locator('[data-floor="5"] .whole'))
    until(lambda: len(server.marks()) == 2)
    tap(page.locator("#undo button"))
    until(lambda: not server.marks())
    idle(page)
    once_each(server, 6)
    expect(door(page, "501")).to_have_attribute("data-answer", "")
    groups = [op["group"] for op in server.effects[2:]]
    assert groups[0] == groups[1] != groups[2] == groups[3]


def test_undo_of_a_mark_the_page_already_shows_opens_the_door_again(page: Page, server: StandIn):
    tap(door(page, "601"))
    expect(page.locator('a.door[data-label="601"]')).to_be_visible()  # as the server draws it
    server.stop()
    tap(page.locator("#undo button"))
    expect(door(page, "601")).to_have_attribute("data-answer", "")
    expect(door(page, "601")).to_have_attribute("aria-label", "6 楼 601, 未送")
    tap(door(page, "601"))
    expect(door(page, "601")).to_have_attribute("data-answer", "delivered")
    waits(page, 2)
    server.start()
    page.reload()
    idle(page)
    once_each(server, 3)
    assert list(server.marks()) == ["61"]


def test_undo_reveals_what_was_there_before(page: Page, server: StandIn):
    server.mark("61", "nobody")
    page.reload()
    expect(door(page, "601")).to_have_attribute("data-answer", "nobody")
    server.stop()
    tap(door(page, "601"))
    tap(page.locator('#sheet [value="delivered"]'))
    expect(door(page, "601")).to_have_attribute("data-answer", "delivered")
    tap(page.locator("#undo button"))
    expect(door(page, "601")).to_have_attribute("data-answer", "nobody")
    expect(door(page, "601")).to_have_text("601○ 无人")


def test_a_long_press_opens_the_sheet_and_marks_nothing(page: Page, server: StandIn):
    box = door(page, "601").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    expect(page.locator("#sheet")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#sheet [data-label]")).to_have_text("601")
    tap(page.locator('#sheet [data-step="1"]'))
    tap(page.locator('#sheet [value="owed"]'))
    expect(page.locator("#sheet")).not_to_be_visible()
    expect(door(page, "601")).to_have_text("601− 欠发 2")
    until(lambda: server.effects)
    assert server.effects[0]["data"] == {
        "round": server.effects[0]["data"]["round"],
        "door": "61",
        "answer": "owed",
        "count": "2",
    }


def test_next_walks_from_door_to_door(page: Page, server: StandIn):
    expect(page.locator("[data-next-door] [data-label]")).to_have_text("601")
    tap(door(page, "601"))
    expect(page.locator("[data-next-door] [data-label]")).to_have_text("602")
    tap(page.locator("[data-next-door]"))
    for label in ("602", "501"):
        expect(page.locator("#sheet [data-label]")).to_have_text(label)
        tap(page.locator('#sheet [value="nobody"]'))
    expect(page.locator("#sheet [data-label]")).to_have_text("502")
    tap(page.locator("#sheet [data-close]"))
    until(lambda: len(server.effects) == 3)
    assert "count" not in server.effects[1]["data"]


def test_the_whole_of_the_last_floors_says_that_all_is_done(page: Page, server: StandIn):
    for level in range(6, 1, -1):
        tap(page.locator(f'[data-floor="{level}"] .whole'))
    tap(page.locator("[data-next-door]"))
    for label in ("101", "102"):
        expect(page.locator("#sheet [data-label]")).to_have_text(label)
        tap(page.locator('#sheet [value="delivered"]'))
    expect(told(page, "all_done")).to_be_visible()
    until(lambda: len(server.effects) == 12)
    idle(page)
    once_each(server, 12)


def test_a_double_tap_in_the_sheet_passes_no_door_by(page: Page, server: StandIn):
    label = page.locator("#sheet [data-label]")
    tap(page.locator("[data-next-door]"))
    first = label.text_content()
    page.evaluate("""() => {
      const delivered = document.querySelector('#sheet [value="delivered"]');
      delivered.click();
      delivered.click();
    }""")
    expect(label).not_to_have_text(str(first))
    until(lambda: server.effects)
    page.wait_for_timeout(300)
    once_each(server, 1)
    following = str(label.text_content())
    expect(door(page, following)).to_have_attribute("data-answer", "")


def test_a_full_disk_is_said_and_nothing_looks_saved(page: Page, server: StandIn):
    page.evaluate("""() => {
      IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') };
    }""")
    tap(door(page, "601"))
    expect(page.locator("#confirm")).to_contain_text("storage_full")
    expect(door(page, "601")).to_have_attribute("data-answer", "")
    expect(pending(page)).to_have_count(0)
    idle(page)
    assert not server.batches


def test_a_change_elsewhere_appears_but_not_under_an_open_sheet(page: Page, server: StandIn):
    until(lambda: server.listeners)
    server.mark("62", "delivered")
    expect(page.locator('a.door[data-label="602"]')).to_be_visible()
    tap(door(page, "602"))
    expect(page.locator("#sheet")).to_be_visible()
    server.mark("51", "nobody")
    page.wait_for_timeout(1500)
    expect(door(page, "501")).to_have_attribute("data-answer", "")
    tap(page.locator("#sheet [data-close]"))
    expect(door(page, "501")).to_have_attribute("data-answer", "nobody")


def test_a_page_that_comes_a_moment_later_hears_what_changed_since_it_was_drawn(
    phone: BrowserContext, page: Page, server: StandIn
):
    until(lambda: server.listeners)
    server.mark("62", "delivered")
    expect(page.locator('a.door[data-label="602"]')).to_be_visible()
    late = phone.new_page()
    late.goto(server.url + "/offline")
    assert late.evaluate(JOINED) == {"type": "change", "seq": server.seq}


JOINED = """() => new Promise((done) => {
  const channel = new BroadcastChannel("stairwell");
  channel.onmessage = ({ data: { type, seq } }) => type === "change" && done({ type, seq });
  channel.postMessage({ type: "joined" });
})"""


def test_find_goes_to_the_door(page: Page):
    page.locator("[data-find]").fill("30")
    page.locator("[data-find]").press("2")
    page.locator("[data-find]").fill("302")
    expect(door(page, "302")).to_be_focused()
