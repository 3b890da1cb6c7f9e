"""How a process starts to work, and ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server import app
from server.db.errors import Busy
from server.db.session import Database, open_database
from server.settings import Settings


def test_a_process_starts_at_whatever_moment_of_it_the_database_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "PAUSES", (0.0,))
    settings = Settings(data_dir=tmp_path)
    begun_anew = 0
    for moment in range(1, 10):  # those of starting, and some of what begins to work by then
        opened = _opened(monkeypatch, leaves_at=moment)
        asyncio.run(_start_and_end(settings))
        assert all(one.closed for one in opened)
        begun_anew += len(opened) - 1
    assert begun_anew >= 4


def test_a_database_that_stays_away_is_said_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "PAUSES", (0.0, 0.0))
    opened = _opened(monkeypatch, leaves_at=1, every_time=True)
    with pytest.raises(Busy, match="gone"):
        asyncio.run(app.start(Settings(data_dir=tmp_path)))
    assert [one.closed for one in opened] == [True, True, True]


async def _start_and_end(settings: Settings) -> None:
    working = await app.start(settings)
    await working.end.aclose()


class _Leaving:
    """A database that is away for one of the things asked of it, counted from 1."""

    def __init__(self, database: Database, leaves_at: int) -> None:
        self.single_process = database.single_process
        self.asked = 0
        self.closed = False
        self._database, self._leaves_at = database, leaves_at

    async def read(self, work: Any, *arguments: Any) -> Any:
        self._ask()
        return await self._database.read(work, *arguments)

    async def write(self, work: Any, *arguments: Any) -> Any:
        self._ask()
        return await self._database.write(work, *arguments)

    async def close(self) -> None:
        self.closed = True
        await self._database.close()

    def _ask(self) -> None:
        self.asked += 1
        if self.asked == self._leaves_at:
            raise Busy("gone")


def _opened(
    monkeypatch: pytest.MonkeyPatch, leaves_at: int, every_time: bool = False
) -> list[_Leaving]:
    """The databases that `start` opens from now on; the first, or every one, leaves."""
    opened: list[_Leaving] = []

    def open_one(settings: Settings) -> _Leaving:
        at = leaves_at if every_time or not opened else 0
        opened.append(_Leaving(open_database(settings), at))
        return opened[-1]

    monkeypatch.setattr(app, "open_database", open_one)
    return opened
