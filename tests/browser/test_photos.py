"""A photo goes with a fact: taken without a signal, through a reload, a restart and a power cut."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.neighbourhood import (
    Neighbourhood,
    eventually,
    idle,
    operation,
    until_packed,
    waiting,
)
from tests.support import pictures
from tests.support.phones import NewPhone, PersistentPhone, signal_returns, tap

SHOWN = "() => document.querySelector('[data-photo=\"ready\"] img')?.naturalWidth"


def disinfection(neighbourhood: Neighbourhood, steward: Page) -> str:
    """An open disinfection of a stairwell that volunteer A has; returns its board."""
    [[stairwell, account]] = neighbourhood.rows(
        "SELECT stairwell_id, account_id FROM assignments a JOIN accounts b ON b.id = a.account_id "
        "WHERE b.name = ? AND until IS NULL ORDER BY stairwell_id LIMIT 1", "林浩",
    )  # fmt: skip
    base = neighbourhood.server.url

    def post(op: str, **form: str | int) -> str:
        said = {name.replace("_each", "[]"): value for name, value in form.items()}
        answer = steward.request.post(f"{base}/ops/{op}", form=said, headers={"origin": base})
        assert answer.ok, answer.text()
        return answer.url

    made = post(
        "round.make", kind="disinfect", title="消杀", per="floor", stairwells_each=stairwell
    )
    round_id = made.split("/")[4]
    post("round.assign", round=round_id, stairwells_each=stairwell, accounts_each=account)
    post("round.open", round=round_id)
    return f"/rounds/{round_id}/stairwells/{stairwell}"


@pytest.fixture
def board(neighbourhood: Neighbourhood, new_phone: NewPhone) -> str:
    """Where photos are taken."""
    return disinfection(neighbourhood, neighbourhood.sign_in(new_phone(), "steward"))


def open_board(neighbourhood: Neighbourhood, page: Page, board: str) -> None:
    """The board, and what it loads, are on the phone."""
    until_packed(page, board)
    eventually(lambda: bool(page.evaluate(HAS_BUNDLE)), 60)
    page.goto(neighbourhood.url(board))


HAS_BUNDLE = """async () => { for (const name of await caches.keys())
  for (const { url } of await (await caches.open(name)).keys())
    if (url.endsWith("/build/photos.js")) return true;
  return false; }"""


def take(page: Page, photo: bytes, nth: int = 0, name: str = "photo.jpg") -> None:
    """Tap a landing, take a photo, say that it is disinfected."""
    tap(page.locator('button.door[data-answer=""]').nth(nth))
    choose(page, photo, name)
    tap(page.locator('#sheet [name="answer"][value="disinfected"]'))
    expect(page.locator("#sheet")).to_be_hidden()


def choose(page: Page, photo: bytes, name: str = "photo.jpg") -> None:
    """The camera gives a photo."""
    kind = "image/heic" if name.endswith("heic") else "image/jpeg"
    page.locator('#sheet input[type="file"]').first.set_input_files(
        {"name": name, "mimeType": kind, "buffer": photo}
    )


def photos(neighbourhood: Neighbourhood) -> list[tuple[str, int, int]]:
    """What the server knows of photos: state, bytes received, bytes in all."""
    return neighbourhood.rows("SELECT state, received, size FROM photos ORDER BY op_id")


def kept(neighbourhood: Neighbourhood) -> list[Path]:
    """The pictures in the store."""
    return sorted((neighbourhood.server.data / "photos").glob("*/*.jpg"))


def photos_wait(page: Page, count: int) -> None:
    """The pill says how many photos wait."""
    expect(page.locator('[data-when="photos"] [data-count]')).to_have_text(str(count))


def padded_heic(size: int) -> bytes:
    """A photo from an iPhone with as much beside the picture as it takes to be so long."""
    body = pictures.heic(400, 300)
    return body + struct.pack(">I", size - len(body)) + b"free" + os.urandom(size - len(body) - 8)


def test_a_photo_taken_without_signal_survives_reload_and_restart_and_arrives_once(
    neighbourhood: Neighbourhood, board: str, persistent_phone: PersistentPhone
) -> None:
    page = neighbourhood.sign_in(persistent_phone.context, "volunteer A")
    open_board(neighbourhood, page, board)
    neighbourhood.server.stop()
    page.reload()
    tap(page.locator('button.door[data-answer=""]').first)
    choose(page, pictures.located())
    page.wait_for_function(SHOWN)
    tap(page.locator('#sheet [name="answer"][value="disinfected"]'))
    waiting(page, 1)
    page.reload()
    waiting(page, 1)
    page = persistent_phone.restart()
    page.goto(neighbourhood.url(board))
    waiting(page, 1)

    neighbourhood.server.start()
    eventually(lambda: [one[0] for one in photos(neighbourhood)] == ["kept"], 60)
    idle(page)
    [(_, _, size)] = photos(neighbourhood)
    assert size < 250_000
    whole, small = kept(neighbourhood)
    for path in (whole, small):
        assert not Image.open(io.BytesIO(path.read_bytes())).getexif()
    assert max(Image.open(whole).size) == 800
    assert neighbourhood.rows("SELECT count(*) FROM photo_pieces") == [(0,)]


def test_a_server_killed_between_pieces_goes_on_where_it_was(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone, browser_name: str
) -> None:
    page = neighbourhood.sign_in(new_phone(), "volunteer A")
    open_board(neighbourhood, page, board)
    size = 6_000_000
    take(page, padded_heic(size), name="photo.heic")
    for nth in range(3):
        reached = size * (nth + 1) // 5

        def far(reached: int = reached) -> bool:
            return any(received >= reached for _, received, _ in photos(neighbourhood))

        eventually(far, 60)
        neighbourhood.server.kill()
        [(state, received, _)] = photos(neighbourhood)
        assert (state, received < size) == ("arriving", True)
        if nth == 1:
            page.reload()
            photos_wait(page, 1)
        neighbourhood.server.start()
        [(_, after, _)] = photos(neighbourhood)
        assert after >= received
        page.evaluate("dispatchEvent(new Event('online'))")
    eventually(lambda: photos(neighbourhood)[0][0] == "kept", 90)
    idle(page)
    assert len(kept(neighbourhood)) == 2


@pytest.mark.parametrize("found", ["chromium"], indirect=True)
def test_a_closed_page_leaves_its_photo_to_the_worker(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    phone = new_phone()
    page = neighbourhood.sign_in(phone, "volunteer A")
    open_board(neighbourhood, page, board)
    neighbourhood.server.stop()
    take(page, pictures.jpeg())
    waiting(page, 1)
    elsewhere = phone.new_page()
    page.close()

    neighbourhood.server.start()
    signal_returns(elsewhere, neighbourhood.server.url)
    eventually(lambda: [one[0] for one in photos(neighbourhood)] == ["kept"], 60)
    assert phone.pages == [elsewhere]
    assert len(kept(neighbourhood)) == 2
    made = "SELECT count(*) FROM marks WHERE round_id = ?"
    assert neighbourhood.rows(made, board.split("/")[2]) == [(1,)]
    page = phone.new_page()
    page.goto(neighbourhood.url(board))
    idle(page)


@pytest.mark.parametrize("found", ["chromium"], indirect=True)
def test_closed_halfway_a_photo_goes_on_by_itself(
    neighbourhood: Neighbourhood, board: str, persistent_phone: PersistentPhone
) -> None:
    page = neighbourhood.sign_in(persistent_phone.context, "volunteer A")
    open_board(neighbourhood, page, board)
    persistent_phone.context.new_page()
    size = 10_000_000
    take(page, padded_heic(size), name="photo.heic")
    eventually(lambda: any(0 < got < size for _, got, _ in photos(neighbourhood)))
    page.close()
    eventually(lambda: photos(neighbourhood)[0][0] == "kept", 60)


def test_a_fact_tapped_meanwhile_waits_for_no_photo(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    page = neighbourhood.sign_in(new_phone(), "volunteer A")
    open_board(neighbourhood, page, board)
    size = 10_000_000
    take(page, padded_heic(size), name="photo.heic")
    eventually(lambda: any(0 < got < size for _, got, _ in photos(neighbourhood)))
    tap(page.locator(".floor button.whole").first)
    both = "SELECT count(*) FROM photos, marks WHERE round_id = ? AND state = 'arriving'"
    eventually(lambda: neighbourhood.rows(both, board.split("/")[2]) == [(2,)])
    eventually(lambda: photos(neighbourhood)[0][0] == "kept", 60)


def test_what_is_refused_is_told_to_whoever_took_it(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    page = neighbourhood.sign_in(new_phone(), "volunteer A")
    open_board(neighbourhood, page, board)
    take(page, pictures.PDF, name="photo.heic")
    said = page.locator("#confirm [data-text]")
    expect(said).to_contain_text("不是照片")
    page.locator('#confirm button[value="yes"]').click()
    idle(page)
    assert photos(neighbourhood)[0][0] == "refused"
    page.goto(neighbourhood.url(board))
    tap(page.locator('a.door[data-answer="disinfected"]').first)
    tap(page.locator("#sheet [data-history]"))
    expect(page.locator(".story .t-stop")).to_contain_text("不是照片")


def test_what_another_app_shared_finds_its_place(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    page = neighbourhood.sign_in(new_phone(), "volunteer A")
    open_board(neighbourhood, page, board)
    share(page, pictures.jpeg(500, 300))
    expect(page.locator("[data-shared-preview]")).to_be_visible()
    page.locator(f'a[href="{board}"]').click()
    tap(page.locator('button.door[data-answer=""]').first)
    tap(page.locator("#sheet [data-shared]"))
    page.wait_for_function(SHOWN)
    tap(page.locator('#sheet [name="answer"][value="disinfected"]'))
    eventually(lambda: photos(neighbourhood) != [] and photos(neighbourhood)[0][0] == "kept")
    page.goto(neighbourhood.url("/photos/shared"))
    expect(page.locator(".not-shared")).to_be_visible()


def share(page: Page, photo: bytes) -> None:
    """Another app hands a photo over, as a phone does: with a form that leads to a page."""
    with page.expect_navigation(url="**/photos/shared"):
        page.evaluate(SHARE, list(photo))


SHARE = """(bytes) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], "a.jpg", { type: "image/jpeg" }));
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, { method: "post", action: "/photos/shared", enctype: "multipart/form-data" });
  form.append(Object.assign(document.createElement("input"), { type: "file", name: "photo" }));
  form.firstChild.files = files.files;
  form.submit();
}"""


def test_left_out_again_it_does_not_go_along(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    page = neighbourhood.sign_in(new_phone(), "volunteer A")
    open_board(neighbourhood, page, board)
    tap(page.locator('button.door[data-answer=""]').first)
    choose(page, pictures.jpeg())
    page.wait_for_function(SHOWN)
    tap(page.locator("#sheet [data-remove]"))
    tap(page.locator('#sheet [name="answer"][value="disinfected"]'))
    eventually(lambda: len(neighbourhood.rows("SELECT 1 FROM marks WHERE round_id = ?",
                                              board.split("/")[2])) == 1)  # fmt: skip
    assert photos(neighbourhood) == []


def test_who_lives_there_sees_it(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    page = neighbourhood.sign_in(new_phone(), "volunteer A")
    open_board(neighbourhood, page, board)
    take(page, pictures.jpeg())
    eventually(lambda: [one[0] for one in photos(neighbourhood)] == ["kept"])
    page.goto(neighbourhood.url(board))
    tap(page.locator('a.door[data-answer="disinfected"]').first)
    tap(page.locator("#sheet [data-history]"))
    picture = page.locator(".shot img")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.shot img').naturalWidth === 320")


@pytest.mark.parametrize("found", ["chromium"], indirect=True)
def test_without_a_script_it_is_posted_with_the_form(
    neighbourhood: Neighbourhood, board: str, new_phone: NewPhone
) -> None:
    page = neighbourhood.sign_in(new_phone(java_script_enabled=False), "volunteer A")
    _, _, round_id, _, stairwell = board.split("/")
    page.goto(neighbourhood.url(f"/rounds/{round_id}/doors/{-(int(stairwell) * 1000 + 1)}"))
    form = operation(page, "round.mark")
    form.locator('input[type="file"]').last.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": pictures.located()}
    )
    form.locator('[name="answer"][value="disinfected"]').click()
    expect(page.locator("[data-board]")).to_be_visible()
    assert [one[0] for one in photos(neighbourhood)] == ["kept"]
