"""Photos over HTTP: pieces, their order, whose they are, what they turn out to be, who looks."""

from __future__ import annotations

import contextlib
import io
import itertools
import os

import pytest
from PIL import Image
from sqlalchemy import select, update

from server.db.errors import Busy
from server.features.estates.tables import households
from server.features.people.tables import views
from server.features.photos import rules
from server.features.photos.store import name_of
from server.features.photos.tables import photo_pieces, photos
from server.features.rounds.scope import landing
from server.i18n import translate
from server.ids import uuid7
from server.oplog.tables import reactions
from tests.support import pictures
from tests.support.site import HTML, JSON, Site

ENGLISH = {"accept-language": "en"}
seeds = itertools.count(1000)


@pytest.fixture
def photo():
    """A photo that nobody sent before, in about three pieces."""
    return pictures.jpeg(900, 700, seed=next(seeds)) + os.urandom(40_000)


def head(site, who, body):
    return site.ask(who, "HEAD", f"/photos/{pictures.sha(body)}", headers=JSON)


def row(site, op_id):
    [found] = site.rows(select(photos).where(photos.c.op_id == op_id))
    return found


def send(site, body, *, who="hao", piece=20_000):
    """Every piece, as a phone sends them; returns the last answer."""
    offset, answer = 0, None
    while offset < len(body):
        answer = site.send_piece(who, body, offset, piece)
        if answer.status_code != 204:
            return answer
        offset = int(answer.headers["upload-offset"])
    return answer


def test_a_photo_goes_in_pieces_and_is_kept(site, photo):
    op_id = site.disinfect(photo, 3)
    asked = head(site, "hao", photo)
    assert (asked.status_code, asked.headers["upload-offset"]) == (204, "0")
    assert asked.headers["photo-state"] == "waiting"
    first = site.send_piece("hao", photo, 0, 20_000)
    assert (first.status_code, first.headers["upload-offset"]) == (204, "20000")
    asked = head(site, "hao", photo)
    assert asked.headers["photo-state"] == "arriving"
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == (
        "20000", str(len(photo)),
    )  # fmt: skip
    offset = 20_000
    while offset < len(photo):
        answer = site.send_piece("hao", photo, offset, 20_000)
        offset = int(answer.headers["upload-offset"])
    assert answer.headers["photo-state"] == "kept"
    assert row(site, op_id).state == "kept"
    assert answer.headers["cache-control"] == "no-store"
    site.check()


def test_a_fact_comes_first(site, photo):
    answer = site.send_piece("hao", photo, 0, headers=ENGLISH)
    assert (answer.status_code, answer.json()["type"]) == (404, "not-expected")
    assert "stays on the phone" in answer.json()["detail"]
    assert head(site, "hao", photo).status_code == 404
    assert site.rows(select(photo_pieces).where(photo_pieces.c.sha == pictures.sha(photo))) == []


def test_a_piece_twice_or_out_of_order_is_told_where_to_go_on(site, photo):
    site.disinfect(photo, 3)
    site.send_piece("hao", photo, 0, 20_000)
    for offset in (0, 10_000, 30_000):
        answer = site.send_piece("hao", photo, offset, 20_000)
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "20000")
        assert answer.json()["type"] == "another-place"
    other = {"upload-length": "99999"}
    assert site.send_piece("hao", photo, 20_000, 100, headers=other).status_code == 409


def test_a_photo_that_is_kept_is_kept_again(site, photo):
    site.disinfect(photo, 3)
    send(site, photo)
    again = site.send_piece("hao", photo, 0)
    assert (again.status_code, again.headers["photo-state"]) == (204, "kept")


def test_another_hash_starts_over_and_the_third_time_is_the_last(site, photo):
    op_id = site.disinfect(photo, 3)
    sha, wrong = pictures.sha(photo), bytes(len(photo))
    for nth in range(rules.MOST_TRIES):
        answer = site.send_piece("hao", wrong, 0, name=sha)
        if nth < rules.MOST_TRIES - 1:
            assert (answer.status_code, answer.json()["type"]) == (409, "another-photo")
            assert answer.headers["upload-offset"] == "0"
    assert (answer.status_code, answer.json()["type"]) == (422, "damaged")
    assert row(site, op_id).state == "refused"
    fresh = site.disinfect(photo, 4)  # taken again
    assert send(site, photo).headers["photo-state"] == "kept"
    assert row(site, fresh).state == "kept"


def test_only_who_told_of_it_sends_it(site, photo):
    site.disinfect(photo, 3)
    for who in ("mei", "sun", "min"):
        answer = site.send_piece(who, photo, 0)
        assert (answer.status_code, answer.json()["type"]) == (403, "not-yours")
        assert head(site, who, photo).status_code == 403
    assert site.send_piece("anna", photo, 0).status_code == 404
    assert site.send_piece("nobody", photo, 0).status_code == 401


def test_another_site_sends_nothing(site, photo):
    site.disinfect(photo, 3)
    answer = site.send_piece("hao", photo, 0, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"upload-offset": "-1"}, {"upload-offset": "x"}, {"upload-length": "1" * 20}]
)
def test_numbers_that_are_none(site, photo, headers):
    site.disinfect(photo, 3)
    assert site.send_piece("hao", photo, 0, headers=headers).status_code == 400


def test_a_piece_that_is_too_long(site, photo):
    body = photo + os.urandom(rules.MOST_PIECE)
    site.disinfect(body, 3)
    assert site.send_piece("hao", body, 0, rules.MOST_PIECE + 1).status_code == 413
    assert head(site, "hao", body).headers["upload-offset"] == "0"


def test_a_photo_that_is_too_long_is_refused_before_it_comes(site, photo):
    op_id = site.disinfect(photo, 3)
    answer = site.send_piece("hao", photo, 0, 100, headers={"upload-length": str(13 << 20)})
    assert (answer.status_code, answer.json()["type"]) == (422, "too-large")
    assert row(site, op_id).why == "too-large"


def varied(body: bytes) -> bytes:
    """The same for every decoder, under another name."""
    return body + os.urandom(8)


BAD = {
    "a PDF under another name": (lambda: varied(pictures.PDF), 422, "not-an-image"),
    "half a JPEG": (lambda: pictures.jpeg(seed=next(seeds))[:9_000], 422, "broken-off"),
    "an animation": (lambda: varied(pictures.animation()), 422, "moves"),
    "a bomb": (lambda: varied(pictures.bomb()), 422, "too-many-pixels"),
    "sixty megapixels": (lambda: varied(pictures.jpeg(9_000, 6_700)), 204, ""),
    "an iPhone's": (lambda: varied(pictures.heic()), 204, ""),
}


@pytest.mark.parametrize("what", BAD)
def test_every_photo_is_kept_or_refused_with_a_reason(site, what):
    make, status, slug = BAD[what]
    body = make()
    op_id = site.disinfect(body, 5)
    answer = send(site, body, piece=rules.MOST_PIECE)
    assert answer.status_code == status
    if slug:
        assert answer.json()["type"] == slug
        assert len(answer.json()["detail"]) > 10
        in_english = site.send_piece("hao", body, 0, headers=ENGLISH)
        assert in_english.json()["detail"] == rules.REASONS[slug] != answer.json()["detail"]
        door = site.get("hao", f"/rounds/{site.cleaned}/doors/{landing(site.world.walk_up, 5)}")
        assert answer.json()["detail"] in door.text
    assert row(site, op_id).state == ("refused" if slug else "kept")


def test_what_is_shown_says_nothing_of_where_it_was_taken(site):
    body = varied(pictures.located())
    op_id = site.disinfect(body, 3)
    send(site, body)
    for path, size in ((f"/photos/{op_id}", (400, 800)), (f"/photos/{op_id}/small", (160, 320))):
        answer = site.get("sun", path)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        image = Image.open(io.BytesIO(answer.content))
        assert image.size == size
        assert not image.getexif()
        assert b"Telephone" not in answer.content


def test_looking_is_written_down(site, photo):
    op_id = site.disinfect(photo, 3)
    assert site.get("min", f"/photos/{op_id}").status_code == 404  # not here yet
    send(site, photo)
    logged = select(views).where(views.c.account_id == site.who("min"), views.c.what == "photo")
    before = len(site.rows(logged))
    for _ in range(2):
        assert site.get("min", f"/photos/{op_id}").status_code == 200
    assert len(site.rows(logged)) == before + 2


def test_a_photo_of_elsewhere_is_not_there(site, photo):
    op_id = site.disinfect(photo, 3)
    send(site, photo)
    for who in ("anna", "bo"):
        assert site.get(who, f"/photos/{op_id}").status_code == 404
    assert site.get("mei", f"/photos/{uuid7()}").status_code == 404


def test_who_lives_there_sees_that_it_was_done(site, photo):
    op_id = site.disinfect(photo, 3)
    assert op_id not in site.get("sun", "/").text
    send(site, photo)
    assert f"/photos/{op_id}/small" in site.get("sun", "/").text


def test_the_door_says_what_became_of_the_photo(site, photo):
    op_id = site.disinfect(photo, 6)
    path = f"/rounds/{site.cleaned}/doors/{landing(site.world.walk_up, 6)}"
    assert "told, photo waiting" in site.get("hao", path, headers=HTML | ENGLISH).text
    send(site, photo)
    assert f"/photos/{op_id}/small" in site.get("hao", path).text


def form(site, photo, level=4, **more):
    """A landing, posted without a script."""
    door = landing(site.world.walk_up, level)
    return site.ask(
        "hao", "POST", "/ops/round.mark",
        data={"round": site.cleaned, "door": str(door), "answer": "disinfected"}
        | {"seen": str(next(seeds))} | more,
        files={"photo": ("photo.jpg", photo, "image/jpeg")},
    )  # fmt: skip


def named(site, photo):
    return site.rows(select(photos).where(photos.c.sha == pictures.sha(photo)))


def test_without_a_script_fact_and_photo_come_in_one_form(site, photo):
    answer = form(site, photo)
    assert answer.status_code == 303
    [found] = named(site, photo)
    assert found.state == "kept"
    assert site.get("hao", f"/photos/{found.op_id}").status_code == 200


def test_without_a_script_a_bad_photo_is_said_and_the_fact_counts(site):
    body = varied(pictures.PDF)
    answer = form(site, body)
    assert answer.status_code == 422
    assert translate("zh-Hans", rules.REASONS["not-an-image"]) in answer.text
    [found] = named(site, body)
    assert (found.state, found.why) == ("refused", "not-an-image")


def test_a_form_that_is_refused_leaves_no_photo(site, photo):
    answer = form(site, photo, answer="nonsense")
    assert answer.status_code == 409
    assert named(site, photo) == []
    assert site.rows(select(photo_pieces).where(photo_pieces.c.sha == pictures.sha(photo))) == []


def test_a_form_with_no_photo_chosen(site):
    assert form(site, b"").status_code == 303


def test_a_kind_that_takes_no_photo_leaves_it(site, photo):
    answer = site.ask(
        "hao", "POST", "/ops/round.undo",
        data={"round": site.cleaned, "door": "-1001", "mark": uuid7(), "seen": "0"},
        files={"photo": ("photo.jpg", photo, "image/jpeg")},
    )  # fmt: skip
    assert answer.status_code in {303, 409}
    assert named(site, photo) == []


@contextlib.contextmanager
def full(site, monkeypatch):
    """The disk on which pictures lie is full."""

    async def put(_name, _body):
        raise Busy("Photos cannot be stored: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(site.app.state.keeper.store, "put", put)
        yield


def test_a_full_disk_keeps_the_pieces_and_is_tried_again(site, photo, monkeypatch):
    op_id = site.disinfect(photo, 3)
    with full(site, monkeypatch):
        answer = send(site, photo)
        assert (answer.status_code, answer.headers["photo-state"]) == (204, "arriving")
        assert row(site, op_id).state == "arriving"
    site.run(site.app.state.keeper.look)
    assert row(site, op_id).state == "kept"
    assert head(site, "hao", photo).headers["photo-state"] == "kept"


def test_asking_again_at_the_end_has_it_looked_at(site, photo, monkeypatch):
    site.disinfect(photo, 3)
    with full(site, monkeypatch):
        send(site, photo)
    answer = site.send_piece("hao", photo, len(photo))
    assert (answer.status_code, answer.headers["photo-state"]) == (204, "kept")


def test_files_are_ours_alone_and_those_of_nobody_are_swept(site, photo):
    keeper = site.app.state.keeper
    site.disinfect(photo, 3)
    send(site, photo)
    root = site.settings.data_dir / "photos"
    kept = root / name_of(site.world.community, pictures.sha(photo))
    assert kept.stat().st_mode & 0o777 == 0o600
    strays = [
        root / name_of(site.world.community, "0" * 64),
        kept.with_name(f"{kept.name}.1234.part"),
    ]
    for stray in strays:
        stray.write_bytes(b"half")
        os.utime(stray, (0, 0))
    os.utime(kept, (0, 0))
    site.run(keeper.sweep)
    assert kept.exists()
    assert not any(stray.exists() for stray in strays)


def test_when_its_time_is_over_the_picture_is_deleted_and_said_so(site, photo):
    op_id = site.disinfect(photo, 1)
    send(site, photo)
    files = [
        site.settings.data_dir
        / "photos"
        / name_of(site.world.community, pictures.sha(photo), small=small)
        for small in (False, True)
    ]
    assert all(file.exists() for file in files)
    long_ago = {"moved_at": 0, "keep_until": 1}
    site.execute(update(photos).where(photos.c.op_id == op_id).values(long_ago))
    site.execute(update(reactions).where(reactions.c.subject == op_id).values(due_at=1))
    site.react()
    site.run(site.app.state.keeper.look)
    assert not any(file.exists() for file in files)
    assert (row(site, op_id).state, row(site, op_id).stored) == ("gone", False)
    assert site.get("hao", f"/photos/{op_id}").status_code == 404
    path = f"/rounds/{site.cleaned}/doors/{landing(site.world.walk_up, 1)}"
    assert "deleted when its time was over" in site.get("hao", path, headers=HTML | ENGLISH).text


def test_the_page_of_a_shared_photo_says_what_is_owed(site, photo):
    site.disinfect(photo, 2)
    text = site.get("hao", "/photos/shared").text
    assert f"/rounds/{site.cleaned}/stairwells/{site.world.walk_up}" in text
    assert f"/rounds/{site.cleaned}/doors/{landing(site.world.walk_up, 2)}" in text
    assert site.ask(
        "hao", "POST", "/photos/shared", files={"photo": ("a.jpg", photo, "image/jpeg")}
    ).headers["location"] == "/photos/shared"  # fmt: skip


REPORTING = "/reports/mine#r-"


def have_report(site: Site, kind: str = "antigen", **more: str) -> str:
    """An open round in which the people of the walk-up report."""
    return site.open_round(kind=kind, per="person", quantity=1, title="抗原 第3轮", **more)


def pack_of(site: Site, who: str) -> dict[str, str]:
    """The pages that somebody's phone keeps, with their versions."""
    pages = site.get(who, "/pack", headers=JSON).json()["pages"]
    return {page["url"]: page["version"] for page in pages}


def test_a_household_finds_where_it_reports_for_the_photo_it_shared(site: Site) -> None:
    antigen, paused = have_report(site), have_report(site)
    site.tell("mei", "round.pause", {"round": paused})
    text = site.get("sun", "/photos/shared").text
    assert f'href="{REPORTING}{antigen}"' in text
    assert paused not in text
    assert f'id="r-{antigen}"' in site.get("sun", "/reports/mine").text
    for who in ("hao", "mei"):
        assert REPORTING not in site.get(who, "/photos/shared").text


def test_an_officer_is_led_to_those_who_have_not_reported(site: Site) -> None:
    chased = f"/reports/{have_report(site)}/missing"
    assert chased in site.get("min", "/photos/shared").text
    assert chased not in site.get("sun", "/photos/shared").text


def test_who_is_asked_for_no_photo_is_told_so(site: Site) -> None:
    text = site.get("qian", "/photos/shared", headers=HTML | ENGLISH).text
    assert "No photo is asked of you now" in text
    assert "/reports/" not in text


def test_a_household_that_reports_can_do_so_without_signal(site: Site) -> None:
    antigen = have_report(site)
    before = pack_of(site, "sun")
    assert {"/reports/mine", "/photos/shared"} <= before.keys()
    assert any(url.endswith("/build/photos.js") for url in before)
    said = {"round": antigen, "door": site.world.sun_door, "resident": site.world.sun_resident}
    site.tell("sun", "report.make", said | {"finding": "negative"})
    after = pack_of(site, "sun")
    assert after["/reports/mine"] != before["/reports/mine"]
    assert not {"/reports/mine", "/photos/shared"} & pack_of(site, "qian").keys()


def test_a_household_finds_first_where_it_has_not_reported(site: Site) -> None:
    owed, done = have_report(site), have_report(site)
    said = {"round": done, "door": site.world.sun_door, "resident": site.world.sun_resident}
    site.tell("sun", "report.make", said | {"finding": "negative"})
    for path in ("/reports/mine", "/photos/shared"):
        text = site.get("sun", path, headers=HTML | ENGLISH).text
        assert text.index(owed) < text.index(done)
    assert "Look or correct" in text


def test_whoever_acts_for_a_household_finds_on_the_first_page_where_it_reports(site: Site) -> None:
    antigen, doors = have_report(site), site.world.doors["walk_up"]
    card = select(households.c.card_number).where(
        households.c.community_id == site.world.community, households.c.id == doors["302"]
    )
    acting = {"household": doors["502"], "card": site.rows(card)[0].card_number}
    site.tell("mei", "household.entrust", acting)
    page = site.get("sun", "/")
    assert page.text.count(f'href="{REPORTING}{antigen}"') == 2
    assert f'name="door" value="{doors["502"]}"' in site.get("sun", "/reports/mine").text
    site.tell("mei", "household.entrust", {"household": doors["502"], "card": ""})
    assert f'name="door" value="{doors["502"]}"' not in site.get("sun", "/reports/mine").text
