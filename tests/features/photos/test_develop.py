"""What becomes of a photo, and of everything that is none."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import time

import pillow_heif
import pytest
from PIL import Image

from bench.cassettes import paint, scene
from server.features.photos import rules
from server.features.photos.darkroom import Darkroom
from server.features.photos.develop import (
    LONG_SIDE,
    SMALL_SIDE,
    WANTED,
    Developed,
    Unfit,
    develop,
)
from server.features.photos.reading import NOTHING, THRESHOLD
from tests.support import pictures


@pytest.fixture(scope="module", autouse=True)
def heif():
    pillow_heif.register_heif_opener()


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def test_a_photo_is_shrunk_and_written_anew():
    made = develop(pictures.jpeg(4000, 3000))
    assert opened(made.picture).size == (LONG_SIDE, 960)
    assert opened(made.small).size == (SMALL_SIDE, 240)
    assert opened(made.picture).format == opened(made.small).format == "JPEG"
    assert len(made.picture) <= WANTED


def test_a_small_photo_grows_no_larger():
    assert opened(develop(pictures.jpeg(200, 100)).picture).size == (200, 100)


@pytest.mark.parametrize("part", [0, 1])
def test_nothing_is_left_of_where_and_by_whom_it_was_taken(part: int):
    before = pictures.located()
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825)
    body = develop(before)[part]
    image = opened(body)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for trace in (b"Exif", b"Telephone", b"profile", b"remark"):
        assert trace not in body


@pytest.mark.parametrize(("turned", "size"), [(1, (800, 400)), (3, (800, 400)), (6, (400, 800))])
def test_it_is_upright_however_the_phone_was_held(turned: int, size: tuple[int, int]):
    assert opened(develop(pictures.located(turned)).picture).size == size


def test_a_photo_from_an_iphone():
    made = develop(pictures.heic(1600, 1200))
    assert opened(made.picture).size == (LONG_SIDE, 960)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_one_sees_through_lies_on_white(form: str):
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, form)
    assert opened(develop(out.getvalue()).picture).getpixel((20, 20)) == (255, 255, 255)


BAD = {
    "a PDF under another name": (pictures.PDF, rules.NOT_AN_IMAGE),
    "nothing": (b"", rules.NOT_AN_IMAGE),
    "a page": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", rules.NOT_AN_IMAGE),
    "half a JPEG": (pictures.jpeg()[:9_000], rules.BROKEN_OFF),
    "an animation": (pictures.animation(), rules.MOVES),
    "a bomb": (pictures.bomb(), rules.TOO_MANY_PIXELS),
    "a bomb within the limit of headers": (pictures.bomb(14_000), rules.TOO_MANY_PIXELS),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_photo_is_refused_with_a_reason(what: str):
    body, why = BAD[what]
    with pytest.raises(Unfit) as unfit:
        develop(body)
    assert unfit.value.why == why
    assert why in rules.REASONS


@pytest.fixture
def darkroom(runner):
    made = Darkroom()
    yield made
    runner.run(made.close())


def test_sixty_megapixels_are_read_at_a_fraction(darkroom, runner):
    """In the process with its limits: whole they would take 180 MB."""
    body = pictures.jpeg(9_000, 6_700)
    assert opened(runner.run(darkroom.develop(body)).picture).size == (1280, 953)


def test_twenty_four_megapixels_from_an_iphone_fit(darkroom, runner):
    assert runner.run(darkroom.develop(pictures.heic(5712, 4284))).picture


def test_the_photo_of_a_test_is_read_where_it_is_opened(darkroom, runner):
    out = io.BytesIO()
    paint(scene(300_000, "positive", "on a table")).save(out, "JPEG", quality=90)
    cassette = out.getvalue()
    made = runner.run(darkroom.develop(cassette, is_test=True))
    assert made.reading.found
    assert made.reading.test > THRESHOLD
    assert runner.run(darkroom.develop(cassette)).reading is None
    assert runner.run(darkroom.develop(pictures.jpeg(), is_test=True)).reading == NOTHING


def test_what_serves_loads_nothing_that_reads_photos():
    loaded = "import server.app, sys; print('numpy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_two_photos_are_opened_at_once_and_each_is_answered_with_its_own(runner):
    darkroom = Darkroom(at_once=2)
    sides = (300, 600, 900, 1200)

    async def ask() -> list[Developed]:
        asked = [darkroom.develop(pictures.jpeg(side, 200)) for side in sides]
        return await asyncio.gather(*asked)

    made = runner.run(ask())
    assert [opened(one.picture).width for one in made] == list(sides)
    assert len(darkroom._idle) == 2
    runner.run(darkroom.close())


@pytest.mark.parametrize("what", BAD)
def test_a_bad_photo_costs_the_next_one_nothing(what: str, darkroom, runner):
    body, why = BAD[what]
    with pytest.raises(Unfit) as unfit:
        runner.run(darkroom.develop(body))
    assert unfit.value.why == why
    assert runner.run(darkroom.develop(pictures.jpeg())).picture


def test_a_photo_that_hangs_is_given_up(runner):
    darkroom = Darkroom(("sleep", "60"), longest=0.2)
    began = time.monotonic()
    with pytest.raises(Unfit) as unfit:
        runner.run(darkroom.develop(pictures.jpeg()))
    assert unfit.value.why == rules.TOO_LONG
    assert time.monotonic() - began < 5
    runner.run(darkroom.close())


def test_a_photo_that_kills_its_process_is_refused(runner):
    darkroom = Darkroom(("false",))
    with pytest.raises(Unfit) as unfit:
        runner.run(darkroom.develop(pictures.jpeg(1600, 1200)))
    assert unfit.value.why == rules.BROKEN_OFF
    runner.run(darkroom.close())


def test_a_process_that_was_killed_is_replaced(darkroom, runner):
    assert runner.run(darkroom.develop(pictures.jpeg())).picture
    darkroom._idle[-1]._runs.kill()
    assert runner.run(darkroom.develop(pictures.jpeg())).picture


def test_a_photo_given_up_by_its_asker_is_not_answered_to_the_next(darkroom, runner):
    async def ask() -> bytes:
        task = asyncio.create_task(darkroom.develop(pictures.jpeg(4000, 3000, seed=1)))
        await asyncio.sleep(0.01)
        task.cancel()
        return (await darkroom.develop(pictures.jpeg(300, 200))).picture

    assert opened(runner.run(ask())).size == (300, 200)
