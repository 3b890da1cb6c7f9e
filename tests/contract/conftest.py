"""The scene of the frozen samples, set up once for each database and copied for each sample."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from server import clock
from server.oplog.tables import reactions
from server.settings import Settings
from tests.contract import scene
from tests.support.postgres import Postgres
from tests.support.told import DATABASES, Told, emptied, fill_postgres, fill_sqlite, tell

LATER = 30 * clock.DAY
"""So much later follows what the scene has had happen: of a sample follows only its own."""


def fill(settings: Settings) -> None:
    """Set the scene up in a database that has the small world in it."""
    with pytest.MonkeyPatch.context() as patched, asyncio.Runner() as runner:
        for told in tell(settings, runner, patched):
            scene.set_up(told)
            told.execute(update(reactions).values(due_at=reactions.c.due_at + LATER))
            told.asked = False  # nothing follows of it before a sample is posted


@pytest.fixture(scope="session")
def sqlite_scene(memory_folder: Path) -> Path:
    """A file with the scene in it."""
    settings = Settings(data_dir=memory_folder / "scene")
    fill_sqlite(settings.sqlite_path)
    fill(settings)
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        # Threads of the database may still have it open: only what is in the file itself is copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return settings.sqlite_path


@pytest.fixture(scope="session")
def postgres_scene(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL database with the scene in it, to be copied."""
    postgres: Postgres = request.getfixturevalue("postgres")

    def fill_it(url: str) -> None:
        fill_postgres(url)
        with tempfile.TemporaryDirectory() as folder:
            fill(Settings(data_dir=Path(folder), database_url=url))

    return postgres.template("stairwell_scene", fill_it)


@pytest.fixture(params=DATABASES)
def sampled(
    request: pytest.FixtureRequest,
    memory_folder: Path,
    runner: asyncio.Runner,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Told]:
    """The scene half an hour later, on each database; it must be what its history says."""
    with emptied(memory_folder / "sampled") as folder:
        settings = Settings(data_dir=folder)
        if request.param == "sqlite":
            shutil.copyfile(request.getfixturevalue("sqlite_scene"), settings.sqlite_path)
            yield from later(settings, runner, monkeypatch)
            return
        postgres: Postgres = request.getfixturevalue("postgres")
        name = postgres.create(request.getfixturevalue("postgres_scene"), "sampled")
        settings = Settings(data_dir=folder, database_url=postgres.url(name))
        yield from later(settings, runner, monkeypatch)
        postgres.drop(name)


def later(
    settings: Settings, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    """A database in which the scene has been set up."""
    for told in tell(settings, runner, monkeypatch):
        told.now = scene.SAMPLED + clock.MINUTE
        yield told
