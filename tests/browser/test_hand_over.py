"""No signal and an empty battery: somebody else carries the marks down as a sealed file."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    account_of,
    boards,
    eventually,
    idle,
    mark,
    unmarked,
    until_packed,
    waiting,
)
from tests.support.phones import NewPhone, PersistentPhone, tap


def test_marks_that_another_phone_carries_count_once_as_their_makers(
    neighbourhood: Neighbourhood, persistent_phone: PersistentPhone, new_phone: NewPhone
) -> None:
    hao = neighbourhood.sign_in(persistent_phone.context, "volunteer A")
    hao_is, board = account_of(hao), boards(hao)[0]
    until_packed(hao, board)
    until_packed(hao, "/outbox")
    until_known(neighbourhood, hao_is)

    neighbourhood.server.stop()
    hao.goto(neighbourhood.url(board))
    doors = unmarked(hao)[:3]
    for door in doors:
        mark(hao, door)
    waiting(hao, 3)
    file = give_as_a_file(neighbourhood, hao)
    persistent_phone.close()

    neighbourhood.server.start()
    yun = neighbourhood.sign_in(new_phone(), "volunteer B")
    yun.goto(neighbourhood.url("/outbox"))
    carry(yun, file.replace(b'"made_at":"2', b'"made_at":"3'))
    expect(yun.locator("#toasts")).to_contain_text("损坏")
    assert sent(neighbourhood, doors) == []
    carry(yun, file)
    expect(yun.locator("#toasts")).to_contain_text("3")
    assert sent(neighbourhood, doors) == [(hao_is, account_of(yun))] * 3

    hao = persistent_phone.open()
    hao.goto(neighbourhood.url(board))
    idle(hao)
    expect(hao.locator("[data-pending]")).to_have_count(0)
    expect(hao.locator('[data-door][data-answer="delivered"]')).to_have_count(3)
    assert sent(neighbourhood, doors) == [(hao_is, account_of(yun))] * 3
    assert neighbourhood.marks(board.split("/")[2], doors) == dict.fromkeys(doors, 1)


def until_known(neighbourhood: Neighbourhood, account: str) -> None:
    """Wait until the server knows the key that a phone signs with."""
    query = "SELECT 1 FROM devices WHERE account_id = ? AND public_key IS NOT NULL"
    eventually(lambda: bool(neighbourhood.rows(query, account)), 60)


def give_as_a_file(neighbourhood: Neighbourhood, page: Page) -> bytes:
    """What waits, as the phone gives it."""
    page.goto(neighbourhood.url("/outbox"))
    expect(page.locator('[data-outbox="waiting"] [data-entry]')).not_to_have_count(0)
    page.evaluate(KEEP_FILE)
    tap(page.locator("[data-export]"))
    page.wait_for_function("() => window.given")
    return str(page.evaluate("window.given")).encode()


# Those who drive Firefox are not told of what it downloads.
KEEP_FILE = """() => {
  delete Navigator.prototype.canShare;
  const make = URL.createObjectURL;
  URL.createObjectURL = (file) => {
    file.text().then((text) => (window.given = text));
    return make.call(URL, file);
  };
}"""


def carry(page: Page, file: bytes) -> None:
    """Send somebody else's file."""
    page.locator("[data-import]").set_input_files(
        {"name": "stairwell.json", "mimeType": "application/json", "buffer": file}
    )


def sent(neighbourhood: Neighbourhood, doors: list[int]) -> list[tuple[str, str]]:
    """Who marked these doors, and who carried that to the server."""
    places = ", ".join("?" * len(doors))
    return neighbourhood.rows(
        "SELECT operations.actor, carrier FROM operations JOIN marks ON marks.op_id = operations.id"
        f" WHERE household_id IN ({places}) AND kind = 'round.mark'",
        *doors,
    )
