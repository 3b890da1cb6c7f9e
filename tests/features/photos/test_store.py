"""Where pictures lie: a folder, and a bucket that speaks S3, which keep to the same words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.db.errors import Busy
from server.features.photos.store import Store, name_of, open_store, owner_of
from server.settings import SettingError, Settings
from tests.support import s3

SHA = "a" * 64
NAME = name_of(7, SHA)
SMALL = name_of(7, SHA, small=True)


@asynccontextmanager
async def folder(path: Path) -> AsyncIterator[tuple[Store, Callable[[bool], None]]]:
    """A folder, and what fills its disk."""
    root = path / "photos"

    def fill(full: bool) -> None:
        if full:
            root.rename(path / "away")
            root.write_bytes(b"")
        else:
            root.unlink()
            (path / "away").rename(root)

    yield open_store(Settings(data_dir=path)), fill


@asynccontextmanager
async def bucket(path: Path) -> AsyncIterator[tuple[Store, Callable[[bool], None]]]:
    """A bucket, and what makes it unwell."""
    async with s3.Bucket.open() as made:
        key = path / "key"
        key.write_text(f"{s3.KEY_ID}\n{s3.SECRET}\n")

        def fill(full: bool) -> None:
            made.unwell = full

        yield open_store(Settings(photos_s3=made.address, photos_s3_key=str(key))), fill
        assert made.wrong == []


@pytest.mark.parametrize("open_one", [folder, bucket], ids=["folder", "bucket"])
def test_a_store_keeps_what_it_is_given(open_one, tmp_path):
    async def run() -> None:
        async with open_one(tmp_path) as (store, fill):
            assert await store.get(NAME) is None
            await store.put(NAME, b"one")
            await store.put(SMALL, b"small")
            await store.put(NAME, b"the same again")
            assert (await store.get(NAME), await store.get(SMALL)) == (b"the same again", b"small")
            assert sorted(await store.older_than(-5)) == sorted([NAME, SMALL])
            assert await store.older_than(3600) == []
            await store.delete(NAME)
            await store.delete(NAME)
            assert await store.get(NAME) is None
            fill(True)
            with pytest.raises(Busy):
                await store.put(NAME, b"one")
            fill(False)
            await store.put(NAME, b"one")
            assert await store.get(SMALL) == b"small"

    asyncio.run(run())


def test_a_bucket_that_is_away_is_tried_again(tmp_path):
    async def run() -> None:
        key = tmp_path / "key"
        key.write_text("id secret")
        away = Settings(photos_s3="http://127.0.0.1:9/pictures", photos_s3_key=str(key))
        with pytest.raises(Busy):
            await open_store(away).get(NAME)

    asyncio.run(run())


def test_a_key_that_is_none_is_said(tmp_path):
    for text in ("", "one", "one two three"):
        (tmp_path / "key").write_text(text)
        settings = Settings(
            photos_s3="https://s3.example.org/pictures", photos_s3_key=str(tmp_path / "key")
        )
        with pytest.raises(SettingError, match="PHOTOS_S3_KEY"):
            open_store(settings)
    with pytest.raises(SettingError, match="PHOTOS_S3_KEY"):
        open_store(Settings(photos_s3="https://s3.example.org/pictures"))


@pytest.mark.parametrize("text", ["s3://pictures", "https://s3.example.org", "https://h/UP", "h/b"])
def test_an_address_that_is_none_is_said(text):
    with pytest.raises(SettingError, match="PHOTOS_S3"):
        Settings.read({"STAIRWELL_PHOTOS_S3": text})


def test_names_say_whose_they_are():
    assert owner_of(NAME) == owner_of(SMALL) == owner_of(NAME + ".12.part") == (7, SHA)
    assert owner_of("x/" + SHA) is None
    assert owner_of("7/short.jpg") is None
